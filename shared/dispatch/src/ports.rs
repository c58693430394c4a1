//! What the engine needs from the world, and no more.
//!
//! # What every implementation of [`Outbox`] promises
//!
//! - All reads are consistent: what was written is read.
//! - `put_*` of what has a `version` succeeds only if what is stored has that version (0: nothing is stored), stores
//!   `version + 1`, and leaves that in the value; otherwise it yields [`Written::Conflict`] and changes nothing.
//! - Each call is one write of one item, all of it or nothing. No two calls are atomic together.
//! - What cannot be read ([`OutboxError::Corrupt`]) is left out of lists, counted and logged; it stops nobody else.

use std::collections::{BTreeMap, HashMap};

use alert::{Alert, Fingerprint, Silence};
use async_trait::async_trait;
use channels::Request;
use jiff::Timestamp;
use net::{HttpAnswer, Unanswered};

use crate::{
    Destination, DestinationState, DispatcherState, Entry, EntryKey, InhibitedTarget, Inhibitor,
    InhibitorKey, Inhibits, NotificationConfiguration, NotificationRecord, Queue, QueueKey, RoutingState,
};

/// Why the outbox did not do it.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// It cannot be reached now; later it may.
    #[error("could not {operation}")]
    Unavailable {
        /// What was attempted.
        operation: &'static str,
        /// Why it failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What is stored cannot be read, or what is to be stored cannot be written, now or later.
    #[error("`{item}` cannot be read or written: {problem}")]
    Corrupt {
        /// Which item.
        item: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// What became of a conditional write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Written {
    /// It is stored.
    Done,
    /// Something newer is stored: read again, decide again.
    Conflict,
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where it goes on, if it does.
    pub next: Option<String>,
}

/// What is known of one alert: all items that stand with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// By destination's id.
    pub routing: BTreeMap<String, RoutingState>,
    /// What the alert mutes.
    pub inhibits: Option<Inhibits>,
}

/// A queue in the index of what is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueQueue {
    /// Which.
    pub key: QueueKey,
    /// Since when.
    pub due_at: Timestamp,
    /// How bad the worst is that is pending.
    pub priority: Option<alert::Severity>,
}

