//! How long to wait before a failed call is made again, and when to give up.

use std::time::Duration;

use net::Unanswered;

use super::verdict::Failure;

/// Waits where the server names none; their number is how often a call is made again.
const WAITS: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(8)];
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);

/// The wait before attempt number `attempt` (from 1) is repeated. `None`: give up.
///
/// A server that wants to be left alone for longer than 30 s is: the next run asks again.
pub(crate) fn wait_after(attempt: usize, failure: &Failure) -> Option<Duration> {
    let wait = *WAITS.get(attempt.checked_sub(1)?)?;
    match failure {
        Failure::NoAnswer(Unanswered::Timeout | Unanswered::Connect(_) | Unanswered::Broken(_)) => Some(wait),
        Failure::Unavailable { retry_after, .. } => {
            Some(retry_after.unwrap_or(wait).max(SHORTEST)).filter(|wait| *wait <= LONGEST)
        }
        Failure::NoAnswer(Unanswered::Denied(_) | Unanswered::TooLong(_))
        | Failure::ScopeMissing
        | Failure::OutOfTime
        | Failure::TokenRefused { .. }
        | Failure::Redirected { .. }
        | Failure::Refused { .. }
        | Failure::NotUnderstood { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(attempt: usize, retry_after: Option<u64>) -> Option<u64> {
        let retry_after = retry_after.map(Duration::from_secs);
        let busy = Failure::Unavailable { status: 429, retry_after, message: String::new() };
        wait_after(attempt, &busy).map(|wait| wait.as_secs())
    }

    #[test]
    fn a_call_is_repeated_twice_with_growing_waits() {
        assert_eq!(seconds(1, None), Some(2));
        assert_eq!(seconds(2, None), Some(8));
        assert_eq!(seconds(3, None), None);
    }

    #[test]
    fn a_server_gets_the_wait_that_it_asks_for_and_a_second_at_least() {
        assert_eq!(seconds(1, Some(7)), Some(7));
        assert_eq!(seconds(1, Some(0)), Some(1));
    }

    #[test]
    fn a_server_that_wants_longer_than_thirty_seconds_is_left_alone() {
        assert_eq!(seconds(1, Some(30)), Some(30));
        assert_eq!(seconds(1, Some(31)), None);
        assert_eq!(seconds(1, Some(86_400)), None);
    }

    #[test]
    fn refusals_are_not_repeated() {
        let failures = [
            Failure::ScopeMissing,
            Failure::TokenRefused { message: String::new() },
            Failure::Refused { status: 400, error_code: None, message: String::new() },
            Failure::Redirected { status: 302, location: String::new() },
            Failure::NotUnderstood { status: 200 },
            Failure::NoAnswer(Unanswered::TooLong(1)),
        ];
        for failure in failures {
            assert_eq!(wait_after(1, &failure), None, "{failure:?}");
        }
    }
}
