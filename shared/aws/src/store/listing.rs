//! Lists: alerts by condition, history of one alert, history of all.

use alert::{Alert, Condition, Fingerprint, Handling, Severity, Signal, Source};
use intake::{Clock, StoreError};
use jiff::ToSpan;
use jiff::tz::Offset;

use super::definition::{BY_CONDITION, BY_OCCURRENCE, BY_RECEPTION};
use super::item::{SHARDS, alert_pk, condition_shard, is_expired, received_shard, to_alert};
use super::merge::{Entry, Merge};
use super::read::{HistoryEntry, oldest_day, to_history_entry};
use super::{Cursor, Table};

/// How many index entries a filtered page reads at a time, at least.
const STEP: usize = 50;

/// Which alerts to list; empty lists and `None` mean all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AlertFilter {
    /// Any of these conditions.
    pub conditions: Vec<Condition>,
    /// Any of these handlings.
    pub handlings: Vec<Handling>,
    /// At least this severe.
    pub severity: Option<Severity>,
    /// Any of these sources.
    pub sources: Vec<Source>,
}

/// One page of alerts, newest `condition_since` first.
#[derive(Debug)]
pub struct AlertPage {
    /// The alerts.
    pub alerts: Vec<Alert>,
    /// Where the next page begins; `None` if there is none.
    pub next: Option<Cursor>,
}

/// Which history entries to list; empty lists mean all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventFilter {
    /// Any of these sources.
    pub sources: Vec<Source>,
    /// Any of these signals.
    pub signals: Vec<Signal>,
}

/// One page of history, newest first.
#[derive(Debug)]
pub struct EventPage {
    /// The entries.
    pub entries: Vec<HistoryEntry>,
    /// Where the next page begins; `None` if there is none.
    pub next: Option<Cursor>,
}

impl AlertFilter {
    fn admits(&self, alert: &Alert) -> bool {
        admits(&self.conditions, &alert.condition)
            && admits(&self.handlings, &alert.handling)
            && admits(&self.sources, &alert.source)
            && self.severity.is_none_or(|least| alert.severity >= least)
    }
}

impl EventFilter {
    fn admits(&self, entry: &HistoryEntry) -> bool {
        admits(&self.sources, &entry.event.source) && admits(&self.signals, &entry.event.signal)
    }
}

fn admits<T: PartialEq>(any_of: &[T], one: &T) -> bool {
    any_of.is_empty() || any_of.contains(one)
}

impl Table {
    /// The alerts behind `cursor` that `filter` admits, `limit` at most. Reads the index of the conditions asked for
    /// and nothing of the others.
    pub async fn alerts(
        &self,
        filter: &AlertFilter,
        limit: usize,
        cursor: Option<&Cursor>,
    ) -> Result<AlertPage, StoreError> {
        let conditions = if filter.conditions.is_empty() { Condition::ALL } else { &filter.conditions };
        let partitions = conditions
            .iter()
            .flat_map(|condition| (0..SHARDS).map(|shard| condition_shard(*condition, shard)));
        let mut merge = Merge::new(self, BY_CONDITION, cursor.map(Cursor::sort_key), partitions);
        let mut page = Page::of(limit);
        while !page.is_full() {
            let entries = merge.next(page.step()).await?;
            if entries.is_empty() {
                break;
            }
            page.extend(self.admitted_alerts(filter, &entries).await?);
        }
        let (alerts, next) = page.cut();
        Ok(AlertPage { alerts, next })
    }

    async fn admitted_alerts(
        &self,
        filter: &AlertFilter,
        entries: &[Entry],
    ) -> Result<Vec<(String, Alert)>, StoreError> {
        let now = self.clock.now();
        let items = self.items(&keys(entries)).await?;
        let alerts = items.iter().filter(|item| !is_expired(item, now)).map(to_alert);
        let alerts = alerts.filter(|alert| alert.as_ref().map_or(true, |alert| filter.admits(alert)));
        // The index may lag behind the table: the place in the list is the index's, what is shown is the table's.
        let place = |alert: &Alert| {
            let pk = alert_pk(alert.fingerprint);
            entries.iter().find(|entry| entry.key.0 == pk).map(|entry| entry.sort_key.clone())
        };
        alerts.map(|alert| alert.map(|alert| (place(&alert).unwrap_or_default(), alert))).collect()
    }

