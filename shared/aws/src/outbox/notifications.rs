//! Notifications that came to an end, for readers.

use std::collections::BTreeSet;

use alert::{Clock, Fingerprint};
use dispatch::{NotificationRecord, NotificationState, OutboxError};
use intake::StoreError;
use jiff::tz::Offset;

use super::TableOutbox;
use super::item::{document, expire, index, readable, shards, to_item, unavailable};
use crate::Cursor;
use crate::store::days::DayIndex;
use crate::store::definition::{BY_CONDITION, BY_RECEPTION};
use crate::store::item::{day, is_at, is_expired, sortable, string};
use crate::store::listing::keys;
use crate::store::merge::{Entry, Merge, Span};
use crate::store::page::{Page, PageSize, Weighed};
use crate::store::record::expiry;

/// The sort key of a notification.
const RECORD: &str = "RECORD";

/// Which notifications to list; empty and `None` mean all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NotificationFilter {
    /// Any of these states.
    pub states: Vec<NotificationState>,
    /// To this destination.
    pub destination: Option<String>,
    /// About this alert.
    pub fingerprint: Option<Fingerprint>,
}

/// One page of notifications, newest first.
#[derive(Debug)]
pub struct NotificationPage {
    /// The notifications.
    pub notifications: Vec<NotificationRecord>,
    /// Where the next page begins; `None` if there is none.
    pub next: Option<Cursor>,
}

impl NotificationFilter {
    fn admits(&self, record: &NotificationRecord) -> bool {
        (self.states.is_empty() || self.states.contains(&record.state))
            && self.destination.as_ref().is_none_or(|id| *id == record.destination)
            && self.fingerprint.is_none_or(|fingerprint| record.fingerprints.contains(&fingerprint))
    }

    /// Whether an index of its own holds all that is asked for.
    fn is_about_dead_letters(&self) -> bool {
        let is_dead_lettered =
            |state: &NotificationState| matches!(state, NotificationState::Failed | NotificationState::Dead);
        !self.states.is_empty() && self.states.iter().all(is_dead_lettered)
    }
}

impl TableOutbox {
    pub(super) async fn write_notification(&self, record: &NotificationRecord) -> Result<(), OutboxError> {
        let opened = self.table.index_day(DayIndex::Notifications, record.created_at).await;
        opened.map_err(unavailable("open a day of notifications"))?;
        let mut item = to_item(notification_pk(record), RECORD.to_owned(), record)?;
        let shard = shard_of(record);
        let made = format!("{}#{}", sortable(record.created_at), record.id);
        item.insert(
            BY_RECEPTION.partition_key.to_owned(),
            string(made_shard(&day(record.created_at), shard)),
        );
        item.insert(BY_RECEPTION.sort_key.to_owned(), string(made));
        if matches!(record.state, NotificationState::Failed | NotificationState::Dead) {
            let sort_key = format!("{}#{}", sortable(record.finished_at), record.id);
            index(&mut item, dead_letter_shard(record.state, shard), sort_key);
        }
        expire(&mut item, expiry(record.finished_at, self.table.history));
        self.put(item, "write a notification").await
    }

    /// The notification called `id` for `destination`, if it came to an end.
    pub async fn notification(
        &self,
        destination: &str,
        id: &str,
    ) -> Result<Option<NotificationRecord>, OutboxError> {
        let item = self.table.item(format!("NOTIFICATION#{destination}#{id}"), RECORD).await;
        let item = item.map_err(unavailable("read a notification"))?;
        let now = self.table.clock.now();
        item.filter(|item| !is_expired(item, now)).as_ref().map(document).transpose()
    }

    /// The notifications behind `cursor` that `filter` admits, `limit` at most. What is dead-lettered is found in an index of
    /// its own; other lists read day by day.
    pub async fn notifications(
        &self,
        filter: &NotificationFilter,
        limit: usize,
        cursor: Option<&Cursor>,
    ) -> Result<NotificationPage, StoreError> {
        let mut page = Page::of(PageSize::items(limit));
        if filter.is_about_dead_letters() {
            let states: BTreeSet<_> = filter.states.iter().copied().collect();
            let partitions =
                states.into_iter().flat_map(|state| shards(|shard| dead_letter_shard(state, shard)));
            let merge = Merge::new(&self.table, BY_CONDITION, Span::behind(cursor), partitions);
            self.fill(merge, filter, &mut page).await?;
        } else {
            self.by_day(filter, cursor, &mut page).await?;
        }
        let (notifications, next) = page.cut();
        Ok(NotificationPage { notifications, next })
    }

    async fn by_day(
        &self,
        filter: &NotificationFilter,
        cursor: Option<&Cursor>,
        page: &mut Page<NotificationRecord>,
    ) -> Result<(), StoreError> {
        let now = self.table.clock.now();
        let newest = cursor.and_then(Cursor::date).unwrap_or_else(|| Offset::UTC.to_datetime(now).date());
        for date in self.table.days_of(DayIndex::Notifications, newest, now).await? {
            if page.is_done() {
                break;
            }
            let day = date.to_string();
            let partitions = shards(|shard| made_shard(&day, shard));
            let merge = Merge::new(&self.table, BY_RECEPTION, Span::behind(cursor), partitions);
            self.fill(merge, filter, page).await?;
        }
        Ok(())
    }

    async fn fill(
        &self,
        mut merge: Merge<'_>,
        filter: &NotificationFilter,
        page: &mut Page<NotificationRecord>,
    ) -> Result<(), StoreError> {
        while !page.is_done() {
            let entries = merge.next(page.step()).await?;
            let Some(last) = entries.last() else { break };
            let admitted = self.admitted(filter, &entries).await?;
            page.extend(admitted);
            page.examined(entries.len(), &last.sort_key);
        }
        Ok(())
    }

    async fn admitted(
        &self,
        filter: &NotificationFilter,
        entries: &[Entry],
    ) -> Result<Vec<(String, NotificationRecord)>, StoreError> {
        let now = self.table.clock.now();
        let items = self.table.items(&keys(entries)).await?;
        let mut admitted = Vec::with_capacity(items.len());
        for item in items.iter().filter(|item| !is_expired(item, now)) {
            let Some(record) = readable(document(item)) else { continue };
            let place = entries.iter().find(|place| is_at(item, &place.key));
            if let Some(place) = place.filter(|_| filter.admits(&record)) {
                admitted.push((place.sort_key.clone(), record));
            }
        }
        Ok(admitted)
    }
}

impl Weighed for NotificationRecord {
    fn bytes(&self, _: bool) -> usize {
        600 + self.title.len() + self.reason.as_ref().map_or(0, String::len) + 36 * self.fingerprints.len()
    }
}

fn notification_pk(record: &NotificationRecord) -> String {
    format!("NOTIFICATION#{}#{}", record.destination, record.id)
}

fn shard_of(record: &NotificationRecord) -> u8 {
    crate::store::item::shard(record.group)
}

/// The partition of `by_reception` that holds a day's notifications of a shard.
fn made_shard(day: &str, shard: u8) -> String {
    format!("notification#{day}#{shard}")
}

/// The partition of `by_condition` that holds dead-lettered notifications.
fn dead_letter_shard(state: NotificationState, shard: u8) -> String {
    let word = if state == NotificationState::Dead { "dead" } else { "failed" };
    format!("{word}#{shard}")
}
