//! How long Lambda waits for an invocation.

use std::time::Duration;

use alert::Clock;
use intake::Deadline;
use jiff::Timestamp;
use lambda_http::Context;

use crate::SystemClock;

/// What a reply needs on its way back, taken from the time that Lambda leaves us.
const WAY_BACK: Duration = Duration::from_millis(500);
/// The year 2001. Lambda's deadline is a moment; `cargo lambda watch` sends 600,000, the milliseconds that are left.
const EARLIEST_MOMENT_MS: u64 = 1_000_000_000_000;

/// The deadline of an event, early enough for the reply to find its way back.
pub(crate) fn reply_deadline(context: &Context) -> Deadline {
    Deadline(left(context).saturating_sub(WAY_BACK))
}

/// When Lambda ends the invocation.
pub(crate) fn deadline(context: &Context) -> Timestamp {
    SystemClock.now().checked_add(left(context)).unwrap_or(Timestamp::MAX)
}

fn left(context: &Context) -> Duration {
    let now_ms = u64::try_from(SystemClock.now().as_millisecond()).unwrap_or_default();
    Duration::from_millis(match context.deadline {
        span_ms @ ..EARLIEST_MOMENT_MS => span_ms,
        deadline_ms => deadline_ms.saturating_sub(now_ms),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(deadline_ms: u64) -> Context {
        let mut context = Context::default();
        context.deadline = deadline_ms;
        context
    }

    fn now_ms() -> u64 {
        u64::try_from(SystemClock.now().as_millisecond()).unwrap()
    }

    #[test]
    fn the_deadline_of_lambda_is_a_moment() {
        let in_half_a_minute = reply_deadline(&context(now_ms() + 30_000)).0;
        assert!(in_half_a_minute > Duration::from_secs(20) && in_half_a_minute < Duration::from_secs(30));
        assert_eq!(reply_deadline(&context(now_ms() - 60_000)).0, Duration::ZERO);
        assert_eq!(deadline(&context(u64::MAX)), Timestamp::MAX);
    }

    #[test]
    fn the_deadline_of_cargo_lambda_watch_is_a_span() {
        assert_eq!(reply_deadline(&context(600_000)).0, Duration::from_millis(599_500));
        let left = deadline(&context(600_000)).duration_since(SystemClock.now());
        assert!(left.as_secs() > 590 && left.as_secs() <= 600, "{left}");
    }
}
