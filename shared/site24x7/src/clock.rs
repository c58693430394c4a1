//! The port through which time comes in.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

/// What this crate asks of time: what it is, and to pass.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// Waits; tests may let the time pass faster.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }
}

impl<C: Clock> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        C::now(self)
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        C::sleep(self, duration)
    }
}
