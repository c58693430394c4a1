//! How an attempt ended is written down: the record for readers first, then the head of the queue in one write, then the
//! entries that are dealt with go. A crash before the head is written repeats this one notification; after it, nothing.

use channels::Subject;
use jiff::Timestamp;

use super::attempt::{Attempted, Ending};
use super::claim::apply;
use super::routing::MOST_ENTRIES;
use super::sender::Served;
use super::{Dispatcher, MOST_CONFLICTS, gave_up};
use crate::counts::{DEAD_LETTERED, SENT, count};
use crate::span::{after, earlier};
use crate::{
    Covered, Destination, Entry, NotificationRecord, NotificationState, OutboxError, Queue, Retry, Written,
    due, next_attempt,
};

/// How often that a queue became due during its claim is taken away; where changes come faster than that it is looked at once
/// more for nothing.
const MOST_CLEARED: usize = 5;
/// Most alerts that a record names.
const MOST_NAMED: usize = 100;

impl Dispatcher {
    pub(super) async fn conclude(
        &self,
        destination: &Destination,
        queue: Queue,
        attempted: Attempted,
    ) -> Result<Served, OutboxError> {
        let served = self.end_attempt(destination, queue, &attempted).await?;
        self.note_fares(destination, &attempted).await?;
        Ok(served)
    }

    async fn end_attempt(
        &self,
        destination: &Destination,
        queue: Queue,
        attempted: &Attempted,
    ) -> Result<Served, OutboxError> {
        let now = self.now();
        match &attempted.ending {
            Ending::Sent => {
                count(SENT, &destination.id, 1);
                self.finish(destination, queue, attempted, NotificationState::Sent).await?;
                Ok(Served::Done)
            }
            Ending::Failed => {
                self.dead_letter(destination, queue, attempted, NotificationState::Failed).await?;
                Ok(Served::Done)
            }
            Ending::Paused { from, wait } => {
                let mut later = queue;
                later.progress = from.clone();
                later.retry_at = Some(now.checked_add(*wait).unwrap_or(now));
                self.give_back(later, attempted).await?;
                Ok(Served::Left)
            }
            Ending::Suspended(_) => {
                let held = Queue { attempts: 0, first_attempt_at: None, retry_at: Some(now), ..queue };
                self.give_back(held, attempted).await?;
                Ok(Served::Failed)
            }
            Ending::Retry { from, wait } => {
                let attempts = queue.attempts.saturating_add(1);
                let first = queue.first_attempt_at.unwrap_or(now);
                match next_attempt(first, now, attempts, self.ports.random.fraction(), *wait) {
                    Retry::Dead => {
                        self.dead_letter(destination, queue, attempted, NotificationState::Dead).await?;
                    }
                    Retry::At(at) => {
                        let again = Queue { attempts, progress: from.clone(), retry_at: Some(at), ..queue };
                        self.give_back(again, attempted).await?;
                    }
                }
                Ok(Served::Failed)
            }
        }
    }

    async fn dead_letter(
        &self,
        destination: &Destination,
        queue: Queue,
        attempted: &Attempted,
        state: NotificationState,
    ) -> Result<(), OutboxError> {
        let notification = queue.in_flight.as_ref().map(|in_flight| in_flight.notification.id.as_str());
        let reason = attempted.reason.as_deref();
        tracing::error!(destination = destination.id, notification, reason, "notification dead-lettered");
        count(DEAD_LETTERED, &destination.id, 1);
        self.finish(destination, queue, attempted, state).await
    }

