//! The one place that reads the clock.

use std::cell::Cell;
use std::marker::PhantomData;
use std::time::Duration;

use alert::Clock;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

thread_local! {
    /// A moment of Tokio's clock, and what time it is then.
    static VIRTUAL: Cell<Option<(Instant, Timestamp)>> = const { Cell::new(None) };
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// While this is there, [`SystemClock`] gives this thread a time that passes as Tokio's clock does, which may be paused.
/// For simulations alone.
#[derive(Debug)]
pub struct VirtualTime(PhantomData<*const ()>);

impl VirtualTime {
    /// It is `now`.
    pub fn begin(now: Timestamp) -> Self {
        VIRTUAL.set(Some((Instant::now(), now)));
        Self(PhantomData)
    }

    /// The clock is put ahead, or back.
    pub fn step(&self, by: SignedDuration) {
        let now = SystemClock.now().checked_add(by).unwrap_or(Timestamp::MAX);
        VIRTUAL.set(Some((Instant::now(), now)));
    }
}

impl Drop for VirtualTime {
    fn drop(&mut self) {
        VIRTUAL.set(None);
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is given")]
    fn now(&self) -> Timestamp {
        match VIRTUAL.get() {
            Some((since, then)) => then.checked_add(since.elapsed()).unwrap_or(Timestamp::MAX),
            None => Timestamp::now(),
        }
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn virtual_time_passes_as_tokio_s_does_until_it_ends() {
        let begin: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let time = VirtualTime::begin(begin);
        time.step(SignedDuration::from_hours(1));
        tokio::time::sleep(Duration::from_millis(5)).await;
        let passed = SystemClock.now().duration_since(begin);
        assert!(
            passed >= SignedDuration::from_mins(60) && passed < SignedDuration::from_mins(61),
            "{passed}"
        );
        drop(time);
        assert!(SystemClock.now().duration_since(begin) != passed);
    }
}
