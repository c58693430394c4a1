//! Times of alerts: the zero time of Go stands for none, and the moment of receipt is cut so that repeats meet.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// How long `2026-01-02T03:04:05` is.
const SECONDS_CHARS: usize = 19;
/// The last year that a timestamp can be of, if not to its end.
const LAST_YEAR: i16 = 9999;
/// How long repeats of a firing alert count as one event, in seconds.
const REPEAT_SECS: i64 = 5 * 60;
/// How long an alert without an end fires after it was last sent.
const FIRES_WITHOUT_NEWS: SignedDuration = SignedDuration::from_mins(5);
/// How long we wait for a repeat that is late.
const GRACE: SignedDuration = SignedDuration::from_mins(10);

/// The moment that `text` names in RFC 3339; without an offset it is UTC, and no text is no moment, as Alertmanager
/// takes them. Nobody's alert began before 1970: senders write the year 1 for a time that they do not know.
pub(super) fn parse(text: &str) -> Result<Option<Timestamp>, jiff::Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let at = text.parse().or_else(|error| in_utc(text).or_else(|| at_the_end_of_time(text)).ok_or(error))?;
    Ok((at > Timestamp::UNIX_EPOCH).then_some(at))
}

fn in_utc(text: &str) -> Option<Timestamp> {
    Offset::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok()
}

/// The last moment that we can name, of a time such as 9999-12-31T23:59:59Z, by which senders mean never.
fn at_the_end_of_time(text: &str) -> Option<Timestamp> {
    let civil: DateTime = text.get(..SECONDS_CHARS)?.parse().ok()?;
    (civil.year() == LAST_YEAR).then_some(Timestamp::MAX)
}

/// `at`, less what is beyond a multiple of five minutes.
pub(super) fn repeat_slot(at: Timestamp) -> Timestamp {
    // Before 1970 jiff's seconds are cut towards zero, which is up.
    let second = at.as_second().saturating_sub(i64::from(at.subsec_nanosecond() < 0));
    Timestamp::from_second(second - second.rem_euclid(REPEAT_SECS)).unwrap_or(at)
}

/// When an alert that was sent with the end `ends_at` has been silent for too long: a Prometheus sends what fires
/// about every minute, each time with an end some minutes ahead.
pub(super) fn expires_at(ends_at: Option<Timestamp>, received_at: Timestamp) -> Timestamp {
    let fires_until = ends_at.unwrap_or_else(|| later(received_at, FIRES_WITHOUT_NEWS));
    later(fires_until, GRACE)
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_year_one_is_no_time() {
        for text in ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z", "1970-01-01T00:00:00Z"] {
            assert_eq!(parse(text).unwrap(), None, "{text}");
        }
        assert_eq!(parse("2026-01-02T04:04:05.5+01:00").unwrap(), Some(at("2026-01-02T03:04:05.5Z")));
    }

    #[test]
    fn a_time_without_an_offset_is_utc_and_no_text_is_no_time() {
        for text in ["2026-01-02T03:04:05", "2026-01-02 03:04:05", "2026-01-02T04:04:05+0100"] {
            assert_eq!(parse(text).unwrap(), Some(at("2026-01-02T03:04:05Z")), "{text}");
        }
        for text in ["", " "] {
            assert_eq!(parse(text).unwrap(), None);
        }
        for text in ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999+00:00", "9999-12-31T23:59:59"] {
            assert_eq!(parse(text).unwrap(), Some(Timestamp::MAX), "{text}");
        }
        for text in ["yesterday", "2026-13-02T03:04:05", "1772323200"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_alert_waits_ten_minutes_beyond_its_end() {
        let received_at = at("2026-01-02T03:00:00Z");
        assert_eq!(expires_at(Some(at("2026-01-02T04:00:00Z")), received_at), at("2026-01-02T04:10:00Z"));
        assert_eq!(expires_at(None, received_at), at("2026-01-02T03:15:00Z"));
    }

    proptest! {
        #[test]
        fn no_moment_is_too_early_or_late(
            second in Timestamp::MIN.as_second()..Timestamp::MAX.as_second(),
            nanosecond in 0..1_000_000_000,
        ) {
            for at in [Timestamp::new(second, nanosecond).unwrap(), Timestamp::MIN, Timestamp::MAX] {
                prop_assert!(expires_at(None, at) >= at);
                prop_assert!(expires_at(Some(at), at) <= expires_at(None, at));
                let slot = repeat_slot(at);
                prop_assert!(slot <= at || at.as_second() < Timestamp::MIN.as_second() + REPEAT_SECS);
                prop_assert_eq!(repeat_slot(slot), slot);
            }
        }
    }
}
