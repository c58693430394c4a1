//! How long a call to AWS may take, and how often it is tried. The sum stays below every sender's patience.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;

/// How long one attempt may take to connect.
pub const CONNECT: Duration = Duration::from_secs(1);
/// How long one attempt may take.
pub const ATTEMPT: Duration = Duration::from_secs(3);
/// How often a call is tried by the SDK.
pub const ATTEMPTS: u32 = 3;
/// The longest pause before the second attempt; before the third it may be twice as long.
const BACKOFF: Duration = Duration::from_millis(50);

/// How long a call of the SDK may take.
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build()
}

/// How the SDK repeats what may pass by itself.
pub fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(BACKOFF)
}
