//! When a failed attempt is made again.

use jiff::{SignedDuration, Timestamp};

use crate::span::after;

/// How long after its first attempt a notification is dead-lettered, in seconds.
pub const GIVE_UP_AFTER_SECS: i64 = 24 * 3600;
/// How long a suspended destination is left alone between two probes, in seconds.
pub const PROBE_EVERY_SECS: i64 = 3600;
/// Longest wait of a destination that is honoured, in seconds.
const LONGEST_WAIT_SECS: i64 = 3600;

/// Seconds to wait after the first, second, … failed attempt; after more of them as after the last.
const SCHEDULE_SECS: [f64; 6] = [5.0, 30.0, 120.0, 300.0, 900.0, 1800.0];
/// By how much of itself a wait of the schedule varies, so that many notifications do not come back together.
const JITTER: f64 = 0.2;

/// What becomes of a notification whose attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It is tried again at this moment.
    At(Timestamp),
    /// It is dead-lettered.
    Dead,
}

/// What becomes of a notification that failed `attempts` times (1 or more), first tried at `first_attempt_at`.
///
/// `random` is in 0..1. `wait` is what the destination asked for: the longer wait counts, in whole seconds. The last
/// attempt is at the deadline.
pub fn next_attempt(
    first_attempt_at: Timestamp,
    now: Timestamp,
    attempts: u32,
    random: f64,
    wait: Option<SignedDuration>,
) -> Retry {
    let deadline = after(first_attempt_at, GIVE_UP_AFTER_SECS);
    if now >= deadline {
        return Retry::Dead;
    }
    let scheduled = schedule(attempts, random);
    let secs = wait.map_or(scheduled, |wait| scheduled.max(whole_seconds(wait)));
    Retry::At(after(now, secs).min(deadline))
}

fn schedule(attempts: u32, random: f64) -> i64 {
    let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let seconds = SCHEDULE_SECS.get(place).or(SCHEDULE_SECS.last()).copied().unwrap_or_default();
    let random = if random.is_finite() { random.clamp(0.0, 1.0) } else { 0.5 };
    let wait = SignedDuration::try_from_secs_f64(seconds * (1.0 - JITTER + 2.0 * JITTER * random));
    wait.map_or(0, whole_seconds)
}

/// `wait` rounded up to seconds, at least nothing and at most an hour.
pub(crate) fn whole_seconds(wait: SignedDuration) -> i64 {
    let up = i64::from(wait.subsec_nanos() > 0);
    wait.as_secs().saturating_add(up).clamp(0, LONGEST_WAIT_SECS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(attempts: u32, random: f64, wait: Option<SignedDuration>) -> Option<i64> {
        match next_attempt(Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH, attempts, random, wait) {
            Retry::At(at) => Some(at.as_second()),
            Retry::Dead => None,
        }
    }

    #[test]
    fn waits_grow_up_to_half_an_hour_and_vary_by_a_fifth() {
        let waits: Vec<_> = (1..=8).map(|attempts| wait(attempts, 0.5, None)).collect();
        assert_eq!(waits, [5, 30, 120, 300, 900, 1800, 1800, 1800].map(Some));
        assert_eq!([wait(6, 0.0, None), wait(6, 1.0, None)], [Some(1440), Some(2160)]);
    }

    #[test]
    fn the_longer_of_schedule_and_destination_counts_and_an_hour_at_most() {
        assert_eq!(wait(1, 0.5, Some(SignedDuration::from_millis(376))), Some(5));
        assert_eq!(wait(1, 0.5, Some(SignedDuration::from_millis(7001))), Some(8));
        assert_eq!(wait(1, 0.5, Some(SignedDuration::from_hours(30))), Some(3600));
    }

    #[test]
    fn the_last_attempt_is_at_the_deadline() {
        let first = Timestamp::UNIX_EPOCH;
        let late = after(first, GIVE_UP_AFTER_SECS - 10);
        assert_eq!(next_attempt(first, late, 50, 0.5, None), Retry::At(after(first, GIVE_UP_AFTER_SECS)));
        assert_eq!(next_attempt(first, after(first, GIVE_UP_AFTER_SECS), 51, 0.5, None), Retry::Dead);
    }
}
