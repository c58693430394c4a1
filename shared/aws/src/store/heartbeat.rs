//! When each source last spoke, and how much.
//!
//! A heartbeat stands in the index by condition, in a partition of its own, so that all of them are found without
//! reading the table; its place there never changes, so that renewing it costs no index write.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use alert::{Clock, Fingerprint, Heartbeat, Source};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::Select;
use futures::future::try_join_all;
use intake::StoreError;
use jiff::{SignedDuration, Timestamp};

use super::Table;
use super::definition::{BY_CONDITION, BY_RECEPTION, EXPIRES_AT};
use super::item::{
    FORMAT, Item, SHARDS, VERSION, check_version, day, is_expired, key, number, quarantined_partition,
    received_shard, sortable, source_pk, string, text, unreadable,
};
use super::listing::{AT_A_TIME, keys};
use super::merge::{Merge, Span};
use super::record::{expiry, failed};

/// The sort key of a heartbeat.
const HEARTBEAT: &str = "HEARTBEAT";
/// The partition of `by_condition` that holds all heartbeats.
const HEARTBEATS: &str = "heartbeat";
/// How long a reply may wait for a heartbeat, which is best effort.
const WAIT: Duration = Duration::from_millis(100);
/// How many sources a process remembers at most; beyond that it starts anew and writes a little more often.
const MOST_REMEMBERED: usize = 10_000;
/// How many accounts of a source are watched for silence.
const MOST_ACCOUNTS: usize = 100;
/// How many accounts are read at most.
const MOST_LISTED: usize = 10_000;
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

    /// That `heartbeat` was not written after all.
    fn forget(&self, heartbeat: &Heartbeat) {
        let mut spoken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        spoken.remove(&(heartbeat.source, heartbeat.account.clone()));
    }
}

impl Table {
    /// Notes that `source` was heard of for `account` at `at`: it spoke, or was polled with success.
    pub async fn heard_of(&self, source: Source, account: &str, at: Timestamp) -> Result<(), StoreError> {
        let heartbeat = Heartbeat { source, account: account.to_owned(), last_event_at: at };
        match self.heartbeat_write(&heartbeat).send().await {
            Ok(_) => Ok(()),
            Err(error) if is_overtaken(&error) => Ok(()),
            Err(error) => Err(failed("note that a source was heard of")(error)),
        }
    }

    /// Writes `heartbeat` unless this process wrote one within the minute. What takes too long is abandoned, and made up for by
    /// the next event: once the reply is out, Lambda freezes the process.
    pub(crate) async fn put_heartbeat(&self, heartbeat: Heartbeat) {
        if !self.spoken.is_due(&heartbeat) {
            return;
        }
        match tokio::time::timeout(WAIT, self.heartbeat_write(&heartbeat).send()).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!(error = intake::chain(&error), "heartbeat not written"),
            Err(_) => self.spoken.forget(&heartbeat),
        }
    }

    /// Writes `heartbeat` where no later one is; when the first of all came stays.
    fn heartbeat_write(&self, heartbeat: &Heartbeat) -> UpdateItemFluentBuilder {
        let Heartbeat { source, account, last_event_at } = heartbeat;
        // An account may be longer than an index key.
        let place = format!("{source}#{}", Fingerprint::of([account]));
        let values = [
            (VERSION, number(FORMAT)),
            ("heard_source", string(source.as_str())),
            ("heard_account", string(account)),
            ("last_event_at", string(sortable(*last_event_at))),
            (BY_CONDITION.partition_key, string(HEARTBEATS)),
            (BY_CONDITION.sort_key, string(place)),
            (EXPIRES_AT, number(expiry(*last_event_at, self.history))),
        ];
        let assigned = values.iter().map(|(name, _)| match *name {
            // Words that DynamoDB keeps for itself.
            "heard_source" => "#source = :heard_source".to_owned(),
            "heard_account" => "#account = :heard_account".to_owned(),
            name => format!("{name} = :{name}"),
        });
        let assigned = assigned.collect::<Vec<_>>().join(", ");
        let first = "first_event_at = if_not_exists(first_event_at, :last_event_at)";
        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key(source_pk(*source, account), HEARTBEAT)))
            .update_expression(format!("SET {assigned}, {first}"))
            .condition_expression("attribute_not_exists(last_event_at) OR last_event_at < :last_event_at")
            .expression_attribute_names("#source", "source")
            .expression_attribute_names("#account", "account")
            .set_expression_attribute_values(Some(
                values.into_iter().map(|(name, value)| (format!(":{name}"), value)).collect(),
            ))
    }

    /// When each source last spoke, by source and account; some ten thousand accounts at most.
    pub async fn heartbeats(&self) -> Result<Vec<Heartbeat>, StoreError> {
        let mut heartbeats: Vec<_> =
            self.known_speakers().await?.into_iter().map(|(_, known)| known).collect();
        heartbeats.sort();
        Ok(heartbeats)
    }

    /// The heartbeats by which a silence of their source is an alert: of each source those of the accounts that were heard
    /// of first, [`MOST_ACCOUNTS`] at most, because whoever has a token may invent as many as he likes.
    pub(super) async fn watched_heartbeats(&self) -> Result<Vec<Heartbeat>, StoreError> {
        let mut known = self.known_speakers().await?;
        known.sort();
        let mut accounts = HashMap::<Source, usize>::new();
        known.retain(|(_, heartbeat)| {
            let count = accounts.entry(heartbeat.source).or_default();
            *count += 1;
            *count <= MOST_ACCOUNTS
        });
        for (source, accounts) in accounts.into_iter().filter(|(_, accounts)| *accounts > MOST_ACCOUNTS) {
            tracing::warn!(%source, accounts, watched = MOST_ACCOUNTS, "too many accounts to watch all for silence");
        }
        Ok(known.into_iter().map(|(_, heartbeat)| heartbeat).collect())
    }

    /// Each account that spoke, after the moment it was first heard of; none where that is not known.
    async fn known_speakers(&self) -> Result<Vec<(Option<String>, Heartbeat)>, StoreError> {
        let now = self.clock.now();
        let mut merge = Merge::new(self, BY_CONDITION, Span::default(), [HEARTBEATS.to_owned()]);
        let mut known = Vec::new();
        while known.len() < MOST_LISTED {
            let entries = merge.next(AT_A_TIME).await?;
            if entries.is_empty() {
                break;
            }
            let items = self.items(&keys(&entries)).await?;
            let items = items.iter().filter(|item| !is_expired(item, now));
            known.extend(items.filter_map(|item| {
                let first = text(item, "first_event_at").map(str::to_owned);
                Some((first, self.readable(item, to_heartbeat)?))
            }));
        }
        Ok(known)
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

    /// How many requests of `source` went into quarantine during the last hour and are still there.
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

/// Whether a later heartbeat is there.
fn is_overtaken(error: &SdkError<UpdateItemError>) -> bool {
    error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}

fn to_heartbeat(item: &Item) -> Result<Heartbeat, StoreError> {
    check_version(item, "heartbeat")?;
    let field = |name: &str| text(item, name).unwrap_or_default();
    Ok(Heartbeat {
        source: field("source").parse().map_err(unreadable("heartbeat"))?,
        account: field("account").to_owned(),
        last_event_at: field("last_event_at").parse().map_err(unreadable("heartbeat"))?,
    })
}
