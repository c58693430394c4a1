//! Time as a parameter, so that tests can choose it.

use std::time::Duration;

use jiff::Timestamp;

/// Knows the time and waits for it to pass.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// Returns when `duration` has passed by this clock.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}
