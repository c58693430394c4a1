//! On which days something came in, so that a list of few things in many days reads few days.
//!
//! A index is what is kept day by day: the history of one source, the quarantine, or requests. Its directory has one item for
//! each of its days. That item is durable before anything of the day is, so that nothing can be missed; a process writes it
//! once a day.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use alert::Source;
use intake::StoreError;
use jiff::{SignedDuration, Timestamp, civil::Date};

use super::Table;
use super::definition::{EXPIRES_AT, PK, SK};
use super::item::{day, new_item, number, string, text};
use super::read::oldest_day;
use super::record::expiry;

/// A day, which an item of it may follow by as much before it expires.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// How many days a process remembers at most; beyond that it starts anew and writes a little more often.
const MOST_REMEMBERED: usize = 10_000;

/// What is kept day by day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum DayIndex {
    /// The history of what a source said.
    Of(Source),
    /// What was not understood.
    Quarantine,
    /// What destinations were notified of.
    Notifications,
}

/// The days that this process knows to be in the table.
#[derive(Debug, Default)]
pub(super) struct KnownDays(Mutex<HashSet<(DayIndex, String)>>);

impl fmt::Display for DayIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(source) => f.write_str(source.as_str()),
            Self::Quarantine => f.write_str("quarantine"),
            Self::Notifications => f.write_str("notifications"),
        }
    }
}

impl KnownDays {
    fn has(&self, known: &(DayIndex, String)) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(known)
    }

    fn add(&self, known: (DayIndex, String)) {
        let mut days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if days.len() >= MOST_REMEMBERED {
            days.clear();
        }
        days.insert(known);
    }
}

impl Table {
    /// Whether this process knows the day of `at` to be in `index`.
    pub(crate) fn knows_day(&self, index: DayIndex, at: Timestamp) -> bool {
        self.known_days.has(&(index, day(at)))
    }

    /// Puts the day of `at` into `index`, unless this process knows that it is there.
    pub(crate) async fn index_day(&self, index: DayIndex, at: Timestamp) -> Result<(), StoreError> {
        let opened = (index, day(at));
        if !self.known_days.has(&opened) {
            // Rarely needed, so that callers need not carry it around.
            Box::pin(self.put_day(index, &opened.1, at)).await?;
            self.known_days.add(opened);
        }
        Ok(())
    }

    async fn put_day(&self, index: DayIndex, day: &str, at: Timestamp) -> Result<(), StoreError> {
        let mut item = new_item(directory_pk(index), day);
        let last_moment = at.checked_add(DAY).unwrap_or(Timestamp::MAX);
        item.insert(EXPIRES_AT.to_owned(), number(expiry(last_moment, self.kept_for(index))));
        self.put(&item, "open a day", "day").await
    }

    /// The days of `index` at `newest` or before of which something may be left at `now`, newest first.
    pub(crate) async fn days_of(
        &self,
        index: DayIndex,
        newest: Date,
        now: Timestamp,
    ) -> Result<Vec<Date>, StoreError> {
        let oldest = oldest_day(now, self.kept_for(index));
        if oldest > newest {
            return Ok(Vec::new());
        }
        let query = self
            .partition(directory_pk(index))
            .scan_index_forward(false)
            .key_condition_expression(format!("{PK} = :pk AND {SK} BETWEEN :oldest AND :newest"))
            .expression_attribute_values(":oldest", string(oldest.to_string()))
            .expression_attribute_values(":newest", string(newest.to_string()));
        let items = self.read_all(query, "read which days there are").await?;
        Ok(items.iter().filter_map(|item| text(item, SK)?.parse().ok()).collect())
    }

    fn kept_for(&self, index: DayIndex) -> Duration {
        match index {
            DayIndex::Of(_) | DayIndex::Notifications => self.history,
            DayIndex::Quarantine => self.quarantine,
        }
    }
}

/// The partition of the days of `index`.
fn directory_pk(index: DayIndex) -> String {
    format!("DAYS#{index}")
}
