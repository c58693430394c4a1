//! Time that passes only when a test says so.

use std::sync::Mutex;
use std::time::Duration;

use alert::Clock;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

/// A clock for tests: a pause is over at once and moves it on.
pub struct TestClock {
    now: Mutex<Timestamp>,
    pauses: Mutex<Vec<Duration>>,
}

impl Default for TestClock {
    fn default() -> Self {
        Self { now: Mutex::new("2024-11-28T08:00:00Z".parse().unwrap()), pauses: Mutex::default() }
    }
}

impl TestClock {
    /// Moves the time on.
    pub fn advance(&self, seconds: i64) {
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
    }

    /// The pauses made so far, in seconds.
    pub fn pauses(&self) -> Vec<u64> {
        self.pauses.lock().unwrap().iter().map(Duration::as_secs).collect()
    }

    /// Gregorian seconds, as KAZOO has them.
    pub fn gregorian(&self) -> i64 {
        self.now().as_second() + 62_167_219_200
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        self.pauses.lock().unwrap().push(duration);
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(SignedDuration::try_from(duration).unwrap()).unwrap();
    }
}
