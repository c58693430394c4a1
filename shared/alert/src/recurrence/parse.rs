//! The text of a rule.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;

use super::{DayRule, End, Frequency, Recurrence, Until};

const DAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Monday),
    ("TU", Weekday::Tuesday),
    ("WE", Weekday::Wednesday),
    ("TH", Weekday::Thursday),
    ("FR", Weekday::Friday),
    ("SA", Weekday::Saturday),
    ("SU", Weekday::Sunday),
];
/// Most occurrences that a rule may count.
const MOST_COUNTED: u16 = 10_000;
/// How much of a text an error shows, in characters.
const SHOWN_CHARS: usize = 64;

/// Why a text is no rule that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecurrenceError {
    /// A part without a value.
    #[error(
        "`{0}` is not a part of a recurrence: write NAME=VALUE, separated by `;`, like FREQ=WEEKLY;BYDAY=SU"
    )]
    Syntax(String),
    /// A part that is not supported.
    #[error(
        "`{0}` is not supported in a recurrence: use FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYSETPOS, UNTIL, COUNT, WKST"
    )]
    Unsupported(String),
    /// A part that is there twice.
    #[error("`{0}` is there twice: write it once")]
    Twice(String),
    /// No frequency, or one that is not supported.
    #[error("`{0}` is not a frequency: use DAILY, WEEKLY or MONTHLY")]
    Frequency(String),
    /// A value that a part cannot have.
    #[error("`{value}` is not a value of {part}: {remedy}")]
    Value {
        /// The part.
        part: &'static str,
        /// Its value.
        value: String,
        /// What to write.
        remedy: &'static str,
    },
    /// Parts that do not go together.
    #[error("{0}")]
    Together(&'static str),
}

impl FromStr for Recurrence {
    type Err = RecurrenceError;

    fn from_str(text: &str) -> Result<Self, RecurrenceError> {
        let mut rule = Self {
            frequency: Frequency::Daily,
            interval: 1,
            by_day: Vec::new(),
            by_month_day: Vec::new(),
            by_set_pos: None,
            until: None,
            count: None,
            week_start: Weekday::Monday,
        };
        let text = text.trim().to_ascii_uppercase();
        let mut seen = BTreeSet::new();
        for part in text.trim_start_matches("RRULE:").split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| RecurrenceError::Syntax(shown(part)))?;
            if !seen.insert(name.to_owned()) {
                return Err(RecurrenceError::Twice(shown(name)));
            }
            rule.read(name, value)?;
        }
        if !seen.contains("FREQ") {
            return Err(RecurrenceError::Frequency(String::new()));
        }
        rule.check()
    }
}

impl Recurrence {
    fn read(&mut self, name: &str, value: &str) -> Result<(), RecurrenceError> {
        match name {
            "FREQ" => self.frequency = frequency(value)?,
            "INTERVAL" => {
                let wrong = wrong("INTERVAL", value, "write a whole number from 1 to 52");
                self.interval = number(value, 1, 52).ok_or(wrong)?;
            }
            "COUNT" => {
                let wrong = wrong("COUNT", value, "write a whole number from 1 to 10000");
                self.count = Some(number(value, 1, MOST_COUNTED).ok_or(wrong)?);
            }
            "BYDAY" => self.by_day = list(value, day_rule)?,
            "BYMONTHDAY" => self.by_month_day = list(value, month_day)?,
            "BYSETPOS" => self.by_set_pos = Some(set_pos(value)?),
            "UNTIL" => self.until = Some(until(value)?),
            "WKST" => {
                self.week_start = weekday(value).ok_or_else(|| wrong("WKST", value, "write MO to SU"))?;
            }
            _ => return Err(RecurrenceError::Unsupported(shown(name))),
        }
        Ok(())
    }

    fn check(self) -> Result<Self, RecurrenceError> {
        let has_ordinal = self.by_day.iter().any(|rule| rule.ordinal.is_some());
        let problem = match self.frequency {
            _ if self.until.is_some() && self.count.is_some() => {
                "UNTIL and COUNT exclude each other: leave one out"
            }
            _ if self.by_set_pos.is_some() && self.by_day.is_empty() => {
                "BYSETPOS chooses among the days of BYDAY: add BYDAY"
            }
            Frequency::Daily | Frequency::Weekly if has_ordinal => {
                "an ordinal in BYDAY, like -1SU, counts in a month: use FREQ=MONTHLY"
            }
            Frequency::Weekly if !self.by_month_day.is_empty() => {
                "BYMONTHDAY does not go with FREQ=WEEKLY: use FREQ=MONTHLY"
            }
            _ => return Ok(self),
        };
        Err(RecurrenceError::Together(problem))
    }
}