    /// The history of one alert behind `cursor`, by the source's time, `limit` entries at most.
    pub async fn history(
        &self,
        fingerprint: Fingerprint,
        limit: usize,
        cursor: Option<&Cursor>,
    ) -> Result<EventPage, StoreError> {
        let mut merge =
            Merge::new(self, BY_OCCURRENCE, cursor.map(Cursor::sort_key), [alert_pk(fingerprint)]);
        let mut page = Page::of(limit);
        while !page.is_full() {
            let entries = merge.next(page.step()).await?;
            if entries.is_empty() {
                break;
            }
            page.extend(self.admitted_entries(&EventFilter::default(), &entries).await?);
        }
        let (entries, next) = page.cut();
        Ok(EventPage { entries, next })
    }

    /// The history of all alerts and notices behind `cursor`, by the time they came in, `limit` entries at most.
    pub async fn events(
        &self,
        filter: &EventFilter,
        limit: usize,
        cursor: Option<&Cursor>,
    ) -> Result<EventPage, StoreError> {
        let now = self.clock.now();
        let oldest = oldest_day(now, self.history);
        let today = Offset::UTC.to_datetime(now).date();
        // A cursor is the reader's word: one of the year 9999 must not be walked back from day by day.
        let mut date = cursor.and_then(Cursor::date).map_or(today, |date| date.min(today));
        let mut page = Page::of(limit);
        while date >= oldest && !page.is_full() {
            self.events_of_day(&date.to_string(), filter, cursor, &mut page).await?;
            let Ok(before) = date.checked_sub(1.day()) else {
                break;
            };
            date = before;
        }
        let (entries, next) = page.cut();
        Ok(EventPage { entries, next })
    }

    async fn events_of_day(
        &self,
        day: &str,
        filter: &EventFilter,
        cursor: Option<&Cursor>,
        page: &mut Page<HistoryEntry>,
    ) -> Result<(), StoreError> {
        let sources = if filter.sources.is_empty() { Source::ALL } else { &filter.sources };
        let partitions =
            sources.iter().flat_map(|source| (0..SHARDS).map(|shard| received_shard(*source, day, shard)));
        let mut merge = Merge::new(self, BY_RECEPTION, cursor.map(Cursor::sort_key), partitions);
        while !page.is_full() {
            let entries = merge.next(page.step()).await?;
            if entries.is_empty() {
                break;
            }
            page.extend(self.admitted_entries(filter, &entries).await?);
        }
        Ok(())
    }

    async fn admitted_entries(
        &self,
        filter: &EventFilter,
        entries: &[Entry],
    ) -> Result<Vec<(String, HistoryEntry)>, StoreError> {
        let now = self.clock.now();
        let items = self.items(&keys(entries)).await?;
        let mut admitted = Vec::with_capacity(items.len());
        for item in items.iter().filter(|item| !is_expired(item, now)) {
            let entry = to_history_entry(item)?;
            let place = entries.iter().find(|place| super::item::is_at(item, &place.key));
            if let Some(place) = place.filter(|_| filter.admits(&entry)) {
                admitted.push((place.sort_key.clone(), entry));
            }
        }
        Ok(admitted)
    }
}

fn keys(entries: &[Entry]) -> Vec<(String, String)> {
    entries.iter().map(|entry| entry.key.clone()).collect()
}

/// A page that fills up; one item more than asked for says that there is a next page.
struct Page<T> {
    limit: usize,
    items: Vec<(String, T)>,
}

impl<T> Page<T> {
    fn of(limit: usize) -> Self {
        Self { limit, items: Vec::new() }
    }

    fn is_full(&self) -> bool {
        self.items.len() > self.limit
    }

    fn step(&self) -> usize {
        (self.limit + 1).saturating_sub(self.items.len()).max(STEP.min(self.limit + 1))
    }

    fn extend(&mut self, items: Vec<(String, T)>) {
        self.items.extend(items);
    }

    fn cut(mut self) -> (Vec<T>, Option<Cursor>) {
        let has_more = self.is_full();
        self.items.truncate(self.limit);
        let next = self.items.last().filter(|_| has_more).map(|(sort_key, _)| Cursor::after(sort_key));
        (self.items.into_iter().map(|(_, item)| item).collect(), next)
    }
}
