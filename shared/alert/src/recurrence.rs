//! Rules by which a span recurs: the part of iCalendar's `RRULE`
//! ([RFC 5545, 3.3.10](https://www.rfc-editor.org/rfc/rfc5545#section-3.3.10)) that maintenance windows need.
//!
//! Each occurrence starts by the wall clock of a time zone and lasts exactly as long as the first. A start in a gap of the
//! clocks is shifted by the gap and counts, of a start that is there twice the first counts, and a date that is not
//! there is left out. Where the RFC leaves room, the sets are those of Python's dateutil.

mod days;
mod parse;

use std::fmt;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use parse::RecurrenceError;

/// How many years ahead an occurrence is looked for.
const HORIZON_YEARS: i16 = 12;

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Recurrence {
    frequency: Frequency,
    interval: u8,
    by_day: Vec<DayRule>,
    by_month_day: Vec<i8>,
    /// The first or the last of each period.
    by_set_pos: Option<End>,
    until: Option<Until>,
    count: Option<u16>,
    week_start: Weekday,
}

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
}

/// A day of the week; with an ordinal, one of the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct DayRule {
    ordinal: Option<i8>,
    day: Weekday,
}

/// One end of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    First,
    Last,
}

/// The last moment at which an occurrence starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    Moment(Timestamp),
    Day(Date),
}

/// A span that recurs: its first occurrence, a rule, and whose wall clock counts.
#[derive(Debug, Clone, Copy)]
pub struct Recurring<'a> {
    /// The rule.
    pub rule: &'a Recurrence,
    /// The start of the first occurrence; the rule's own first may be later.
    pub starts_at: Timestamp,
    /// How long each lasts.
    pub length: SignedDuration,
    /// Whose wall clock counts.
    pub zone: &'a TimeZone,
}

/// One occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// When it starts.
    pub starts_at: Timestamp,
    /// When it is over.
    pub ends_at: Timestamp,
}

impl Recurring<'_> {
    /// The occurrence that contains `now`; of several the one that started last.
    pub fn occurrence_at(self, now: Timestamp) -> Option<Occurrence> {
        let from = now.checked_sub(self.length).unwrap_or(Timestamp::MIN);
        self.occurrences_from(from)
            .take_while(|occurrence| occurrence.starts_at <= now)
            .filter(|occurrence| occurrence.ends_at > now)
            .last()
    }

    /// The first occurrence that starts after `now`.
    pub fn next_after(self, now: Timestamp) -> Option<Occurrence> {
        self.occurrences_from(now).find(|occurrence| occurrence.starts_at > now)
    }

    /// A moment at which the last occurrence is over; none where there is no last one within a dozen years.
    pub fn over_at(self) -> Option<Timestamp> {
        if let Some(count) = self.rule.count {
            let last = self.occurrences_from(self.starts_at).nth(usize::from(count).saturating_sub(1));
            return last.map(|last| last.ends_at);
        }
        let last_start = match self.rule.until? {
            Until::Moment(until) => until,
            Until::Day(until) => {
                let midnight = until.tomorrow().ok()?.to_datetime(Time::midnight());
                self.zone.to_timestamp(midnight).ok()?
            }
        };
        last_start.checked_add(self.length).ok()
    }

    /// The occurrences in order; those that start before `from` may be left out.
    pub fn occurrences_from(self, from: Timestamp) -> impl Iterator<Item = Occurrence> {
        let start = self.zone.to_datetime(self.starts_at);
        let counted = usize::from(self.rule.count.unwrap_or(u16::MAX));
        let first_period = if self.rule.count.is_some() { 0 } else { self.period_before(start, from) };
        let horizon = self.horizon(start, from);
        let periods = (first_period..).map(move |period| self.rule.dates(start.date(), period));
        let dates = periods.take_while(move |dates| dates.begin.is_some_and(|begin| begin <= horizon));
        let moments = dates.flat_map(|dates| dates.days).filter(move |date| *date >= start.date());
        let is_counted = self.rule.count.is_some();
        moments
            .enumerate()
            .take_while(move |(place, _)| !is_counted || *place < counted)
            .filter_map(move |(_, date)| self.occurrence(date.to_datetime(start.time())))
            .take_while(move |(date, occurrence)| self.rule.is_before_end(*date, occurrence.starts_at))
            .map(|(_, occurrence)| occurrence)
    }

    fn occurrence(self, local: DateTime) -> Option<(Date, Occurrence)> {
        let starts_at = self.zone.to_timestamp(local).ok()?;
        let ends_at = starts_at.checked_add(self.length).ok()?;
        Some((local.date(), Occurrence { starts_at, ends_at }))
    }

    /// A period that is over before `from`.
    fn period_before(self, start: DateTime, from: Timestamp) -> i64 {
        let days = from.duration_since(self.starts_at).as_secs().div_euclid(24 * 3600) - 2;
        let longest = match self.rule.frequency {
            Frequency::Daily => 1,
            Frequency::Weekly => 7,
            Frequency::Monthly => 31,
        };
        let _ = start;
        (days / (longest * i64::from(self.rule.interval)) - 1).max(0)
    }

    /// The last date that is looked at.
    fn horizon(self, start: DateTime, from: Timestamp) -> Date {
        let from = self.zone.to_datetime(from).date().max(start.date());
        from.checked_add(jiff::Span::new().years(HORIZON_YEARS)).unwrap_or(Date::MAX)
    }
}

impl Recurrence {
    /// The shortest period in which its occurrences repeat.
    pub fn period(&self) -> SignedDuration {
        let days = match self.frequency {
            Frequency::Daily => 1,
            Frequency::Weekly => 7,
            Frequency::Monthly => 28,
        };
        SignedDuration::from_hours(24 * days * i64::from(self.interval))
    }

    fn is_before_end(&self, date: Date, starts_at: Timestamp) -> bool {
        match self.until {
            None => true,
            Some(Until::Moment(until)) => starts_at <= until,
            Some(Until::Day(until)) => date <= until,
        }
    }
}

impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        parse::write(self, f)
    }
}

impl From<Recurrence> for String {
    fn from(rule: Recurrence) -> Self {
        rule.to_string()
    }
}

impl TryFrom<String> for Recurrence {
    type Error = RecurrenceError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Recurrence {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Recurrence".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["FREQ=WEEKLY;BYDAY=SU"] })
    }
}

#[cfg(test)]
mod tests;
