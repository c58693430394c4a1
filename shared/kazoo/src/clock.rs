//! Time, which this crate is given.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

/// The time, and waiting for it to pass.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// Returns when `duration` has passed.
    async fn pause(&self, duration: Duration);
}
