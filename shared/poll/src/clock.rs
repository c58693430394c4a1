//! The clock by which keepers work; its trait is that of KAZOO's client.

use std::time::Duration;

use async_trait::async_trait;
use intake::Clock as _;
use jiff::Timestamp;

/// The system's clock, and waiting by it.
#[derive(Debug, Clone, Copy, Default)]
pub struct WallClock;

#[async_trait]
impl kazoo::Clock for WallClock {
    fn now(&self) -> Timestamp {
        aws::SystemClock.now()
    }

    async fn pause(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