    /// The claim is given back; what was under way is tried again later.
    async fn give_back(&self, mut queue: Queue, attempted: &Attempted) -> Result<(), OutboxError> {
        let claimed_until = queue.claimed_until;
        for _ in 0..MOST_CONFLICTS {
            queue.claimed_until = None;
            queue.reason.clone_from(&attempted.reason);
            if let Some(memory) = &attempted.memory {
                queue.memory = memory.clone();
            }
            if let Some(in_flight) = &mut queue.in_flight {
                in_flight.is_ambiguous = attempted.is_ambiguous || in_flight.was_ambiguous;
            }
            if self.outbox().put_queue(&mut queue).await? == Written::Done {
                return Ok(());
            }
            let Some(known) = self.outbox().queue(&queue.key).await? else { return Ok(()) };
            if known.claimed_until != claimed_until {
                return Ok(());
            }
            queue.version = known.version;
            queue.due_at = earlier(queue.due_at, known.due_at);
            queue.priority = queue.priority.max(known.priority);
        }
        Err(gave_up("give a claim back"))
    }

    /// The notification has come to its end.
    async fn finish(
        &self,
        destination: &Destination,
        queue: Queue,
        attempted: &Attempted,
        state: NotificationState,
    ) -> Result<(), OutboxError> {
        let now = self.now();
        self.outbox().put_notification(&record(&queue, attempted, state, now)).await?;
        let covers = queue.in_flight.as_ref().map(|in_flight| in_flight.covers.clone()).unwrap_or_default();
        let ended = self
            .end_claim(queue, |queue, entries| {
                let mut after = ended(destination, queue, attempted, state, &covers, now);
                let is_left =
                    |entry: &&Entry| !covers.iter().any(|covered| deals_with(covered, entry, state));
                let left: Vec<_> = entries.iter().filter(is_left).collect();
                self.reset(destination, &mut after, &left);
                after
            })
            .await?;
        match ended {
            Some(queue) => self.forget(&queue, &covers, state).await,
            None => Ok(()),
        }
    }

    /// Ends the claim of `queue` by what `after` makes of it and of what is pending by then. Yields what was written; `None` if the
    /// claim had ended, and somebody else has taken the queue up.
    pub(super) async fn end_claim(
        &self,
        mut queue: Queue,
        after: impl Fn(Queue, &[Entry]) -> Queue,
    ) -> Result<Option<Queue>, OutboxError> {
        let claimed_until = queue.claimed_until;
        for round in 0..MOST_CONFLICTS {
            let key = queue.key.clone();
            if let Some(ended) = self.try_end_claim(queue, round < MOST_CLEARED, &after).await? {
                return Ok(Some(ended));
            }
            match self.outbox().queue(&key).await? {
                Some(known) if known.claimed_until == claimed_until => queue = known,
                _ => return Ok(None),
            }
        }
        Err(gave_up("end a claim"))
    }

    /// Who makes a queue due that is due already writes nothing, and might go unseen: that it is due is taken away before
    /// what is pending is read, or else stays.
    async fn try_end_claim(
        &self,
        mut queue: Queue,
        clears: bool,
        after: &impl Fn(Queue, &[Entry]) -> Queue,
    ) -> Result<Option<Queue>, OutboxError> {
        if clears
            && queue.due_at.take().is_some()
            && self.outbox().put_queue(&mut queue).await? == Written::Conflict
        {
            return Ok(None);
        }
        let entries = self.outbox().entries(&queue.key, MOST_ENTRIES).await?;
        let due_at = queue.due_at;
        let mut ended = after(queue, &entries);
        ended.due_at = earlier(ended.due_at, due_at);
        let written = self.outbox().put_queue(&mut ended).await?;
        Ok(Some(ended).filter(|_| written == Written::Done))
    }

    async fn forget(
        &self,
        queue: &Queue,
        covers: &[Covered],
        state: NotificationState,
    ) -> Result<(), OutboxError> {
        for covered in covers.iter().filter(|covered| covered.is_final || state != NotificationState::Sent) {
            self.outbox().delete_entry(&queue.key, covered.key, covered.revision).await?;
        }
        Ok(())
    }

