//! A clock that goes as time does, can be set forward, and does not keep those who wait.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use alert::Clock;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

/// How many times faster than asked a wait is over.
const HASTE: u32 = 200;

/// Begins on 1 March 2026 at ten.
pub struct TestClock {
    start: Instant,
    forward: Mutex<SignedDuration>,
    slept: Mutex<Vec<Duration>>,
}

impl Default for TestClock {
    fn default() -> Self {
        Self { start: Instant::now(), forward: Mutex::default(), slept: Mutex::default() }
    }
}

impl TestClock {
    /// Sets it forward.
    pub fn forward_secs(&self, seconds: i64) {
        *self.forward.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    /// The moment in so many seconds.
    pub fn in_secs(&self, seconds: i64) -> Timestamp {
        self.now() + SignedDuration::from_secs(seconds)
    }

    /// Every wait, in whole seconds, in the order in which they began.
    pub fn slept_secs(&self) -> Vec<u64> {
        self.slept.lock().unwrap().iter().map(Duration::as_secs).collect()
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let start: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        start + self.start.elapsed() + *self.forward.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        self.slept.lock().unwrap().push(duration);
        tokio::time::sleep(duration / HASTE).await;
    }
}
