//! Lists: alerts by condition, and the history of all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use alert::{Alert, Clock, Condition, Silence, Source};
use futures::future::try_join_all;
use intake::StoreError;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::days::DayIndex;
use super::definition::{BY_CONDITION, BY_RECEPTION, PK, SK};
use super::filter::{AlertFilter, EventFilter};
use super::item::{Item, SHARDS, condition_shard, is_expired, received_shard, text, to_alert};
use super::merge::{Entry, Found, Merge, Span};
use super::page::{Page, PageSize};
use super::read::{HistoryEntry, to_history_entry};
use super::{Cursor, Table};

/// How many days of history are read at a time at most.
const MOST_DAYS: usize = 32;
/// How many alerts are read at a time where all that fire are.
pub(crate) const AT_A_TIME: usize = 1_000;

/// How many history entries are held at once, beside those that the page has.
const AT_ONCE: usize = 100;

/// How many keys are left out at a time where a filter goes by keys.
const MOST_KEYS: usize = 2_000;
/// How many keys that are left out count as one item that is read.
const KEYS_FOR_AN_ITEM: usize = 10;

/// How consistent a read must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Consistency {
    /// As of now.
    Strong,
    /// As of a moment ago, for half the price.
    Eventual,
}

/// A day, and the sources that said something on it.
type SourcesOfDay = (Date, Vec<Source>);

/// One page of alerts, newest `condition_since` first.
#[derive(Debug)]
pub struct AlertPage {
    /// The alerts.
    pub alerts: Vec<Alert>,
    /// Where the next page begins; `None` if there is none.
    pub next: Option<Cursor>,
}

/// One page of history, newest first.
#[derive(Debug)]
pub struct EventPage {
    /// The entries.
    pub entries: Vec<HistoryEntry>,
    /// Where the next page begins; `None` if there is none.
    pub next: Option<Cursor>,
}

impl Table {
    /// The alerts behind `cursor` that `filter` admits, as many as `size` says, as they were a moment ago: the index that
    /// they are found by lags as well. Reads the index of the conditions asked for and nothing of the others.
    pub async fn alerts(
        &self,
        filter: &AlertFilter,
        size: PageSize,
        cursor: Option<&Cursor>,
    ) -> Result<AlertPage, StoreError> {
        self.alerts_read(Consistency::Eventual, filter, size, cursor).await
    }

    /// The same, each as it is now, for whoever acts upon it.
    pub(crate) async fn alerts_now(
        &self,
        filter: &AlertFilter,
        size: PageSize,
        cursor: Option<&Cursor>,
    ) -> Result<AlertPage, StoreError> {
        self.alerts_read(Consistency::Strong, filter, size, cursor).await
    }

    async fn alerts_read(
        &self,
        consistency: Consistency,
        filter: &AlertFilter,
        size: PageSize,
        cursor: Option<&Cursor>,
    ) -> Result<AlertPage, StoreError> {
        let conditions = if filter.conditions.is_empty() { Condition::ALL } else { &filter.conditions };
        let partitions: BTreeSet<_> = conditions
            .iter()
            .flat_map(|condition| (0..SHARDS).map(|shard| condition_shard(*condition, shard)))
            .collect();
        let mut merge = Merge::new(self, BY_CONDITION, filter.span(cursor), partitions);
        let mut page = Page::of(size);
        let silences = self.silences().await?;
        while !page.is_done() {
            let found = if filter.is_for_keys() {
                merge.next_where(page.step(), MOST_KEYS, |entry| filter.may_admit(&entry.sort_key)).await?
            } else {
                Found::all(merge.next(page.step()).await?)
            };
            let Some(last) = &found.last else {
                break;
            };
            let admitted = self.admitted_alerts(consistency, filter, &silences, &found.entries).await?;
            page.extend(admitted);
            // What a key alone says is some fifty times as cheap as an item.
            page.examined(found.entries.len() + found.left_out.div_ceil(KEYS_FOR_AN_ITEM), last);
        }
        let (alerts, next) = page.cut();
        Ok(AlertPage { alerts, next })
    }

    /// Every alert that fires as it is stored, whatever the clock and silences say of it.
    pub(super) async fn stored_firing(&self) -> Result<Vec<Alert>, StoreError> {
        let mut merge = self.merge_firing();
        let mut firing = Vec::new();
        loop {
            let entries = merge.next(AT_A_TIME).await?;
            if entries.is_empty() {
                return Ok(firing);
            }
            let items = self.items_soon(&keys(&entries)).await?;
            firing.extend(items.iter().filter_map(|item| self.readable(item, to_alert)));
        }
    }

