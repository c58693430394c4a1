//! A run of dates.

use jiff::civil::Date;

/// Most dates of one backfill: they take six seconds each, and a function ends after fifteen minutes.
const MOST: usize = 120;

/// Dates from a first to a last one, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    from: Date,
    to: Date,
}

/// Dates that are no run, or too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DaysError {
    /// The last date is before the first.
    #[error("`{from}` is after `{to}`: give the earlier date as `from`")]
    Backwards {
        /// The first date.
        from: Date,
        /// The last date.
        to: Date,
    },
    /// They are too many for one run.
    #[error("`{from}` to `{to}` are more than {MOST} dates: ask for them in several backfills")]
    TooMany {
        /// The first date.
        from: Date,
        /// The last date.
        to: Date,
    },
}

impl Days {
    /// The dates from `from` to `to`.
    pub fn new(from: Date, to: Date) -> Result<Self, DaysError> {
        if to < from {
            return Err(DaysError::Backwards { from, to });
        }
        let days = Self { from, to };
        if days.iter().nth(MOST).is_some() { Err(DaysError::TooMany { from, to }) } else { Ok(days) }
    }

    /// Each date, the earliest first.
    pub fn iter(self) -> impl Iterator<Item = Date> {
        std::iter::successors(Some(self.from), |date| date.tomorrow().ok())
            .take_while(move |date| *date <= self.to)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_end_of_all_time_is_a_date_like_any_other() {
        let days = Days::new(Date::MAX, Date::MAX).unwrap();
        assert_eq!(days.iter().collect::<Vec<_>>(), [Date::MAX]);
    }

    #[test]
    fn a_month_that_ends_is_followed_by_the_next() {
        let days: Vec<_> = Days::new(date(2026, 2, 27), date(2026, 3, 1)).unwrap().iter().collect();
        assert_eq!(days, [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]);
    }

    #[test]
    fn too_many_dates_are_refused() {
        assert!(matches!(Days::new(Date::MIN, Date::MAX), Err(DaysError::TooMany { .. })));
    }
}
