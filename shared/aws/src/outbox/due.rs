//! What is due, found by the index without a scan and without reading the queues themselves.

use dispatch::{DueQueue, OutboxError, Page, QueueKey};
use futures::future::try_join_all;
use jiff::Timestamp;

use super::TableOutbox;
use super::item::{queue_of, shards};
use super::queues::priority_of;
use crate::store::definition::{BY_CONDITION, PK, SK};
use crate::store::item::{Item, sortable, string, text};

/// A moment before all others, in a form that sorts.
const FIRST: &str = " ";

impl TableOutbox {
    pub(super) async fn read_due(
        &self,
        destination: &str,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<DueQueue>, OutboxError> {
        let until = Some(format!("{}$", sortable(now)));
        let mut due = self.due_span(destination, until, limit).await?;
        due.sort_by(|a, b| (b.priority, a.due_at).cmp(&(a.priority, b.due_at)));
        due.truncate(limit);
        Ok(due)
    }

    pub(super) async fn read_upcoming(
        &self,
        destination: &str,
        limit: usize,
    ) -> Result<Vec<DueQueue>, OutboxError> {
        let mut due = self.due_span(destination, None, limit).await?;
        due.sort_by_key(|queue| queue.due_at);
        due.truncate(limit);
        Ok(due)
    }

    async fn due_span(
        &self,
        destination: &str,
        until: Option<String>,
        limit: usize,
    ) -> Result<Vec<DueQueue>, OutboxError> {
        let partitions = shards(|shard| due_shard(destination, shard));
        let items = self.entries_of_index(&partitions, None, until, limit).await?;
        Ok(items.iter().filter_map(due_queue).collect())
    }

    pub(super) async fn read_queues(
        &self,
        destination: &str,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<QueueKey>, OutboxError> {
        // One partition after another: the cursor says which, and where in it.
        let partitions: Vec<_> = shards(|shard| due_shard(destination, shard))
            .into_iter()
            .chain(shards(|shard| notified_shard(destination, shard)))
            .collect();
        let (first, mut from) = match cursor.as_deref().and_then(|cursor| cursor.split_once(' ')) {
            Some((partition, from)) => (partition.parse().unwrap_or(0), Some(from.to_owned())),
            None => (0_usize, None),
        };
        let mut found = Vec::new();
        for (number, partition) in partitions.iter().enumerate().skip(first) {
            let items = self.one_partition(partition, from.take(), None, limit - found.len()).await?;
            let last = items.last().and_then(|item| text(item, BY_CONDITION.sort_key)).map(str::to_owned);
            found.extend(items.iter().filter_map(|item| queue_of(text(item, PK)?)));
            if let Some(last) = last.filter(|_| found.len() >= limit) {
                return Ok(Page { items: found, next: Some(format!("{number} {last}")) });
            }
        }
        Ok(Page { items: found, next: None })
    }

    /// Keys of items in `partitions` behind `from` and before `until`, in the index's order; `limit` at most.
    pub(super) async fn index_span(
        &self,
        partitions: &[String],
        from: Option<String>,
        until: Option<String>,
        limit: usize,
    ) -> Result<Vec<(String, String)>, OutboxError> {
        let items = self.entries_of_index(partitions, from, until, limit).await?;
        Ok(items
            .iter()
            .filter_map(|item| Some((text(item, PK)?.to_owned(), text(item, SK)?.to_owned())))
            .collect())
    }

    async fn entries_of_index(
        &self,
        partitions: &[String],
        from: Option<String>,
        until: Option<String>,
        limit: usize,
    ) -> Result<Vec<Item>, OutboxError> {
        let reads = partitions
            .iter()
            .map(|partition| self.one_partition(partition, from.clone(), until.clone(), limit));
        let mut items: Vec<_> = try_join_all(reads).await?.into_iter().flatten().collect();
        items.sort_by(|a, b| text(a, BY_CONDITION.sort_key).cmp(&text(b, BY_CONDITION.sort_key)));
        items.truncate(limit);
        Ok(items)
    }

    /// Entries of one partition of the index behind `from` and before `until`.
    pub(super) async fn one_partition(
        &self,
        partition: &str,
        from: Option<String>,
        until: Option<String>,
        limit: usize,
    ) -> Result<Vec<Item>, OutboxError> {
        let (name, sort_key) = (BY_CONDITION.partition_key, BY_CONDITION.sort_key);
        let query = self.table.client.query().table_name(&self.table.name).index_name(BY_CONDITION.name);
        // One condition on the sort key is all that DynamoDB takes; what lies outside of it sorts out here.
        let query = match &until {
            Some(until) => query
                .key_condition_expression(format!(
                    "{name} = :partition AND {sort_key} BETWEEN :from AND :until"
                ))
                .expression_attribute_values(":until", string(until)),
            None => query.key_condition_expression(format!("{name} = :partition AND {sort_key} > :from")),
        };
        let read_from = from.clone().unwrap_or_else(|| FIRST.to_owned());
        let query = query
            .expression_attribute_values(":partition", string(partition))
            .expression_attribute_values(":from", string(read_from))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let mut pages = query.into_paginator().send();
        let mut items = Vec::new();
        while items.len() < limit {
            let Some(page) = pages.next().await else { break };
            let page = page.map_err(|error| OutboxError::Unavailable {
                operation: "read what is due",
                source: Box::new(error),
            })?;
            let found = page.items.unwrap_or_default().into_iter();
            items.extend(
                found.filter(|item| from.as_deref().is_none_or(|from| text(item, sort_key) > Some(from))),
            );
        }
        items.truncate(limit);
        Ok(items)
    }
}

/// The partition of `by_condition` that holds queues with something due.
pub(super) fn due_shard(destination: &str, shard: u8) -> String {
    format!("due#{destination}#{shard}")
}

/// The partition of `by_condition` that holds queues in which something was notified and nothing is due.
pub(super) fn notified_shard(destination: &str, shard: u8) -> String {
    format!("notified#{destination}#{shard}")
}

fn due_queue(item: &Item) -> Option<DueQueue> {
    let key = queue_of(text(item, PK)?)?;
    let mut parts = text(item, BY_CONDITION.sort_key)?.split('#');
    let due_at = parts.next()?.parse().ok()?;
    Some(DueQueue { key, due_at, priority: parts.next().and_then(priority_of) })
}
