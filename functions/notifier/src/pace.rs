//! The clock, and waiting by it.

use std::time::Duration;

use async_trait::async_trait;
use aws::SystemClock;
use intake::Clock;

/// A clock that can be waited for; a parameter, so that tests can choose the time.
#[async_trait]
pub trait Pace: Clock + 'static {
    /// Returns when `wait` is over by this clock.
    async fn rest(&self, wait: Duration);
}

#[async_trait]
impl Pace for SystemClock {
    async fn rest(&self, wait: Duration) {
        tokio::time::sleep(wait).await;
    }
}
