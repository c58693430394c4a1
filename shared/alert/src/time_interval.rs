//! Time intervals as [Alertmanager](https://prometheus.io/docs/alerting/latest/configuration/#time_interval) has them,
//! and spans over midnight, which it has not.
//!
//! An interval contains a minute of the wall clock in its time zone if every field that is there does, and a field does
//! if one of its ranges does. An interval without fields contains everything.

mod parse;

use std::ops::RangeInclusive;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub use parse::TimeIntervalError;

/// Minutes of a day.
const DAY: u16 = 24 * 60;
/// How far ahead a change is looked for.
const HORIZON: SignedDuration = SignedDuration::from_hours(8 * 24);
/// Every change of the clocks falls on one of these.
const GRID_SECS: i64 = 15 * 60;

/// One interval; fields without ranges hold always.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeInterval {
    /// Spans of the day.
    pub times: Vec<TimeRange>,
    /// Days of the week on which a span starts.
    pub weekdays: Vec<WeekdayRange>,
    /// Days of the month, negative ones from its end.
    pub days_of_month: Vec<DayRange>,
    /// Months of the year.
    pub months: Vec<RangeInclusive<i8>>,
    /// Years.
    pub years: Vec<RangeInclusive<i16>>,
    /// Whose wall clock counts.
    pub location: TimeZone,
}

/// A span of the day in minutes; one that ends before it starts goes on after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    start: u16,
    end: u16,
}

/// Days of the week, both ends included, from Sunday on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekdayRange {
    first: i8,
    last: i8,
}

/// Days of the month, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayRange {
    first: i8,
    last: i8,
}

impl Default for TimeInterval {
    fn default() -> Self {
        Self {
            times: Vec::new(),
            weekdays: Vec::new(),
            days_of_month: Vec::new(),
            months: Vec::new(),
            years: Vec::new(),
            location: TimeZone::UTC,
        }
    }
}

impl TimeInterval {
    /// Whether it contains the minute of `at`.
    pub fn contains(&self, at: Timestamp) -> bool {
        let local = self.location.to_datetime(at);
        let minute = minute_of(local.hour(), local.minute());
        let date = local.date();
        if self.times.is_empty() {
            return self.holds_on(date);
        }
        let began_today = || self.times.iter().any(|span| span.contains_on_its_day(minute));
        let began_yesterday = || self.times.iter().any(|span| span.contains_after_midnight(minute));
        (began_today() && self.holds_on(date))
            || (began_yesterday() && date.yesterday().is_ok_and(|date| self.holds_on(date)))
    }

    fn holds_on(&self, date: Date) -> bool {
        holds(&self.weekdays, |range| range.contains(date.weekday()))
            && holds(&self.days_of_month, |range| range.contains(date))
            && holds(&self.months, |range| range.contains(&date.month()))
            && holds(&self.years, |range| range.contains(&date.year()))
    }

    /// Moments after `after` at which what it contains may change, within eight days.
    fn candidates(&self, after: Timestamp) -> Vec<Timestamp> {
        let today = self.location.to_datetime(after).date();
        let days = today.series(jiff::Span::new().days(1)).take(10);
        let minutes: Vec<u16> = self.times.iter().flat_map(|span| [span.start, span.end % DAY]).collect();
        days.flat_map(|date| minutes.iter().map(move |minute| (date, *minute)))
            .filter_map(|(date, minute)| {
                let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
                self.location.to_timestamp(date.at(hour, minute, 0, 0)).ok()
            })
            .filter(|at| *at > after)
            .collect()
    }
}

/// Whether one of `intervals` contains `at`.
pub fn any_contains(intervals: &[TimeInterval], at: Timestamp) -> bool {
    intervals.iter().any(|interval| interval.contains(at))
}

/// The first moment after `after` at which `is_open` holds, where it depends on `intervals` alone; at the latest the end
/// of the eight days that are looked at.
pub fn next_moment<'a>(
    intervals: impl IntoIterator<Item = &'a TimeInterval>,
    after: Timestamp,
    is_open: impl Fn(Timestamp) -> bool,
) -> Timestamp {
    let end = after.checked_add(HORIZON).unwrap_or(Timestamp::MAX);
    let first = (after.as_second().div_euclid(GRID_SECS) + 1) * GRID_SECS;
    let grid = (0..)
        .map_while(|step: i64| Timestamp::from_second(first + step * GRID_SECS).ok().filter(|at| *at < end));
    let mut moments: Vec<_> = grid.collect();
    moments.extend(intervals.into_iter().flat_map(|interval| interval.candidates(after)));
    moments.sort_unstable();
    moments.into_iter().find(|at| is_open(*at)).unwrap_or(end)
}

impl TimeRange {
    const fn contains_on_its_day(self, minute: u16) -> bool {
        let end = if self.end < self.start { DAY } else { self.end };
        self.start <= minute && minute < end
    }

    const fn contains_after_midnight(self, minute: u16) -> bool {
        self.end < self.start && minute < self.end
    }
}

impl WeekdayRange {
    fn contains(self, day: Weekday) -> bool {
        let day = day.to_sunday_zero_offset();
        self.first <= day && day <= self.last
    }
}

impl DayRange {
    /// Days that the month has not are left out, and a range that begins after its end is never.
    fn contains(self, date: Date) -> bool {
        let length = date.days_in_month();
        let day = |day: i8| if day < 0 { length + day + 1 } else { day };
        let (first, last) = (day(self.first), day(self.last));
        first <= length && (first.max(-length)..=last.clamp(-length, length)).contains(&date.day())
    }
}

fn holds<T>(ranges: &[T], contains: impl Fn(&T) -> bool) -> bool {
    ranges.is_empty() || ranges.iter().any(contains)
}

fn minute_of(hour: i8, minute: i8) -> u16 {
    u16::from(hour.unsigned_abs()) * 60 + u16::from(minute.unsigned_abs())
}

#[cfg(test)]
mod tests;
