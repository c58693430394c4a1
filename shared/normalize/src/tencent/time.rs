//! The sender's times, which come without an offset, and its durations.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// China Standard Time: what a time without an offset is in, wherever the account and the alarm are.
const LOCAL: Offset = Offset::constant(8);

/// Below this, a number is no moment but a count of seconds.
const FIRST_EPOCH_SECOND: i64 = 1_000_000_000;

/// A moment, written as date and time of day or as digits of an epoch time (10: seconds, 13: milliseconds).
///
/// `None` for what stands for "none" (`0`, the year 1) and for what is no moment: dates that do not exist or
/// have no year.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let moment = match integer(text) {
        Some(number) => epoch(number),
        None => date_and_time(text),
    };
    moment.filter(|moment| *moment > Timestamp::UNIX_EPOCH)
}

/// A moment, or a number of seconds after `start`: some products send the length of the alarm as its end.
pub(super) fn moment_or_seconds_after(text: &str, start: Timestamp) -> Option<Timestamp> {
    match integer(text) {
        Some(seconds @ 1..FIRST_EPOCH_SECOND) => start.checked_add(SignedDuration::from_secs(seconds)).ok(),
        _ => moment(text),
    }
}

/// `seconds` after `start`, or `start` itself where that is beyond all calendars.
pub(super) fn seconds_after(start: Timestamp, seconds: i64) -> Timestamp {
    start.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(start)
}

/// A whole number of seconds; `None` for what is negative or unreadable.
pub(super) fn seconds(text: &str) -> Option<i64> {
    integer(text).filter(|seconds| *seconds >= 0)
}

/// A whole number, also with a fraction of zeros.
pub(super) fn integer(text: &str) -> Option<i64> {
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => text,
    };
    whole.parse().ok()
}

fn epoch(number: i64) -> Option<Timestamp> {
    match number {
        FIRST_EPOCH_SECOND..=9_999_999_999 => Timestamp::from_second(number).ok(),
        1_000_000_000_000..=9_999_999_999_999 => Timestamp::from_millisecond(number).ok(),
        _ => None,
    }
}

/// `2024-07-09 14:35:00`, with `/` or `T` too, with a fraction, and with an offset or `(UTC+08:00)` after it.
fn date_and_time(text: &str) -> Option<Timestamp> {
    let (date, rest) = text.split_once([' ', 'T', 't'])?;
    let rest = rest.trim_start();
    let is_clock = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.');
    let (clock, zone) = rest.split_at(rest.find(|c| !is_clock(c)).unwrap_or(rest.len()));
    let written = format!("{} {clock}", date.replace('/', "-"));
    let local = DateTime::strptime("%Y-%m-%d %H:%M:%S%.f", written).ok()?;
    offset(zone)?.to_timestamp(local).ok()
}

fn offset(zone: &str) -> Option<Offset> {
    let zone = zone.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')')).to_ascii_uppercase();
    if zone.is_empty() {
        return Some(LOCAL);
    }
    let shift = zone.strip_prefix("UTC").or_else(|| zone.strip_prefix("GMT")).unwrap_or(&zone).trim();
    if matches!(shift, "" | "Z") {
        return Some(Offset::UTC);
    }
    let (sign, digits) = match shift.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    Offset::from_seconds(sign * hours_and_minutes(digits)?).ok()
}

/// The seconds of `08:00`, `0800`, `08` or `8`.
fn hours_and_minutes(digits: &str) -> Option<i32> {
    let digits = digits.replace(':', "");
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    match digits.len() {
        1 | 2 => Some(number * 3600),
        3 | 4 => Some(number / 100 * 3600 + number % 100 * 60),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_way_of_writing_one_moment_is_read() {
        let moment_of = |text| moment(text).map(|moment| moment.to_string());
        for text in [
            "2024-07-09 14:35:00",
            "2024/07/09 14:35:00",
            "2024-07-09T14:35:00",
            "2024-07-09T06:35:00Z",
            "2024-07-09 14:35:00 (UTC+08:00)",
            "2024-07-09 14:35:00 (UTC+8)",
            "2024-07-09 01:35:00 (UTC-05:00)",
            "2024-07-09T12:05:00+05:30",
            "2024-07-09 06:35:00 UTC",
            "2024-07-09 15:35:00+0900",
            "2024-07-09 14:35:00.000",
            "1720506900",
            "1720506900000",
        ] {
            assert_eq!(moment_of(text).as_deref(), Some("2024-07-09T06:35:00Z"), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "0",
            "-1",
            "500",
            "12345678901",
            "0000000000",
            "1e300",
            "0000-00-00 00:00:00",
            "0001-01-01 00:00:00",
            "2021-02-30 10:00:00",
            "2021-05-05 24:61:00",
            "05-05 04:37:00",
            "2021-05-05",
            "04:37:00",
            "2021-05-05 04:37:00 (UTC+99:00)",
            "2021-05-05 04:37:00 somewhere",
            "2021-05-05 04:37:00 (UTC+é)",
            "9999-12-31 23:59:59 (UTC-12:00)",
            "—",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn an_end_may_be_a_number_of_seconds() {
        let start = moment("2021-05-05 04:37:00").unwrap();
        let end = |text| moment_or_seconds_after(text, start).map(|end| end.to_string());
        assert_eq!(end("101340").as_deref(), Some("2021-05-06T00:46:00Z"));
        assert_eq!(end("999999999").as_deref(), Some("2053-01-10T22:23:39Z"));
        assert_eq!(end("1620261960").as_deref(), Some("2021-05-06T00:46:00Z"));
        assert_eq!(end("0"), None);
        assert_eq!(end("-5"), None);
    }

    #[test]
    fn a_duration_is_whole_and_not_negative() {
        assert_eq!(seconds("86400"), Some(86_400));
        assert_eq!(seconds("500.0"), Some(500));
        for text in ["-1", "1.5", "1e300", "99999999999999999999", "soon"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_a_time_panic(text in "\\PC*", start in -377_705_023_201i64..253_402_207_200) {
            let start = Timestamp::from_second(start).unwrap();
            let _ = moment(&text);
            let _ = moment_or_seconds_after(&text, start);
        }

        #[test]
        fn no_duration_overflows(start in -377_705_023_201i64..253_402_207_200, seconds in 0..i64::MAX) {
            let start = Timestamp::from_second(start).unwrap();
            prop_assert!(seconds_after(start, seconds) >= start);
        }
    }
}
