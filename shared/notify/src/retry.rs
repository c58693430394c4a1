//! When a failed delivery is tried again.

mod server_wait;

use jiff::{SignedDuration, Timestamp};

pub(crate) use server_wait::retry_after;

/// How long after its first attempt a delivery is given up, in seconds; also the longest wait a server may ask for.
pub const GIVE_UP_AFTER_SECS: i64 = 24 * 3600;
/// How long a suspended destination is left alone between two probes, in seconds.
pub const PROBE_EVERY_SECS: i64 = 3600;

/// Seconds to wait after the first, second, … failed attempt; after more of them as after the last.
const SCHEDULE_SECS: [f64; 6] = [5.0, 30.0, 120.0, 300.0, 900.0, 1800.0];
/// By how much of itself a wait of the schedule varies, so that many deliveries do not come back together.
const JITTER: f64 = 0.2;

/// What becomes of a delivery that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It is tried again at this moment.
    At(Timestamp),
    /// It is given up, and kept for redelivery by command.
    Dead,
}

/// What becomes of a delivery that failed `attempts` times (1 or more), first tried at `first_attempt_at`.
///
/// `random` is in 0..1. `server_wait` is what the destination asked for: the longer wait counts, in whole seconds.
pub fn next_attempt(
    first_attempt_at: Timestamp,
    now: Timestamp,
    attempts: u32,
    random: f64,
    server_wait: Option<SignedDuration>,
) -> Next {
    let scheduled = schedule(attempts, random);
    let wait = server_wait.map_or(scheduled, |wait| wait.max(scheduled));
    let at = now.checked_add(whole_seconds(wait));
    let deadline = first_attempt_at.checked_add(SignedDuration::from_secs(GIVE_UP_AFTER_SECS));
    match (at, deadline) {
        (Ok(at), Ok(deadline)) if at <= deadline => Next::At(at),
        _ => Next::Dead,
    }
}

fn schedule(attempts: u32, random: f64) -> SignedDuration {
    let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let seconds = SCHEDULE_SECS.get(place).or(SCHEDULE_SECS.last()).copied().unwrap_or_default();
    let random = if random.is_finite() { random.clamp(0.0, 1.0) } else { 0.5 };
    SignedDuration::try_from_secs_f64(seconds * (1.0 - JITTER + 2.0 * JITTER * random)).unwrap_or_default()
}

/// `wait` rounded up to seconds, at least nothing and at most a day.
pub(crate) fn whole_seconds(wait: SignedDuration) -> SignedDuration {
    let up = i64::from(wait.subsec_nanos() > 0);
    SignedDuration::from_secs(wait.as_secs().saturating_add(up).clamp(0, GIVE_UP_AFTER_SECS))
}

/// A wait of `seconds`, if it is a number that is one.
pub(crate) fn wait_of(seconds: f64) -> Option<SignedDuration> {
    (seconds >= 0.0).then_some(())?;
    let seconds = seconds.min(86_400.0);
    SignedDuration::try_from_secs_f64(seconds).ok().map(whole_seconds)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds_until(next: Next) -> Option<i64> {
        match next {
            Next::At(at) => Some(at.as_second()),
            Next::Dead => None,
        }
    }

    fn wait(attempts: u32, random: f64, server_wait: Option<SignedDuration>) -> Option<i64> {
        let start = Timestamp::UNIX_EPOCH;
        seconds_until(next_attempt(start, start, attempts, random, server_wait))
    }

    #[test]
    fn waits_grow_up_to_half_an_hour() {
        let waits: Vec<_> = (1..=8).map(|attempts| wait(attempts, 0.5, None)).collect();
        assert_eq!(waits, [5, 30, 120, 300, 900, 1800, 1800, 1800].map(Some));
    }

    #[test]
    fn waits_vary_by_a_fifth() {
        assert_eq!(wait(1, 0.0, None), Some(4));
        assert_eq!(wait(1, 1.0, None), Some(6));
        assert_eq!(wait(6, 0.0, None), Some(1440));
        assert_eq!(wait(6, 1.0, None), Some(2160));
    }

    #[test]
    fn the_longer_of_schedule_and_server_counts_rounded_up() {
        assert_eq!(wait(1, 0.5, Some(SignedDuration::from_millis(376))), Some(5));
        assert_eq!(wait(1, 0.5, Some(SignedDuration::from_millis(7001))), Some(8));
        assert_eq!(wait(1, 0.5, Some(SignedDuration::from_hours(30))), Some(86_400));
    }

    #[test]
    fn after_a_day_it_is_given_up() {
        let start = Timestamp::UNIX_EPOCH;
        let late = start.checked_add(SignedDuration::from_secs(GIVE_UP_AFTER_SECS - 1000)).unwrap();
        assert_eq!(next_attempt(start, late, 50, 0.5, None), Next::Dead);
        assert!(matches!(next_attempt(start, late, 1, 0.5, None), Next::At(_)));
    }

    proptest! {
        #[test]
        fn no_numbers_break_it(attempts: u32, random: f64, server in any::<Option<i64>>(), now in -377_705_000_000_i64..253_402_000_000) {
            let now = Timestamp::from_second(now).unwrap();
            let next = next_attempt(now, now, attempts, random, server.map(SignedDuration::from_secs));
            if let Next::At(at) = next {
                prop_assert!(at >= now);
                prop_assert!(at.as_second() - now.as_second() <= GIVE_UP_AFTER_SECS);
            }
        }
    }
}
