//! How long to wait before a failed call is made again, and when to give up.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::verdict::Failure;
use crate::moment;
use crate::transport::NoAnswer;

/// Waits where the server names none; their number is how often a call is made again.
const WAITS: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(8)];
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);

/// The wait before attempt number `attempt` (from 1) is repeated. `None`: give up.
///
/// A server that wants to be left alone for longer than 30 s is: the next run asks again.
pub(crate) fn wait_after(attempt: usize, failure: &Failure, now: Timestamp) -> Option<Duration> {
    let wait = *WAITS.get(attempt.checked_sub(1)?)?;
    match failure {
        Failure::NoAnswer(NoAnswer::TooSlow(_) | NoAnswer::Connection(_)) => Some(wait),
        Failure::Unavailable { retry_after, .. } => {
            let asked = retry_after.as_deref().and_then(|text| duration(text, now));
            Some(asked.unwrap_or(wait).max(SHORTEST)).filter(|wait| *wait <= LONGEST)
        }
        Failure::NoAnswer(NoAnswer::TooLong)
        | Failure::ScopeMissing
        | Failure::OutOfTime
        | Failure::TokenRefused { .. }
        | Failure::Redirected { .. }
        | Failure::Refused { .. }
        | Failure::NotUnderstood { .. } => None,
    }
}

/// Reads a `Retry-After`: seconds, or a date as HTTP writes it.
pub(crate) fn duration(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = rfc2822::parse(text).ok()?;
    Some(moment::until(now, date.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-03-01T10:00:00Z".parse().unwrap()
    }

    fn busy(retry_after: Option<&str>) -> Failure {
        let retry_after = retry_after.map(str::to_owned);
        Failure::Unavailable { status: 429, retry_after, message: String::new() }
    }

    fn seconds(attempt: usize, retry_after: Option<&str>) -> Option<u64> {
        wait_after(attempt, &busy(retry_after), now()).map(|wait| wait.as_secs())
    }

    #[test]
    fn a_call_is_repeated_twice_with_growing_waits() {
        assert_eq!(seconds(1, None), Some(2));
        assert_eq!(seconds(2, None), Some(8));
        assert_eq!(seconds(3, None), None);
    }

    #[test]
    fn retry_after_is_honoured_as_seconds_and_as_date() {
        assert_eq!(seconds(1, Some("7")), Some(7));
        assert_eq!(seconds(1, Some(" 0 ")), Some(1));
        assert_eq!(seconds(1, Some("Sun, 01 Mar 2026 10:00:12 GMT")), Some(12));
        assert_eq!(seconds(1, Some("Sun, 01 Mar 2026 09:00:00 GMT")), Some(1));
        assert_eq!(seconds(1, Some("soon")), Some(2));
    }

    #[test]
    fn a_server_that_wants_longer_than_thirty_seconds_is_left_alone() {
        assert_eq!(seconds(1, Some("30")), Some(30));
        assert_eq!(seconds(1, Some("31")), None);
        assert_eq!(seconds(1, Some("18446744073709551615")), None);
    }

    #[test]
    fn refusals_are_not_repeated() {
        let failures = [
            Failure::ScopeMissing,
            Failure::TokenRefused { message: String::new() },
            Failure::Refused { status: 400, error_code: None, message: String::new() },
            Failure::Redirected { status: 302, location: String::new() },
            Failure::NotUnderstood { status: 200 },
            Failure::NoAnswer(NoAnswer::TooLong),
        ];
        for failure in failures {
            assert_eq!(wait_after(1, &failure, now()), None, "{failure:?}");
        }
    }
}
