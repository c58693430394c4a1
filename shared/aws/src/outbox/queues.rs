//! Queues: a head with everything that has to change together, and the entries that are pending.

use alert::{Clock, Severity};
use dispatch::{Entry, EntryKey, OutboxError, Queue, QueueKey, Written};
use jiff::SignedDuration;

use super::TableOutbox;
use super::due::{due_shard, notified_shard};
use super::item::{document, documents, expire, index, queue_pk, to_item, unavailable, version};
use crate::store::definition::{PK, SK};
use crate::store::item::{number, shard, sortable, string};
use crate::store::record::expiry;

/// The sort key of a queue's head.
const HEAD: &str = "HEAD";
/// What stands before an entry's key.
const ENTRY: &str = "ENTRY#";
/// How much longer than its notifications the head of a queue is kept in which nothing is due and nothing was notified: it
/// gives each its number, and one that began at 1 again would overwrite them.
const KEPT_IDLE: SignedDuration = SignedDuration::from_hours(3 * 24);

impl TableOutbox {
    pub(super) async fn read_queue(&self, key: &QueueKey) -> Result<Option<Queue>, OutboxError> {
        let item = self.table.item(queue_pk(key), HEAD).await.map_err(unavailable("read a queue"))?;
        item.map(|item| document(&item).map(|queue| Queue { version: version(&item), ..queue })).transpose()
    }

    pub(super) async fn write_queue(&self, queue: &mut Queue) -> Result<Written, OutboxError> {
        let mut item = to_item(queue_pk(&queue.key), HEAD.to_owned(), queue)?;
        let (destination, group) = (&queue.key.destination, queue.key.group);
        if let Some(at) = queue.indexed_at() {
            let sort_key = format!("{}#{}#{group}", sortable(at), rank(queue.priority));
            index(&mut item, due_shard(destination, shard(group)), sort_key);
        } else if queue.notified.is_empty() && queue.maybe_notified.is_empty() {
            let now = self.table.clock.now();
            let until = expiry(now, self.table.history);
            expire(&mut item, until.saturating_add(KEPT_IDLE.as_secs()));
        } else {
            index(&mut item, notified_shard(destination, shard(group)), group.to_string());
        }
        self.put_versioned(item, &mut queue.version, "write a queue").await
    }

    pub(super) async fn read_entry(
        &self,
        queue: &QueueKey,
        key: EntryKey,
    ) -> Result<Option<Entry>, OutboxError> {
        let item =
            self.table.item(queue_pk(queue), &entry_sk(key)).await.map_err(unavailable("read an entry"))?;
        item.as_ref().map(document).transpose()
    }

    pub(super) async fn read_entries(
        &self,
        queue: &QueueKey,
        limit: usize,
    ) -> Result<Vec<Entry>, OutboxError> {
        let query = self
            .table
            .partition(queue_pk(queue))
            .key_condition_expression(format!("{PK} = :pk AND begins_with({SK}, :entry)"))
            .expression_attribute_values(":entry", string(ENTRY));
        let items = self.table.read_up_to(limit, query, "read what is pending").await;
        Ok(documents(&items.map_err(unavailable("read what is pending"))?))
    }

    pub(super) async fn write_entry(&self, queue: &QueueKey, entry: &Entry) -> Result<(), OutboxError> {
        let mut item = to_item(queue_pk(queue), entry_sk(entry.key()), entry)?;
        item.insert("revision".to_owned(), number(entry.revision));
        self.put_unless_newer(item, entry.revision, "write an entry").await
    }

    pub(super) async fn remove_entry(
        &self,
        queue: &QueueKey,
        key: EntryKey,
        revision: u64,
    ) -> Result<(), OutboxError> {
        self.delete((queue_pk(queue), entry_sk(key)), Some(revision), "remove an entry").await
    }
}

fn entry_sk(key: EntryKey) -> String {
    format!("{ENTRY}{key}")
}

/// A digit that sorts the worst first.
const fn rank(priority: Option<Severity>) -> u8 {
    match priority {
        Some(Severity::Critical) => 0,
        Some(Severity::High) => 1,
        Some(Severity::Warning) => 2,
        Some(Severity::Low) => 3,
        Some(Severity::Info) => 4,
        None => 5,
    }
}

/// What the digit of [`rank`] stands for.
pub(super) fn priority_of(rank: &str) -> Option<Severity> {
    Severity::ALL.iter().copied().find(|severity| self::rank(Some(*severity)).to_string() == rank)
}
