//! The outbox in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alert::Fingerprint;
use async_trait::async_trait;
use jiff::Timestamp;

use super::Faults;
use crate::{
    DestinationState, DispatcherState, DueQueue, Entry, EntryKey, InhibitedTarget, Inhibitor, InhibitorKey,
    Inhibits, Known, NotificationRecord, Outbox, OutboxError, Page, Queue, QueueKey, RoutingState, Written,
};

/// All items, by their keys.
#[derive(Debug, Default)]
struct Items {
    routing: BTreeMap<(Fingerprint, String), RoutingState>,
    queues: BTreeMap<QueueKey, Queue>,
    entries: BTreeMap<(QueueKey, EntryKey), Entry>,
    notifications: Vec<NotificationRecord>,
    destinations: HashMap<String, DestinationState>,
    inhibits: HashMap<Fingerprint, Inhibits>,
    inhibitors: BTreeMap<(InhibitorKey, Fingerprint), Inhibitor>,
    inhibited: BTreeMap<(InhibitorKey, Fingerprint, String), InhibitedTarget>,
    dispatcher: DispatcherState,
    writes: BTreeMap<&'static str, usize>,
}

/// The outbox in memory. Counts its writes by kind of item.
#[derive(Debug)]
pub struct InMemoryOutbox {
    faults: Arc<Faults>,
    items: Mutex<Items>,
}

/// Something with an optimistic lock.
macro_rules! put {
    ($self:ident, $kind:literal, $value:ident, $map:ident, $key:expr) => {{
        $self.faults.point().await?;
        let written = {
            let mut items = $self.items();
            let key = $key;
            let known = items.$map.get(&key).map_or(0, |known| known.version);
            if known == $value.version {
                $value.version += 1;
                items.$map.insert(key, $value.clone());
                *items.writes.entry($kind).or_default() += 1;
                Written::Done
            } else {
                Written::Conflict
            }
        };
        $self.after().await;
        Ok(written)
    }};
}

impl InMemoryOutbox {
    pub(super) fn new(faults: Arc<Faults>) -> Self {
        Self { faults, items: Mutex::default() }
    }

    fn items(&self) -> MutexGuard<'_, Items> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// After an effect a call may crash, but not fail.
    async fn after(&self) {
        let _ = self.faults.point().await;
    }

    /// How many items were written or removed since it was last asked, by kind.
    pub fn take_writes(&self) -> BTreeMap<&'static str, usize> {
        std::mem::take(&mut self.items().writes)
    }

    /// All queues.
    pub fn all_queues(&self) -> Vec<Queue> {
        self.items().queues.values().cloned().collect()
    }

    /// All entries.
    pub fn all_entries(&self) -> Vec<(QueueKey, Entry)> {
        self.items().entries.iter().map(|((queue, _), entry)| (queue.clone(), entry.clone())).collect()
    }

    /// All routing states.
    pub fn all_routing(&self) -> Vec<RoutingState> {
        self.items().routing.values().cloned().collect()
    }

    /// All notifications that came to an end.
    pub fn notifications(&self) -> Vec<NotificationRecord> {
        self.items().notifications.clone()
    }

    fn indexed(&self, destination: &str) -> Vec<DueQueue> {
        let items = self.items();
        let of_destination = items.queues.values().filter(|queue| queue.key.destination == destination);
        of_destination
            .filter_map(|queue| {
                let due_at = queue.indexed_at()?;
                Some(DueQueue { key: queue.key.clone(), due_at, priority: queue.priority })
            })
            .collect()
    }
}

#[async_trait]
impl Outbox for InMemoryOutbox {
    async fn known(&self, fingerprint: Fingerprint) -> Result<Known, OutboxError> {
        self.faults.point().await?;
        let items = self.items();
        let of_alert = items.routing.iter().filter(|((known, _), _)| *known == fingerprint);
        Ok(Known {
            routing: of_alert.map(|((_, destination), state)| (destination.clone(), state.clone())).collect(),
            inhibits: items.inhibits.get(&fingerprint).cloned(),
        })
    }

