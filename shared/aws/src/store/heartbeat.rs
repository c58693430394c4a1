//! When each source last spoke, and how much.
//!
//! A heartbeat stands in the index by condition, in a partition of its own, so that all of them are found without
//! reading the table; its place there never changes, so that renewing it costs no index write.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use alert::{Fingerprint, Heartbeat, Source};
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::types::Select;
use futures::future::try_join_all;
use intake::{Clock, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::Table;
use super::definition::{BY_CONDITION, BY_RECEPTION, EXPIRES_AT, PK};
use super::item::{
    Item, SHARDS, day, is_expired, key, number, quarantined_partition, received_shard, sortable, source_pk,
    string, text, unreadable,
};
use super::listing::{AT_A_TIME, keys};
use super::merge::{Merge, Span};
use super::record::{expiry, failed, is_known};

/// The sort key of a heartbeat.
const HEARTBEAT: &str = "HEARTBEAT";
/// The partition of `by_condition` that holds all heartbeats.
const HEARTBEATS: &str = "heartbeat";
/// How long a reply may wait for a heartbeat, which is best effort.
const WAIT: Duration = Duration::from_millis(5);
/// How many sources a process remembers at most; beyond that it starts anew and writes a little more often.
const MOST_REMEMBERED: usize = 10_000;
/// How many pages of an index partition are counted at most; one is a megabyte, about 5,000 events.
const MOST_PAGES: usize = 20;

/// Of whom this process has written a heartbeat, and when.
#[derive(Debug, Default)]
pub(super) struct Spoken(Mutex<HashMap<(Source, String), Timestamp>>);

impl Spoken {
    /// Whether `heartbeat` is due; if so, it counts as written.
    fn is_due(&self, heartbeat: &Heartbeat) -> bool {
        let mut spoken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if spoken.len() >= MOST_REMEMBERED {
            spoken.clear();
        }
        let known = spoken.get(&(heartbeat.source, heartbeat.account.clone()));
        let is_due = known.is_none_or(|known| {
            heartbeat.last_event_at.duration_since(*known).unsigned_abs() >= Heartbeat::EVERY
        });
        if is_due {
            spoken.insert((heartbeat.source, heartbeat.account.clone()), heartbeat.last_event_at);
        }
        is_due
    }
}

impl Table {
    /// Notes that `source` was heard of for `account` at `at`: it spoke, or was polled with success.
    pub async fn heard_of(&self, source: Source, account: &str, at: Timestamp) -> Result<(), StoreError> {
        let heartbeat = Heartbeat { source, account: account.to_owned(), last_event_at: at };
        match self.heartbeat_put(&heartbeat).send().await {
            Ok(_) => Ok(()),
            // A later one is there.
            Err(error) if is_known(&error) => Ok(()),
            Err(error) => Err(failed("note that a source was heard of")(error)),
        }
    }

    /// Writes `heartbeat` unless this process wrote one within the minute. Goes on by itself if that takes long.
    pub(crate) async fn put_heartbeat(&self, heartbeat: Heartbeat) {
        if !self.spoken.is_due(&heartbeat) {
            return;
        }
        let put = self.heartbeat_put(&heartbeat);
        let writing = tokio::spawn(async move {
            if let Err(error) = put.send().await {
                tracing::debug!(error = intake::chain(&error), "heartbeat not written");
            }
        });
        // Dropped, the handle leaves the write to go on by itself.
        let _ = tokio::time::timeout(WAIT, writing).await;
    }

    fn heartbeat_put(&self, heartbeat: &Heartbeat) -> PutItemFluentBuilder {
        self.client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(self.heartbeat_item(heartbeat)))
            .condition_expression(format!("attribute_not_exists({PK}) OR last_event_at < :last_event_at"))
            .expression_attribute_values(":last_event_at", string(sortable(heartbeat.last_event_at)))
    }

    fn heartbeat_item(&self, heartbeat: &Heartbeat) -> Item {
        let Heartbeat { source, account, last_event_at } = heartbeat;
        let mut item = key(source_pk(*source, account), HEARTBEAT);
        // An account may be longer than an index key.
        let place = format!("{source}#{}", Fingerprint::of([account]));
        item.extend([
            ("source".to_owned(), string(source.as_str())),
            ("account".to_owned(), string(account)),
            ("last_event_at".to_owned(), string(sortable(*last_event_at))),
            (BY_CONDITION.partition_key.to_owned(), string(HEARTBEATS)),
            (BY_CONDITION.sort_key.to_owned(), string(place)),
            (EXPIRES_AT.to_owned(), number(expiry(*last_event_at, self.history))),
        ]);
        item
    }

    /// When each source last spoke, by source and account.
    pub async fn heartbeats(&self) -> Result<Vec<Heartbeat>, StoreError> {
        let now = self.clock.now();
        let mut merge = Merge::new(self, BY_CONDITION, Span::default(), [HEARTBEATS.to_owned()]);
        let mut heartbeats = Vec::new();
        loop {
            let entries = merge.next(AT_A_TIME).await?;
            if entries.is_empty() {
                break;
            }
            let items = self.items(&keys(&entries)).await?;
            let items = items.iter().filter(|item| !is_expired(item, now));
            heartbeats.append(&mut items.map(to_heartbeat).collect::<Result<Vec<_>, _>>()?);
        }
        heartbeats.sort();
        Ok(heartbeats)
    }

    /// How long `source` may say nothing before that is an alert; `None` if it may for ever.
    pub fn silent_after(&self, source: Source) -> Option<Duration> {
        self.silent_after.get(&source).copied()
    }

    /// How many events of `source` came in during the last hour; counted up to some 100,000 an index partition.
    pub async fn events_last_hour(&self, source: Source) -> Result<u64, StoreError> {
        self.count_last_hour(|day| {
            (0..SHARDS).map(|shard| received_shard(source, day, shard)).collect::<Vec<_>>()
        })
        .await
    }

    /// How many deliveries of `source` went into quarantine during the last hour and are still there.
    pub async fn quarantined_last_hour(&self, source: Source) -> Result<u64, StoreError> {
        self.count_last_hour(|day| vec![quarantined_partition(source, day)]).await
    }

    /// How many entries `by_reception` has of the last hour in the `partitions` of a day.
    async fn count_last_hour(&self, partitions: impl Fn(&str) -> Vec<String>) -> Result<u64, StoreError> {
        let now = self.clock.now();
        let since = now.checked_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::UNIX_EPOCH);
        let days = BTreeSet::from([day(since), day(now)]);
        let partitions = days.iter().flat_map(|day| partitions(day));
        let counts = try_join_all(partitions.map(|partition| self.count_since(partition, since))).await?;
        Ok(counts.into_iter().sum())
    }

    async fn count_since(&self, partition: String, since: Timestamp) -> Result<u64, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(BY_RECEPTION.name)
            .select(Select::Count)
            .key_condition_expression(format!(
                "{} = :partition AND {} >= :since",
                BY_RECEPTION.partition_key, BY_RECEPTION.sort_key
            ))
            .expression_attribute_values(":partition", string(partition))
            .expression_attribute_values(":since", string(sortable(since)));
        let mut pages = query.into_paginator().send();
        let mut count = 0;
        for _ in 0..MOST_PAGES {
            let Some(page) = pages.next().await else {
                break;
            };
            count += u64::try_from(page.map_err(failed("count events"))?.count).unwrap_or_default();
        }
        Ok(count)
    }
}

fn to_heartbeat(item: &Item) -> Result<Heartbeat, StoreError> {
    let field = |name: &str| text(item, name).unwrap_or_default();
    Ok(Heartbeat {
        source: field("source").parse().map_err(unreadable("heartbeat"))?,
        account: field("account").to_owned(),
        last_event_at: field("last_event_at").parse().map_err(unreadable("heartbeat"))?,
    })
}