fn frequency(value: &str) -> Result<Frequency, RecurrenceError> {
    match value {
        "DAILY" => Ok(Frequency::Daily),
        "WEEKLY" => Ok(Frequency::Weekly),
        "MONTHLY" => Ok(Frequency::Monthly),
        _ => Err(RecurrenceError::Frequency(shown(value))),
    }
}

fn list<T>(
    value: &str,
    read: impl Fn(&str) -> Result<T, RecurrenceError>,
) -> Result<Vec<T>, RecurrenceError> {
    value.split(',').map(|item| read(item.trim())).collect()
}

fn weekday(text: &str) -> Option<Weekday> {
    DAYS.iter().find(|(name, _)| *name == text).map(|(_, day)| *day)
}

fn day_rule(text: &str) -> Result<DayRule, RecurrenceError> {
    let wrong = || wrong("BYDAY", text, "write MO to SU, with FREQ=MONTHLY also 1MO to 5MO and -1MO to -5MO");
    let place = text.len().checked_sub(2).filter(|place| text.is_char_boundary(*place)).ok_or_else(wrong)?;
    let (ordinal, day) = text.split_at(place);
    let day = weekday(day).ok_or_else(wrong)?;
    if ordinal.is_empty() {
        return Ok(DayRule { ordinal: None, day });
    }
    let ordinal = ordinal.parse().ok().filter(|ordinal: &i8| *ordinal != 0 && (-5..=5).contains(ordinal));
    Ok(DayRule { ordinal: Some(ordinal.ok_or_else(wrong)?), day })
}

fn month_day(text: &str) -> Result<i8, RecurrenceError> {
    let day = text.parse().ok().filter(|day: &i8| *day != 0 && (-31..=31).contains(day));
    day.ok_or_else(|| wrong("BYMONTHDAY", text, "write 1 to 31, or -1 to -31 from the end"))
}

fn set_pos(text: &str) -> Result<End, RecurrenceError> {
    match text {
        "1" | "+1" => Ok(End::First),
        "-1" => Ok(End::Last),
        _ => Err(wrong("BYSETPOS", text, "write 1 or -1")),
    }
}

fn until(text: &str) -> Result<Until, RecurrenceError> {
    let wrong =
        || wrong("UNTIL", text, "write a date, like 20261231, or a moment in UTC, like 20261231T225959Z");
    if let Some(moment) = text.strip_suffix('Z') {
        let local = DateTime::strptime("%Y%m%dT%H%M%S", moment).map_err(|_| wrong())?;
        let moment: Timestamp = TimeZone::UTC.to_timestamp(local).map_err(|_| wrong())?;
        return Ok(Until::Moment(moment));
    }
    Date::strptime("%Y%m%d", text).map(Until::Day).map_err(|_| wrong())
}

fn number<T: FromStr + PartialOrd + Copy>(text: &str, least: T, most: T) -> Option<T> {
    text.parse().ok().filter(|number| *number >= least && *number <= most)
}

fn wrong(part: &'static str, value: &str, remedy: &'static str) -> RecurrenceError {
    RecurrenceError::Value { part, value: shown(value), remedy }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS).collect()
}

/// Writes `rule` so that it can be read again.
pub(super) fn write(rule: &Recurrence, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(match rule.frequency {
        Frequency::Daily => "FREQ=DAILY",
        Frequency::Weekly => "FREQ=WEEKLY",
        Frequency::Monthly => "FREQ=MONTHLY",
    })?;
    if rule.interval != 1 {
        write!(f, ";INTERVAL={}", rule.interval)?;
    }
    write_list(f, "BYDAY", &rule.by_day)?;
    write_list(f, "BYMONTHDAY", &rule.by_month_day)?;
    match rule.by_set_pos {
        None => {}
        Some(End::First) => f.write_str(";BYSETPOS=1")?,
        Some(End::Last) => f.write_str(";BYSETPOS=-1")?,
    }
    match rule.until {
        None => {}
        Some(Until::Day(day)) => write!(f, ";UNTIL={}", day.strftime("%Y%m%d"))?,
        Some(Until::Moment(moment)) => write!(f, ";UNTIL={}", moment.strftime("%Y%m%dT%H%M%SZ"))?,
    }
    if let Some(count) = rule.count {
        write!(f, ";COUNT={count}")?;
    }
    if rule.week_start != Weekday::Monday {
        write!(f, ";WKST={}", name(rule.week_start))?;
    }
    Ok(())
}

fn write_list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, part: &str, items: &[T]) -> fmt::Result {
    if items.is_empty() {
        return Ok(());
    }
    let items: Vec<_> = items.iter().map(ToString::to_string).collect();
    write!(f, ";{part}={}", items.join(","))
}

fn name(day: Weekday) -> &'static str {
    DAYS.iter().find(|(_, known)| *known == day).map_or("MO", |(name, _)| name)
}

impl fmt::Display for DayRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ordinal) = self.ordinal {
            write!(f, "{ordinal}")?;
        }
        f.write_str(name(self.day))
    }
}
