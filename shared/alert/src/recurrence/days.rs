//! The dates of one period.

use jiff::Span;
use jiff::civil::Date;

use super::{DayRule, End, Frequency, Recurrence};

/// The dates of one period.
pub(super) struct Dates {
    /// When the period begins; none beyond the calendar.
    pub(super) begin: Option<Date>,
    /// Its dates, in order.
    pub(super) days: Vec<Date>,
}

impl Recurrence {
    /// The dates of the period number `period`, counted from the one that holds `start`.
    pub(super) fn dates(&self, start: Date, period: i64) -> Dates {
        let (begin, all) = match self.frequency {
            Frequency::Daily => self.daily(start, period),
            Frequency::Weekly => self.weekly(start, period),
            Frequency::Monthly => self.monthly(start, period),
        };
        let days = match self.by_set_pos {
            None => all,
            Some(End::First) => all.first().copied().into_iter().collect(),
            Some(End::Last) => all.last().copied().into_iter().collect(),
        };
        Dates { begin, days }
    }

    fn daily(&self, start: Date, period: i64) -> (Option<Date>, Vec<Date>) {
        let days = period.saturating_mul(i64::from(self.interval));
        let date = start.checked_add(Span::new().days(days.min(1_000_000))).ok();
        let days = date.filter(|date| self.has_weekday(*date) && self.has_month_day(*date));
        (date, days.into_iter().collect())
    }

    fn weekly(&self, start: Date, period: i64) -> (Option<Date>, Vec<Date>) {
        let into_week = start.weekday().since(self.week_start);
        let weeks = period.saturating_mul(i64::from(self.interval)).min(200_000);
        let begin = start.checked_sub(Span::new().days(into_week)).ok();
        let begin = begin.and_then(|begin| begin.checked_add(Span::new().weeks(weeks)).ok());
        let week = begin.into_iter().flat_map(|begin| begin.series(Span::new().days(1)).take(7));
        let is_of_rule = |date: &Date| {
            let is_of_start = self.by_day.is_empty() && date.weekday() == start.weekday();
            is_of_start || (!self.by_day.is_empty() && self.has_weekday(*date))
        };
        // The first week begins with the start, as dateutil has it.
        (begin, week.filter(|date| *date >= start).filter(is_of_rule).collect())
    }

    fn monthly(&self, start: Date, period: i64) -> (Option<Date>, Vec<Date>) {
        let months = period.saturating_mul(i64::from(self.interval)).min(100_000);
        let first = start.first_of_month().checked_add(Span::new().months(months)).ok();
        let month = first.into_iter().flat_map(|first| {
            let length = usize::from(first.days_in_month().unsigned_abs());
            first.series(Span::new().days(1)).take(length)
        });
        let is_bare = self.by_day.is_empty() && self.by_month_day.is_empty();
        let is_of_rule = |date: &Date| {
            (!is_bare || date.day() == start.day()) && self.has_weekday(*date) && self.has_month_day(*date)
        };
        (first, month.filter(is_of_rule).collect())
    }

    fn has_weekday(&self, date: Date) -> bool {
        self.by_day.is_empty() || self.by_day.iter().any(|rule| rule.holds(date))
    }

    fn has_month_day(&self, date: Date) -> bool {
        let from_end = date.day() - date.days_in_month() - 1;
        let days = &self.by_month_day;
        days.is_empty() || days.contains(&date.day()) || days.contains(&from_end)
    }
}

impl DayRule {
    fn holds(self, date: Date) -> bool {
        let from_start = (date.day() - 1) / 7 + 1;
        let from_end = -((date.days_in_month() - date.day()) / 7 + 1);
        let is_place = |place: i8| place == from_start || place == from_end;
        self.day == date.weekday() && self.ordinal.is_none_or(is_place)
    }
}
