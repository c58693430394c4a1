//! Moments as Site24x7 writes them.

use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// A moment, and the offset that it was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub at: Timestamp,
    pub offset: Offset,
}

/// Reads `2018-08-20T11:44:49-0700`, also with `Z`, a colon in the offset, fractions of a second, or with a blank
/// where a form's unescaped `+` stood.
pub(super) fn from_iso(text: &str) -> Option<Moment> {
    let text = text.trim();
    parse(text).or_else(|| {
        let (clock, offset) = text.rsplit_once(' ')?;
        let sign = if offset.starts_with(['+', '-']) { "" } else { "+" };
        parse(&format!("{}{sign}{offset}", clock.trim_end()))
    })
}

fn parse(text: &str) -> Option<Moment> {
    let at = text.parse::<Timestamp>().ok()?;
    let offset = Pieces::parse(text).ok()?.to_numeric_offset()?;
    Some(Moment { at, offset })
}

/// Reads milliseconds since 1970, which some forwarders write as a float; zero and less stand for no time.
pub(super) fn from_epoch_millis(text: &str) -> Option<Timestamp> {
    let millis = text.parse::<i64>().ok().or_else(|| whole(text.parse().ok()?))?;
    (millis > 0).then(|| Timestamp::from_millisecond(millis).ok())?
}

/// Reads how long something lasts as it is written for people, such as `2 Days 3 Hrs 5 Mins` or `5m 20s`; `None` if any part
/// of it is no length of time that is always the same.
pub(super) fn from_duration(text: &str) -> Option<SignedDuration> {
    let text = text.to_ascii_lowercase().replace(',', " ");
    let mut rest = text.trim();
    let mut total = None::<SignedDuration>;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).filter(|end| *end > 0)?;
        let (number, after) = rest.split_at(digits);
        let after = after.trim_start();
        let (unit, following) =
            after.split_at(after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len()));
        let part = number.parse::<i64>().ok()?.checked_mul(seconds_of(unit)?)?;
        total = Some(total.unwrap_or_default().checked_add(SignedDuration::from_secs(part))?);
        rest = following.trim_start();
    }
    total
}

fn seconds_of(unit: &str) -> Option<i64> {
    Some(match unit {
        "s" | "sec" | "secs" | "second" | "seconds" => 1,
        "m" | "min" | "mins" | "minute" | "minutes" => 60,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600,
        "d" | "day" | "days" => 86_400,
        "w" | "week" | "weeks" => 604_800,
        _ => return None,
    })
}

fn whole(number: f64) -> Option<i64> {
    format!("{number:.0}").parse().ok()
}

/// `at` in UTC and whole seconds, as the ids take it in.
pub(super) fn to_seconds(at: Timestamp) -> String {
    format!("{at:.0}")
}

/// The beginning of the minute of `at`.
pub(super) fn minute_of(at: Timestamp) -> Timestamp {
    let seconds = at.as_second();
    Timestamp::from_second(seconds.saturating_sub(seconds.rem_euclid(60))).unwrap_or(at)
}

/// Milliseconds from `earlier` to `later`, negative if they are the other way round.
pub(super) fn millis_between(earlier: Timestamp, later: Timestamp) -> i64 {
    later.as_millisecond().saturating_sub(earlier.as_millisecond())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utc(text: &str) -> Option<String> {
        from_iso(text).map(|moment| moment.at.to_string())
    }

    #[test]
    fn an_offset_is_read_however_it_is_written() {
        for text in [
            "2026-03-01T10:15:27+0530",
            "2026-03-01T10:15:27+05:30",
            "2026-03-01T10:15:27 0530",
            "2026-03-01T10:15:27 05:30",
            "2026-03-01T10:15:27 +0530",
            "2026-03-01 10:15:27 +0530",
            "2026-02-28 21:45:27 -0700",
            "2026-03-01T04:45:27Z",
            "2026-02-28T21:45:27-0700",
        ] {
            assert_eq!(utc(text).as_deref(), Some("2026-03-01T04:45:27Z"), "{text}");
        }
        assert_eq!(utc("2026-03-01T10:15:27.166+0530").as_deref(), Some("2026-03-01T04:45:27.166Z"));
    }

    #[test]
    fn a_time_of_no_known_offset_is_none() {
        for text in
            ["", "2026-03-01", "2026-03-01T10:15:27", "2026-03-01 10:15:27", "March 1, 2026 10:15 AM IST"]
        {
            assert_eq!(utc(text), None, "{text}");
        }
    }

    #[test]
    fn the_offset_stands_beside_the_moment() {
        assert_eq!(
            from_iso("2026-03-01T10:15:27-0700").map(|moment| moment.offset.seconds()),
            Some(-7 * 3600)
        );
    }

    #[test]
    fn milliseconds_survive_a_float() {
        let expected = "2026-03-01T04:45:27.166Z".parse().ok();
        assert_eq!(from_epoch_millis("1772340327166"), expected);
        assert_eq!(from_epoch_millis("1772340327166.0"), expected);
        assert_eq!(from_epoch_millis("1.772340327166e12"), expected);
    }

    #[test]
    fn no_time_is_read_from_what_stands_for_none() {
        for text in ["", "0", "-1", "soon", "NaN", "inf", "99999999999999999999", "1e300"] {
            assert_eq!(from_epoch_millis(text), None, "{text}");
        }
    }

    #[test]
    fn a_length_of_time_is_read_in_the_words_of_the_console() {
        for (text, seconds) in [
            ("5 Mins", 300),
            ("2 Days 3 Hrs 5 Mins", 183_900),
            ("1 Hour, 1 Min 1 Sec", 3_661),
            ("5m 20s", 320),
            ("0 Days 0 Hrs 12 Minutes", 720),
            ("1 week", 604_800),
        ] {
            assert_eq!(from_duration(text), Some(SignedDuration::from_secs(seconds)), "{text}");
        }
        for text in ["", "-", "5", "Mins", "1 Month", "a while", "5 Mins ago", "99999999999999999999 Mins"] {
            assert_eq!(from_duration(text), None, "{text}");
        }
    }

    #[test]
    fn the_first_minute_of_all_time_is_no_trouble() {
        assert_eq!(minute_of(Timestamp::MIN), Timestamp::MIN);
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_or_not_without_a_panic(text in ".*") {
            let _ = from_iso(&text);
            let _ = from_epoch_millis(&text);
            let _ = from_duration(&text);
        }
    }
}
