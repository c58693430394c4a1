//! The one place that reads the clock.

use intake::Clock;
use jiff::Timestamp;

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl site24x7::Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Clock::now(self)
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is given")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
