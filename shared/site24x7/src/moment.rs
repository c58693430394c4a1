//! Arithmetic on moments that cannot overflow.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// The whole second `seconds` after the one `now` is in; the end of time where that lies beyond it.
pub(crate) fn later(now: Timestamp, seconds: i64) -> Timestamp {
    let second = now.as_second().saturating_add(seconds);
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}

/// The moment `duration` after `now`.
pub(crate) fn after(now: Timestamp, duration: Duration) -> Timestamp {
    SignedDuration::try_from(duration)
        .ok()
        .and_then(|duration| now.checked_add(duration).ok())
        .unwrap_or(Timestamp::MAX)
}

/// How long it is from `now` to `then`; nothing once `then` is past.
pub(crate) fn until(now: Timestamp, then: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_time_is_not_passed() {
        assert_eq!(later(Timestamp::MAX, 10), Timestamp::MAX);
        assert_eq!(after(Timestamp::MAX, Duration::MAX), Timestamp::MAX);
        assert_eq!(until(Timestamp::MAX, Timestamp::MIN), Duration::ZERO);
    }

    #[test]
    fn moments_that_are_kept_are_whole_seconds() {
        let now: Timestamp = "2026-03-01T10:00:00.9Z".parse().unwrap();
        assert_eq!(later(now, 10).to_string(), "2026-03-01T10:00:10Z");
    }
}