/// Keeps what is to be notified and what was notified.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Everything that stands with one alert, also what may be forgotten but is still there.
    async fn known(&self, fingerprint: Fingerprint) -> Result<Known, OutboxError>;
    /// Keeps a routing state. While it waits, it is in the index of what waits; see [`Self::waiting`].
    async fn put_routing(&self, state: &mut RoutingState) -> Result<Written, OutboxError>;
    /// Routing states of `destination` that wait until a moment after `after` and not after `until`, by that moment.
    async fn waiting(
        &self,
        destination: &str,
        after: Option<Timestamp>,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<RoutingState>, OutboxError>;

    /// The head of a queue.
    async fn queue(&self, key: &QueueKey) -> Result<Option<Queue>, OutboxError>;
    /// Keeps the head of a queue, in the index by [`Queue::indexed_at`] and `priority`, else among those that were notified
    /// something, else to be forgotten after three days.
    async fn put_queue(&self, queue: &mut Queue) -> Result<Written, OutboxError>;
    /// Queues of `destination` whose place in the index has come, the worst priority first, then the oldest.
    async fn due(
        &self,
        destination: &str,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<DueQueue>, OutboxError>;
    /// The earliest places in the index, due or not, the earliest first.
    async fn upcoming(&self, destination: &str, limit: usize) -> Result<Vec<DueQueue>, OutboxError>;
    /// All queues of `destination` that are due some time or were notified something.
    async fn queues(
        &self,
        destination: &str,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<QueueKey>, OutboxError>;

    /// One entry.
    async fn entry(&self, queue: &QueueKey, key: EntryKey) -> Result<Option<Entry>, OutboxError>;
    /// The first `limit` entries of a queue, by key.
    async fn entries(&self, queue: &QueueKey, limit: usize) -> Result<Vec<Entry>, OutboxError>;
    /// Keeps an entry, unless there is one of its key with a newer revision, which is no conflict.
    async fn put_entry(&self, queue: &QueueKey, entry: &Entry) -> Result<(), OutboxError>;
    /// Removes an entry, unless it has another revision by now.
    async fn delete_entry(&self, queue: &QueueKey, key: EntryKey, revision: u64) -> Result<(), OutboxError>;

    /// Keeps what readers find of a notification; one that is known is replaced.
    async fn put_notification(&self, record: &NotificationRecord) -> Result<(), OutboxError>;

    /// How all destinations and scopes fare, by id.
    async fn destination_states(&self) -> Result<HashMap<String, DestinationState>, OutboxError>;
    /// How one fares, or nothing if nothing is known.
    async fn destination_state(&self, id: &str) -> Result<Option<DestinationState>, OutboxError>;
    /// Keeps how one fares.
    async fn put_destination_state(&self, state: &mut DestinationState) -> Result<Written, OutboxError>;

    /// What an alert mutes, kept with the alert.
    async fn put_inhibits(&self, inhibits: &mut Inhibits) -> Result<Written, OutboxError>;
    /// The alerts that mute by `key`.
    async fn inhibitors(&self, key: InhibitorKey) -> Result<Vec<Inhibitor>, OutboxError>;
    /// Keeps an alert that mutes; one that is known is replaced.
    async fn put_inhibitor(&self, inhibitor: &Inhibitor) -> Result<(), OutboxError>;
    /// Removes an alert that mutes.
    async fn delete_inhibitor(&self, key: InhibitorKey, source: Fingerprint) -> Result<(), OutboxError>;
    /// What waits because of `key`.
    async fn inhibited(&self, key: InhibitorKey) -> Result<Vec<InhibitedTarget>, OutboxError>;
    /// Keeps that something waits.
    async fn put_inhibited(&self, target: &InhibitedTarget) -> Result<(), OutboxError>;
    /// Forgets that something waits.
    async fn delete_inhibited(&self, target: &InhibitedTarget) -> Result<(), OutboxError>;

    /// How far the tick has come; a new one if nothing is known.
    async fn dispatcher_state(&self) -> Result<DispatcherState, OutboxError>;
    /// Keeps how far the tick has come.
    async fn put_dispatcher_state(&self, state: &mut DispatcherState) -> Result<Written, OutboxError>;
}

/// Reads alerts as they are now.
#[async_trait]
pub trait AlertReader: Send + Sync {
    /// The alerts of these fingerprints; what is not there is left out.
    async fn alerts(&self, fingerprints: &[Fingerprint]) -> Result<HashMap<Fingerprint, Alert>, OutboxError>;
    /// All that fire, in any lasting order.
    async fn firing(&self, cursor: Option<String>, limit: usize) -> Result<Page<Alert>, OutboxError>;
}

/// Knows the silences.
#[async_trait]
pub trait Silences: Send + Sync {
    /// All that are active or pending.
    async fn live(&self) -> Result<Vec<Silence>, OutboxError>;
}

/// Carries requests.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends `request`, and yields the answer or why there is none.
    async fn send(&self, destination: &Destination, request: Request) -> Result<HttpAnswer, Unanswered>;
}

/// Has a destination served by an invocation of its own.
#[async_trait]
pub trait Wake: Send + Sync {
    /// Asks for it; a failure is made good by the next tick.
    async fn wake(&self, destination: &str) -> Result<(), OutboxError>;
}

/// Keeps the settings.
#[async_trait]
pub trait SettingsSource: Send + Sync {
    /// The present settings; the last usable ones while the present ones cannot be read.
    async fn settings(&self) -> Result<std::sync::Arc<NotificationConfiguration>, OutboxError>;
}

/// Makes the addresses in a notification.
pub trait LinkMaker: Send + Sync {
    /// The links for `notification` to `destination`; the acknowledge link only where the destination wants one.
    fn links(&self, destination: &Destination, notification: &channels::Notification) -> channels::Links;
}

/// Takes events about Campanile's own health, to be recorded like any other source's.
#[async_trait]
pub trait OwnAlerts: Send + Sync {
    /// Records `event`; the same one may come several times.
    async fn record(&self, event: alert::AlertEvent) -> Result<(), OutboxError>;
}

/// Throws dice, so that destinations that failed together are not tried again together.
pub trait Random: Send + Sync {
    /// A number from 0 up to 1.
    fn fraction(&self) -> f64;
    /// 32 random bytes in base64url, which nobody can guess.
    fn token(&self) -> String;
}