    /// The index of what fires.
    pub(crate) fn merge_firing(&self) -> Merge<'_> {
        let partitions = (0..SHARDS).map(|shard| condition_shard(Condition::Firing, shard));
        Merge::new(self, BY_CONDITION, Span::default(), partitions)
    }

    async fn admitted_alerts(
        &self,
        consistency: Consistency,
        filter: &AlertFilter,
        silences: &[Silence],
        entries: &[Entry],
    ) -> Result<Vec<(String, Alert)>, StoreError> {
        let now = self.clock.now();
        let items = match consistency {
            Consistency::Strong => self.items(&keys(entries)).await?,
            Consistency::Eventual => self.items_soon(&keys(entries)).await?,
        };
        let items = items.iter().filter(|item| !is_expired(item, now));
        let alerts = items.filter_map(|item| Some((key_of(item)?, self.readable(item, to_alert)?)));
        let alerts = alerts.map(|(key, alert)| (key, self.as_of(alert, silences, now)));
        // The index may lag behind the table: the place in the list is the index's, what is shown is the table's.
        let by_key = places(entries);
        let admitted = alerts.filter(|(_, alert)| filter.admits(alert));
        Ok(admitted.filter_map(|(key, alert)| Some((by_key.get(&key)?.clone(), alert))).collect())
    }

    /// The history of all alerts and notices behind `cursor`, by the time they came in, as many as `size` says.
    pub async fn events(
        &self,
        filter: &EventFilter,
        size: PageSize,
        cursor: Option<&Cursor>,
    ) -> Result<EventPage, StoreError> {
        let days = self.days_with_events(filter, cursor).await?;
        let mut days = days.as_slice();
        let mut page = Page::of(size);
        // The newest day mostly fills a page; where it does not, days are read more and more at a time.
        let mut at_a_time = 1;
        while !days.is_empty() && !page.is_done() {
            let (now, later) = days.split_at(at_a_time.min(days.len()));
            self.events_of_days(now, filter, cursor, &mut page).await?;
            days = later;
            at_a_time = (at_a_time * 2).min(MOST_DAYS);
        }
        Ok(EventPage::of(page))
    }

    /// The days that have history of the sources that `filter` admits, newest first.
    async fn days_with_events(
        &self,
        filter: &EventFilter,
        cursor: Option<&Cursor>,
    ) -> Result<Vec<SourcesOfDay>, StoreError> {
        let now = self.clock.now();
        let newest = cursor.and_then(Cursor::date).unwrap_or_else(|| Offset::UTC.to_datetime(now).date());
        let sources = if filter.sources.is_empty() { Source::ALL } else { &filter.sources };
        let sources: BTreeSet<_> = sources.iter().copied().collect();
        let days = sources.iter().map(|source| self.days_of(DayIndex::Of(*source), newest, now));
        let mut by_day = BTreeMap::<_, Vec<_>>::new();
        for (source, days) in sources.iter().zip(try_join_all(days).await?) {
            for day in days {
                by_day.entry(day).or_default().push(*source);
            }
        }
        Ok(by_day.into_iter().rev().collect())
    }

    async fn events_of_days(
        &self,
        days: &[SourcesOfDay],
        filter: &EventFilter,
        cursor: Option<&Cursor>,
        page: &mut Page<HistoryEntry>,
    ) -> Result<(), StoreError> {
        let days =
            days.iter().flat_map(|(day, sources)| sources.iter().map(|source| (day.to_string(), source)));
        let partitions =
            days.flat_map(|(day, source)| (0..SHARDS).map(move |shard| received_shard(*source, &day, shard)));
        let mut merge = Merge::new(self, BY_RECEPTION, Span::behind(cursor), partitions);
        while !page.is_done() {
            // Each has the body that brought it: a thousand at once may be more than a function holds.
            let entries = merge.next(page.step().min(AT_ONCE)).await?;
            let Some(last) = entries.last() else {
                break;
            };
            let admitted = self.admitted_entries(filter, &entries).await?;
            page.extend(admitted);
            page.examined(entries.len(), &last.sort_key);
        }
        Ok(())
    }

    async fn admitted_entries(
        &self,
        filter: &EventFilter,
        entries: &[Entry],
    ) -> Result<Vec<(String, HistoryEntry)>, StoreError> {
        let now = self.clock.now();
        let items = self.items_soon(&keys(entries)).await?;
        let by_key = places(entries);
        let items = items.iter().filter(|item| !is_expired(item, now));
        let read = items.filter_map(|item| Some((key_of(item)?, self.readable(item, to_history_entry)?)));
        let admitted = read.filter(|(_, entry)| filter.admits(entry));
        Ok(admitted.filter_map(|(key, entry)| Some((by_key.get(&key)?.clone(), entry))).collect())
    }
}

impl EventPage {
    /// What has filled `page`.
    pub(crate) fn of(page: Page<HistoryEntry>) -> Self {
        let (entries, next) = page.cut();
        Self { entries, next }
    }
}

fn key_of(item: &Item) -> Option<(String, String)> {
    Some((text(item, PK)?.to_owned(), text(item, SK)?.to_owned()))
}

/// The place of each entry in its index; of an item that a lagging index names twice the first.
fn places(entries: &[Entry]) -> HashMap<(String, String), String> {
    entries.iter().rev().map(|entry| (entry.key.clone(), entry.sort_key.clone())).collect()
}

pub(crate) fn keys(entries: &[Entry]) -> Vec<(String, String)> {
    entries.iter().map(|entry| entry.key.clone()).collect()
}
