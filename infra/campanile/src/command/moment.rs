//! Times and lengths of time, as a person types them.

use std::str::FromStr;

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// The longest length of time, as the API has it: ten years, in seconds.
const LONGEST_SECS: i64 = 315_360_000;

/// A length of time, such as `2h`, `1h30m` or `3d`; a day has 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Length(SignedDuration);

/// A time, or how long ago it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    At(Timestamp),
    Ago(Length),
}

/// A text that is no length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a length of time like 45m, 2h, 1h30m or 3d, ten years at most")]
pub(super) struct NoLength;

/// A text that is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a time with its zone like 2026-11-21T23:00:00Z")]
pub(super) struct NoTime;

/// A text that is neither a time nor a length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a time with its zone like 2026-11-21T23:00:00Z, or how long ago it was like 2h")]
pub(super) struct NoMoment;

/// The time that `text` names.
pub(super) fn time(text: &str) -> Result<Timestamp, NoTime> {
    text.trim().parse().map_err(|_| NoTime)
}

impl Length {
    /// In seconds, rounded down.
    pub(super) const fn as_secs(self) -> i64 {
        self.0.as_secs()
    }
}

impl When {
    /// The time, where it is `now`; the beginning of time where it was longer ago.
    pub(super) fn before(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(time) => time,
            Self::Ago(Length(length)) => now.checked_sub(length).unwrap_or(Timestamp::MIN),
        }
    }
}

impl FromStr for Length {
    type Err = NoLength;

    fn from_str(text: &str) -> Result<Self, NoLength> {
        let span: Span = text.trim().parse().map_err(|_| NoLength)?;
        let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| NoLength)?;
        if (1..=LONGEST_SECS).contains(&length.as_secs()) { Ok(Self(length)) } else { Err(NoLength) }
    }
}

impl FromStr for When {
    type Err = NoMoment;

    fn from_str(text: &str) -> Result<Self, NoMoment> {
        match (time(text), text.parse()) {
            (Ok(time), _) => Ok(Self::At(time)),
            (_, Ok(length)) => Ok(Self::Ago(length)),
            _ => Err(NoMoment),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_operators_write_them() {
        for (text, seconds) in [
            ("90s", 90),
            ("2h", 7_200),
            ("1h30m", 5_400),
            ("3d", 259_200),
            ("1w", 604_800),
            ("3650d", 315_360_000),
        ] {
            assert_eq!(text.parse::<Length>().map(Length::as_secs), Ok(seconds), "{text}");
        }
        for text in ["", "2", "h", "-2h", "2h ago", "0s", "1mo", "1y", "3651d", "999999999999999d", "10ms"] {
            assert_eq!(text.parse::<Length>(), Err(NoLength), "{text}");
        }
    }

    #[test]
    fn a_time_is_one_with_its_zone_or_so_long_ago() {
        let now: Timestamp = "2026-11-21T23:00:00Z".parse().unwrap();
        let before = |text: &str| text.parse::<When>().map(|when| when.before(now).to_string());
        assert_eq!(before("2h").unwrap(), "2026-11-21T21:00:00Z");
        assert_eq!(before("2026-11-21T23:00:00+01:00").unwrap(), "2026-11-21T22:00:00Z");
        assert_eq!("1h".parse::<When>().unwrap().before(Timestamp::MIN), Timestamp::MIN);
        for text in ["", "now", "yesterday", "2026-11-21", "2026-11-21T23:00:00", "23:00"] {
            assert_eq!(text.parse::<When>(), Err(NoMoment), "{text}");
        }
    }
}