    /// Nothing is under way any more; the queue is due by what is left, or for a reminder.
    pub(super) fn reset(&self, destination: &Destination, queue: &mut Queue, left: &[&Entry]) {
        let now = self.now();
        queue.claimed_until = None;
        queue.retry_at = None;
        queue.attempts = 0;
        queue.first_attempt_at = None;
        queue.progress = channels::Progress::default();
        queue.in_flight = None;
        queue.reason = None;
        queue.priority = left.iter().map(|entry| entry.severity).max();
        let dues = left.iter().map(|entry| due(destination, Some(queue), entry, now).at);
        queue.due_at = earlier(dues.min(), reminder_at(destination, queue, now));
    }
}

fn reminder_at(destination: &Destination, queue: &Queue, now: Timestamp) -> Option<Timestamp> {
    let repeat = i64::from(destination.repeat_secs.filter(|_| !queue.notified.is_empty())?);
    let due = after(queue.last_sent_at?, repeat);
    // One that was not to be given is not looked at again before the next.
    Some(if due > now { due } else { after(now, repeat) })
}

/// Whether `entry` is dealt with: a newer one is not.
fn deals_with(covered: &Covered, entry: &Entry, state: NotificationState) -> bool {
    let is_final = covered.is_final || state != NotificationState::Sent;
    is_final && covered.key == entry.key() && covered.revision == entry.revision
}

fn ended(
    destination: &Destination,
    mut queue: Queue,
    attempted: &Attempted,
    state: NotificationState,
    covers: &[Covered],
    now: Timestamp,
) -> Queue {
    queue.number = queue.number.saturating_add(1);
    if let Some(memory) = &attempted.memory {
        queue.memory = memory.clone();
    }
    if state == NotificationState::Sent {
        queue.announced = announced(destination, &queue);
        apply(&mut queue, covers);
        queue.last_sent_at = Some(now);
        queue.came_and_went = 0;
        return queue;
    }
    // What was not notified stays untold; with `deliver: changes` its turn is over.
    for covered in covers {
        if let crate::EntryKey::Order(order) = covered.key {
            queue.sent_order = queue.sent_order.max(order);
        }
    }
    queue
}

/// The label set by which an Alertmanager webhook knows the alert from now on.
fn announced(destination: &Destination, queue: &Queue) -> Option<alert::Labels> {
    let in_flight = queue.in_flight.as_ref()?;
    let Subject::Alert(subject) = &in_flight.notification.subject else { return None };
    if destination.deliver != channels::Deliver::Changes || in_flight.notification.event.is_end() {
        return None;
    }
    if in_flight.notification.event.is_handling() {
        return queue.announced.clone();
    }
    Some(alert::served_labels(&subject.alert))
}

fn record(
    queue: &Queue,
    attempted: &Attempted,
    state: NotificationState,
    now: Timestamp,
) -> NotificationRecord {
    let notification = queue.in_flight.as_ref().map(|in_flight| &in_flight.notification);
    let covers = queue.in_flight.iter().flat_map(|in_flight| &in_flight.covers);
    let (title, alerts) =
        notification.map_or((String::new(), 0), |notification| match &notification.subject {
            Subject::Alert(subject) => (subject.alert.title.clone(), 1),
            Subject::Group(group) => {
                let first = group.alerts.first().map(|alert| alert.title.clone()).unwrap_or_default();
                (first, group.firing_count() + group.resolved)
            }
        });
    NotificationRecord {
        id: notification.map(|notification| notification.id.clone()).unwrap_or_default(),
        destination: queue.key.destination.clone(),
        group: queue.key.group,
        event: notification.map_or(channels::Event::Updated, |notification| notification.event),
        title,
        severity: notification.map_or(alert::Severity::Info, channels::Notification::severity),
        alerts,
        state,
        created_at: queue.first_attempt_at.unwrap_or(now),
        finished_at: now,
        attempts: queue.attempts.saturating_add(1),
        reason: attempted.reason.clone(),
        receipt: attempted.receipt.clone(),
        fingerprints: covers.map(|covered| covered.fingerprint).take(MOST_NAMED).collect(),
    }
}
