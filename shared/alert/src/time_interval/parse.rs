//! The forms in which Alertmanager writes ranges.

use std::ops::RangeInclusive;

use jiff::tz::TimeZone;

use super::{DAY, DayRange, TimeInterval, TimeRange, WeekdayRange};

/// How much of a text an error shows, in characters.
const SHOWN_CHARS: usize = 64;

const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Why a text is no range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeIntervalError {
    /// No time of day.
    #[error("`{0}` is not a time: write HH:MM from 00:00 to 24:00")]
    Time(String),
    /// A span that is empty.
    #[error("the span from `{0}` to `{0}` is empty: give an end that differs from the start")]
    EmptySpan(String),
    /// A span that starts at the end of the day.
    #[error("a span cannot start at 24:00: write 00:00")]
    StartsAtEnd,
    /// No day of the week.
    #[error("`{0}` is not a weekday: write the English name, like monday, or a range, like monday:friday")]
    Weekday(String),
    /// No day of the month.
    #[error("`{0}` is not a day of the month: write 1 to 31, -1 to -31 from the end, or a range, like 1:5")]
    Day(String),
    /// A range from the end of the month to its beginning.
    #[error("`{0}` begins at the end of the month and ends at a positive day: make both negative")]
    MixedDays(String),
    /// No month.
    #[error("`{0}` is not a month: write its English name or 1 to 12, or a range, like january:march")]
    Month(String),
    /// No year.
    #[error("`{0}` is not a year: write four digits, or a range, like 2026:2028")]
    Year(String),
    /// A range that ends before it begins.
    #[error("the range `{0}` ends before it begins: write two ranges; a week begins with sunday")]
    Backwards(String),
    /// No time zone.
    #[error("`{0}` is not a time zone: write an IANA name, like Europe/Berlin")]
    Zone(String),
}

impl TimeRange {
    /// The span from `start` to `end`, which is excluded. One that ends before it starts goes on after midnight, and is
    /// of the day on which it starts.
    pub fn parse(start: &str, end: &str) -> Result<Self, TimeIntervalError> {
        let range = Self { start: minutes(start)?, end: minutes(end)? };
        if range.start == DAY {
            return Err(TimeIntervalError::StartsAtEnd);
        }
        if range.start == range.end {
            return Err(TimeIntervalError::EmptySpan(shown(start)));
        }
        Ok(range)
    }
}

impl WeekdayRange {
    /// One day or a range of days.
    pub fn parse(text: &str) -> Result<Self, TimeIntervalError> {
        let day = |name: &str| {
            let place = WEEKDAYS.iter().position(|day| day.eq_ignore_ascii_case(name));
            place.and_then(|place| i8::try_from(place).ok())
        };
        let (first, last) = ends(text, day).ok_or_else(|| TimeIntervalError::Weekday(shown(text)))?;
        if first > last {
            return Err(TimeIntervalError::Backwards(shown(text)));
        }
        Ok(Self { first, last })
    }
}

impl DayRange {
    /// One day or a range of days.
    pub fn parse(text: &str) -> Result<Self, TimeIntervalError> {
        let day = |text: &str| text.parse().ok().filter(|day: &i8| *day != 0 && (-31..=31).contains(day));
        let (first, last) = ends(text, day).ok_or_else(|| TimeIntervalError::Day(shown(text)))?;
        if first < 0 && last > 0 {
            return Err(TimeIntervalError::MixedDays(shown(text)));
        }
        // Alertmanager compares as if every month had 30 days.
        let place = |day: i8| if day < 0 { 30 + day } else { day };
        if place(first) > place(last) {
            return Err(TimeIntervalError::Backwards(shown(text)));
        }
        Ok(Self { first, last })
    }
}

impl TimeInterval {
    /// One month or a range of months.
    pub fn parse_months(text: &str) -> Result<RangeInclusive<i8>, TimeIntervalError> {
        let month = |name: &str| {
            let place = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(name));
            let named = place.and_then(|place| i8::try_from(place + 1).ok());
            named.or_else(|| name.parse().ok()).filter(|month: &i8| (1..=12).contains(month))
        };
        let (first, last) = ends(text, month).ok_or_else(|| TimeIntervalError::Month(shown(text)))?;
        forwards(first, last, text)
    }

    /// One year or a range of years.
    pub fn parse_years(text: &str) -> Result<RangeInclusive<i16>, TimeIntervalError> {
        let year = |text: &str| text.parse().ok().filter(|year: &i16| (1..=9999).contains(year));
        let (first, last) = ends(text, year).ok_or_else(|| TimeIntervalError::Year(shown(text)))?;
        forwards(first, last, text)
    }

    /// The time zone of an IANA name.
    pub fn parse_location(name: &str) -> Result<TimeZone, TimeIntervalError> {
        TimeZone::get(name).map_err(|_| TimeIntervalError::Zone(shown(name)))
    }
}

fn forwards<T: PartialOrd>(first: T, last: T, text: &str) -> Result<RangeInclusive<T>, TimeIntervalError> {
    if first > last { Err(TimeIntervalError::Backwards(shown(text))) } else { Ok(first..=last) }
}

/// Both ends of a range, or one thing twice.
fn ends<T: Copy>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<(T, T)> {
    match text.split_once(':') {
        Some((first, last)) => Some((read(first.trim())?, read(last.trim())?)),
        None => read(text.trim()).map(|one| (one, one)),
    }
}

fn minutes(text: &str) -> Result<u16, TimeIntervalError> {
    let wrong = || TimeIntervalError::Time(shown(text));
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    let two_digits = |text: &str| {
        let is_plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = two_digits(hour).zip(two_digits(minute)).ok_or_else(wrong)?;
    let minutes = hour * 60 + minute;
    if minute > 59 || minutes > DAY { Err(wrong()) } else { Ok(minutes) }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS).collect()
}
