//! Times and durations as Netdata writes them. What cannot be read, or cannot be meant, is as good as absent.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// From here on (1973) a bare number is seconds since 1970.
const FEWEST_EPOCH_SECONDS: f64 = 1e8;
/// From here on (also 1973) it is milliseconds: as seconds it would lie beyond the year 5000.
const FEWEST_EPOCH_MILLISECONDS: f64 = 1e11;
/// From here on it is nothing that we know.
const NO_EPOCH: f64 = 1e14;

/// `at` without its fraction of a second.
pub(super) fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// The moment that `text` names: ISO 8601 with `T` or a blank, with an offset or in UTC, or a number of seconds or
/// milliseconds since 1970. Nothing before 1970 is meant: senders write the year 1 for a time that they do not know.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let at = since_epoch(text).or_else(|| text.parse().ok()).or_else(|| without_offset(text))?;
    meant(at)
}

/// `at` less a number of `seconds`, which may be a fraction but not negative.
pub(super) fn seconds_before(at: Timestamp, seconds: &str) -> Option<Timestamp> {
    let seconds: f64 = seconds.parse().ok()?;
    let duration =
        SignedDuration::try_from_secs_f64(seconds).ok().filter(|duration| !duration.is_negative())?;
    meant(at.checked_sub(duration).ok()?)
}

fn meant(at: Timestamp) -> Option<Timestamp> {
    (at > Timestamp::UNIX_EPOCH).then_some(at)
}

fn since_epoch(text: &str) -> Option<Timestamp> {
    let number: f64 = text.parse().ok()?;
    let milliseconds = if (FEWEST_EPOCH_SECONDS..FEWEST_EPOCH_MILLISECONDS).contains(&number) {
        number * 1e3
    } else if (FEWEST_EPOCH_MILLISECONDS..NO_EPOCH).contains(&number) {
        number
    } else {
        return None;
    };
    #[expect(clippy::cast_possible_truncation, reason = "below 1e14, and rounded")]
    Timestamp::from_millisecond(milliseconds.round() as i64).ok()
}

fn without_offset(text: &str) -> Option<Timestamp> {
    // A time zone in brackets would be passed over, and the time taken for UTC.
    if text.contains('[') {
        return None;
    }
    let local: DateTime = text.parse().ok()?;
    local.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utc(text: &str) -> Option<String> {
        parse(text).map(|at| at.to_string())
    }

    #[test]
    fn every_spelling_of_a_moment_is_the_same_moment() {
        let spellings = [
            "2026-03-03T03:11:48Z",
            "2026-03-03t03:11:48z",
            "2026-03-03 03:11:48Z",
            "2026-03-02T22:11:48-05:00",
            "2026-03-02 22:11:48-0500",
            "2026-03-03T05:11:48+02:00",
            "2026-03-03T05:11:48+0200",
            "2026-03-03T05:11:48+02",
            "2026-03-03T03:11:48.000+00:00",
            "2026-03-03T03:11:48",
            "2026-03-03 03:11:48",
            "2026-03-03 03:11:48.000",
            " 2026-03-03T03:11:48Z\n",
            "1772507508",
            "1772507508.0",
            "1772507508000",
        ];
        for spelling in spellings {
            assert_eq!(utc(spelling).as_deref(), Some("2026-03-03T03:11:48Z"), "{spelling}");
        }
    }

    #[test]
    fn a_fraction_is_kept() {
        for spelling in
            ["2026-03-03T03:11:48.25Z", "2026-03-03 03:11:48.250", "1772507508.25", "1772507508250"]
        {
            assert_eq!(utc(spelling).as_deref(), Some("2026-03-03T03:11:48.25Z"), "{spelling}");
        }
    }

    #[test]
    fn what_is_no_moment_or_cannot_be_meant_is_none() {
        let spellings = [
            "",
            "yesterday",
            "2026-13-03T03:11:48Z",
            "2026-03-03T25:11:48Z",
            "2026-03-03T03:11:48+99:00",
            "2026-03-03T03:11:48[Europe/Berlin]",
            "0001-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z",
            "0",
            "-1772507508",
            "1772507508000000",
            "9e99",
            "inf",
            "NaN",
        ];
        for spelling in spellings {
            assert_eq!(utc(spelling), None, "{spelling}");
        }
    }

    #[test]
    fn seconds_may_be_whole_a_fraction_or_an_exponent() {
        let at = parse("2026-03-03T03:15:08Z").unwrap();
        let before = |seconds| seconds_before(at, seconds).map(|at| at.to_string());
        assert_eq!(before("200").as_deref(), Some("2026-03-03T03:11:48Z"));
        assert_eq!(before("200.5").as_deref(), Some("2026-03-03T03:11:47.5Z"));
        assert_eq!(before("2e2").as_deref(), Some("2026-03-03T03:11:48Z"));
        assert_eq!(before("0").as_deref(), Some("2026-03-03T03:15:08Z"));
    }

    #[test]
    fn a_duration_that_cannot_be_meant_is_none() {
        let at = parse("2026-03-03T03:15:08Z").unwrap();
        for seconds in ["-1", "1e18", "1e300", "9e999", "inf", "NaN", "3 minutes", "9999999999"] {
            assert_eq!(seconds_before(at, seconds), None, "{seconds}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*", seconds in any::<f64>()) {
            let _ = parse(&text);
            let _ = parse(&seconds.to_string());
            let _ = seconds_before(Timestamp::MIN, &seconds.to_string());
            let _ = seconds_before(Timestamp::MAX, &seconds.to_string());
        }

        #[test]
        fn what_is_written_is_read(second in 1_i64..253_402_207_200, offset in -14_i32..=14) {
            let at = Timestamp::from_second(second).unwrap();
            let offset = jiff::tz::Offset::from_seconds(offset * 3600).unwrap();
            prop_assert_eq!(parse(&at.to_string()), Some(at));
            prop_assert_eq!(parse(&at.display_with_offset(offset).to_string()), Some(at));
        }
    }
}