    async fn put_routing(&self, state: &mut RoutingState) -> Result<Written, OutboxError> {
        put!(self, "routing", state, routing, (state.fingerprint, state.destination.clone()))
    }

    async fn waiting(
        &self,
        destination: &str,
        after: Option<Timestamp>,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<RoutingState>, OutboxError> {
        self.faults.point().await?;
        let items = self.items();
        let is_wanted = |state: &&RoutingState| {
            let at = state.waiting.as_ref().map(|waiting| waiting.until);
            state.destination == destination
                && at.is_some_and(|at| at <= until && after.is_none_or(|after| at > after))
        };
        let mut found: Vec<_> = items.routing.values().filter(is_wanted).cloned().collect();
        found.sort_by_key(|state| state.waiting.as_ref().map(|waiting| waiting.until));
        found.truncate(limit);
        Ok(found)
    }

    async fn queue(&self, key: &QueueKey) -> Result<Option<Queue>, OutboxError> {
        self.faults.point().await?;
        Ok(self.items().queues.get(key).cloned())
    }

    async fn put_queue(&self, queue: &mut Queue) -> Result<Written, OutboxError> {
        put!(self, "queue", queue, queues, queue.key.clone())
    }

    async fn due(
        &self,
        destination: &str,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<DueQueue>, OutboxError> {
        self.faults.point().await?;
        let mut due = self.indexed(destination);
        due.retain(|queue| queue.due_at <= now);
        due.sort_by_key(|queue| (std::cmp::Reverse(queue.priority), queue.due_at));
        due.truncate(limit);
        Ok(due)
    }

    async fn upcoming(&self, destination: &str, limit: usize) -> Result<Vec<DueQueue>, OutboxError> {
        self.faults.point().await?;
        let mut upcoming = self.indexed(destination);
        upcoming.sort_by_key(|queue| queue.due_at);
        upcoming.truncate(limit);
        Ok(upcoming)
    }

    async fn queues(
        &self,
        destination: &str,
        cursor: Option<String>,
        limit: usize,
    ) -> Result<Page<QueueKey>, OutboxError> {
        self.faults.point().await?;
        let items = self.items();
        let is_kept = |queue: &&Queue| {
            queue.key.destination == destination
                && (queue.indexed_at().is_some()
                    || !queue.notified.is_empty()
                    || !queue.maybe_notified.is_empty())
                && cursor.as_ref().is_none_or(|cursor| queue.key.group.to_string() > *cursor)
        };
        let mut found: Vec<_> =
            items.queues.values().filter(is_kept).map(|queue| queue.key.clone()).collect();
        let is_more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| is_more).map(|key| key.group.to_string());
        Ok(Page { items: found, next })
    }

    async fn entry(&self, queue: &QueueKey, key: EntryKey) -> Result<Option<Entry>, OutboxError> {
        self.faults.point().await?;
        Ok(self.items().entries.get(&(queue.clone(), key)).cloned())
    }

    async fn entries(&self, queue: &QueueKey, limit: usize) -> Result<Vec<Entry>, OutboxError> {
        self.faults.point().await?;
        let items = self.items();
        let of_queue = items.entries.iter().filter(|((known, _), _)| known == queue);
        Ok(of_queue.take(limit).map(|(_, entry)| entry.clone()).collect())
    }

    async fn put_entry(&self, queue: &QueueKey, entry: &Entry) -> Result<(), OutboxError> {
        self.faults.point().await?;
        {
            let mut items = self.items();
            let key = (queue.clone(), entry.key());
            let is_newer = items.entries.get(&key).is_some_and(|known| known.revision > entry.revision);
            if !is_newer {
                items.entries.insert(key, entry.clone());
                *items.writes.entry("entry").or_default() += 1;
            }
        }
        self.after().await;
        Ok(())
    }

    async fn delete_entry(&self, queue: &QueueKey, key: EntryKey, revision: u64) -> Result<(), OutboxError> {
        self.faults.point().await?;
        {
            let mut items = self.items();
            let key = (queue.clone(), key);
            if items.entries.get(&key).is_some_and(|known| known.revision == revision) {
                items.entries.remove(&key);
                *items.writes.entry("entry").or_default() += 1;
            }
        }
        self.after().await;
        Ok(())
    }

    async fn put_notification(&self, record: &NotificationRecord) -> Result<(), OutboxError> {
        self.faults.point().await?;
        {
            let mut items = self.items();
            items
                .notifications
                .retain(|known| known.id != record.id || known.destination != record.destination);
            items.notifications.push(record.clone());
            *items.writes.entry("notification").or_default() += 1;
        }
        self.after().await;
        Ok(())
    }

    async fn destination_states(&self) -> Result<HashMap<String, DestinationState>, OutboxError> {
        self.faults.point().await?;
        Ok(self.items().destinations.clone())
    }

    async fn destination_state(&self, id: &str) -> Result<Option<DestinationState>, OutboxError> {
        self.faults.point().await?;
        Ok(self.items().destinations.get(id).cloned())
    }

    async fn put_destination_state(&self, state: &mut DestinationState) -> Result<Written, OutboxError> {
        put!(self, "destination", state, destinations, state.id.clone())
    }

    async fn put_inhibits(&self, inhibits: &mut Inhibits) -> Result<Written, OutboxError> {
        put!(self, "inhibits", inhibits, inhibits, inhibits.fingerprint)
    }

    async fn inhibitors(&self, key: InhibitorKey) -> Result<Vec<Inhibitor>, OutboxError> {
        self.faults.point().await?;
        let items = self.items();
        Ok(items.inhibitors.values().filter(|inhibitor| inhibitor.key == key).cloned().collect())
    }

    async fn put_inhibitor(&self, inhibitor: &Inhibitor) -> Result<(), OutboxError> {
        self.faults.point().await?;
        self.items().inhibitors.insert((inhibitor.key, inhibitor.fingerprint), inhibitor.clone());
        self.after().await;
        Ok(())
    }

    async fn delete_inhibitor(&self, key: InhibitorKey, source: Fingerprint) -> Result<(), OutboxError> {
        self.faults.point().await?;
        self.items().inhibitors.remove(&(key, source));
        self.after().await;
        Ok(())
    }

    async fn inhibited(&self, key: InhibitorKey) -> Result<Vec<InhibitedTarget>, OutboxError> {
        self.faults.point().await?;
        let items = self.items();
        Ok(items.inhibited.values().filter(|target| target.key == key).cloned().collect())
    }

    async fn put_inhibited(&self, target: &InhibitedTarget) -> Result<(), OutboxError> {
        self.faults.point().await?;
        let key = (target.key, target.fingerprint, target.destination.clone());
        self.items().inhibited.insert(key, target.clone());
        self.after().await;
        Ok(())
    }

    async fn delete_inhibited(&self, target: &InhibitedTarget) -> Result<(), OutboxError> {
        self.faults.point().await?;
        let key = (target.key, target.fingerprint, target.destination.clone());
        self.items().inhibited.remove(&key);
        self.after().await;
        Ok(())
    }

    async fn dispatcher_state(&self) -> Result<DispatcherState, OutboxError> {
        self.faults.point().await?;
        Ok(self.items().dispatcher.clone())
    }

    async fn put_dispatcher_state(&self, state: &mut DispatcherState) -> Result<Written, OutboxError> {
        self.faults.point().await?;
        let written = {
            let mut items = self.items();
            if items.dispatcher.version == state.version {
                state.version += 1;
                items.dispatcher = state.clone();
                Written::Done
            } else {
                Written::Conflict
            }
        };
        self.after().await;
        Ok(written)
    }
}
