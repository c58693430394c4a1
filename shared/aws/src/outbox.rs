//! The outbox in DynamoDB: what is pending for destinations, and what they were notified.
//!
//! | item | pk | sk |
//! |---|---|---|
//! | what routing remembers of an alert for a destination | `ALERT#<fingerprint>` | `ROUTING#<destination>` |
//! | what an alert inhibits | `ALERT#<fingerprint>` | `INHIBITS` |
//! | head of a queue | `QUEUE#<destination>#<group>` | `HEAD` |
//! | entry of a queue | `QUEUE#<destination>#<group>` | `ENTRY#<key>` |
//! | notification that came to an end | `NOTIFICATION#<destination>#<id>` | `RECORD` |
//! | how a destination fares | `DESTINATION` | `<id>` |
//! | an alert that inhibits | `INHIBITOR#<key>` | `SOURCE#<fingerprint>` |
//! | what waits because of it | `INHIBITOR#<key>` | `TARGET#<fingerprint>#<destination>` |
//! | how far the tick has come | `NOTIFIER` | `DISPATCHER` |
//!
//! Partitions of the index `by_condition`, so that nothing is found by a scan:
//!
//! | partition | sorted by | holds |
//! |---|---|---|
//! | `due#<destination>#<shard>` | when it is due, then priority | queues with something due |
//! | `notified#<destination>#<shard>` | group | queues in which something is known to be firing and nothing is due |
//! | `waiting#<destination>#<shard>` | when to decide again | routing states that wait |
//! | `inhibiting` | key | alerts that inhibit |
//! | `failed#<shard>`, `dead#<shard>` | when it was dead-lettered | notifications for an operator to look at |
//!
//! and of `by_reception`: `notification#<day>#<shard>`, every notification by the time of its making.

mod destinations;
mod due;
mod inhibition;
mod item;
mod notifications;
mod queues;
mod reading;
mod routing;
mod write;

use std::collections::HashMap;
use std::sync::Arc;

use alert::Fingerprint;
use async_trait::async_trait;
use dispatch::{
    DestinationState, DispatcherState, DueQueue, Entry, EntryKey, InhibitedTarget, Inhibitor, InhibitorKey,
    Inhibits, Known, NotificationRecord, Outbox, OutboxError, Page, Queue, QueueKey, RoutingState, Written,
};
use jiff::Timestamp;

pub use self::notifications::{NotificationFilter, NotificationPage};
pub use self::reading::{AlertsOfTable, SilencesOfTable};

use crate::Table;

/// The outbox in the alert table.
#[derive(Debug, Clone)]
pub struct TableOutbox {
    table: Arc<Table>,
}

impl TableOutbox {
    /// The outbox in `table`.
    pub const fn new(table: Arc<Table>) -> Self {
        Self { table }
    }
}

#[async_trait]
impl Outbox for TableOutbox {
    async fn known(&self, fingerprint: Fingerprint) -> Result<Known, OutboxError> {
        self.read_known(fingerprint).await
    }

    async fn put_routing(&self, state: &mut RoutingState) -> Result<Written, OutboxError> {
        self.write_routing(state).await
    }

    async fn waiting(
        &self,
        destination: &str,
        after: Option<Timestamp>,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<RoutingState>, OutboxError> {
        self.read_waiting(destination, after, until, limit).await
    }

    async fn queue(&self, key: &QueueKey) -> Result<Option<Queue>, OutboxError> {
        self.read_queue(key).await
    }

    async fn put_queue(&self, queue: &mut Queue) -> Result<Written, OutboxError> {
        self.write_queue(queue).await
    }

    async fn due(
        &self,
        destination: &str,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<DueQueue>, OutboxError> {
        self.read_due(destination, now, limit).await
    }

    async fn upcoming(&self, destination: &str, limit: usize) -> Result<Vec<DueQueue>, OutboxError> {
        self.read_upcoming(destination, limit).await
    }

    async fn queues(
        &self,
        destination: &str,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<QueueKey>, OutboxError> {
        self.read_queues(destination, cursor, limit).await
    }

    async fn entry(&self, queue: &QueueKey, key: EntryKey) -> Result<Option<Entry>, OutboxError> {
        self.read_entry(queue, key).await
    }

    async fn entries(&self, queue: &QueueKey, limit: usize) -> Result<Vec<Entry>, OutboxError> {
        self.read_entries(queue, limit).await
    }

    async fn put_entry(&self, queue: &QueueKey, entry: &Entry) -> Result<(), OutboxError> {
        self.write_entry(queue, entry).await
    }

    async fn delete_entry(&self, queue: &QueueKey, key: EntryKey, revision: u64) -> Result<(), OutboxError> {
        self.remove_entry(queue, key, revision).await
    }

    async fn put_notification(&self, record: &NotificationRecord) -> Result<(), OutboxError> {
        self.write_notification(record).await
    }

    async fn destination_states(&self) -> Result<HashMap<String, DestinationState>, OutboxError> {
        self.read_destinations().await
    }

    async fn destination_state(&self, id: &str) -> Result<Option<DestinationState>, OutboxError> {
        self.read_destination(id).await
    }

    async fn put_destination_state(&self, state: &mut DestinationState) -> Result<Written, OutboxError> {
        self.write_destination(state).await
    }

    async fn put_inhibits(&self, inhibits: &mut Inhibits) -> Result<Written, OutboxError> {
        self.write_inhibits(inhibits).await
    }

    async fn inhibitors(&self, key: InhibitorKey) -> Result<Vec<Inhibitor>, OutboxError> {
        self.read_inhibitors(key).await
    }

    async fn put_inhibitor(&self, inhibitor: &Inhibitor) -> Result<(), OutboxError> {
        self.write_inhibitor(inhibitor).await
    }

    async fn delete_inhibitor(&self, key: InhibitorKey, source: Fingerprint) -> Result<(), OutboxError> {
        self.remove_inhibitor(key, source).await
    }

    async fn inhibited(&self, key: InhibitorKey) -> Result<Vec<InhibitedTarget>, OutboxError> {
        self.read_inhibited(key).await
    }

    async fn put_inhibited(&self, target: &InhibitedTarget) -> Result<(), OutboxError> {
        self.write_inhibited(target).await
    }

    async fn delete_inhibited(&self, target: &InhibitedTarget) -> Result<(), OutboxError> {
        self.remove_inhibited(target).await
    }

    async fn dispatcher_state(&self) -> Result<DispatcherState, OutboxError> {
        self.read_dispatcher().await
    }

    async fn put_dispatcher_state(&self, state: &mut DispatcherState) -> Result<Written, OutboxError> {
        self.write_dispatcher(state).await
    }
}
