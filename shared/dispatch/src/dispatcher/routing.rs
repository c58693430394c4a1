//! One alert is routed to one destination: what is known is read, what follows is written.

use alert::{Alert, Fingerprint, Labels};
use channels::Deliver;

use super::{Dispatcher, MOST_CONFLICTS, RunContext, gave_up};
use crate::group::{MOST_NOTIFIED, group_of, overflow};
use crate::span::{after, earlier};
use crate::{
    Cause, Destination, Due, Entry, EntryKey, GroupBy, InhibitedTarget, KnownParts, OutboxError, Queue,
    QueueKey, Routed, RoutingState, WaitingReason, Written, due, route,
};

/// Most entries that are read of a queue at a time.
pub(super) const MOST_ENTRIES: usize = 5_000;
/// For how long a stream may bring a change once more, in seconds: a day, as DynamoDB keeps it.
const STREAM_SECS: i64 = 24 * 3600;
/// How many groups one may overflow into.
const MOST_OVERFLOWS: usize = 20;

/// How long a change may be on its way here through the stream, in seconds. A comparison that overtook it would keep one that
/// is notified of every change from it.
const ON_ITS_WAY_SECS: i64 = 10;

/// What came of routing an alert to a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Something is due there at once.
    Due,
    /// Nothing is due yet.
    NotDue,
    /// What differs may still be on its way here as a change: to be compared again.
    Premature,
}

/// What was read of an alert at a destination.
struct Parts {
    routing: Option<RoutingState>,
    key: QueueKey,
    labels: Labels,
    pending: Option<Entry>,
    queue: Option<Queue>,
}

impl Dispatcher {
    /// Routes `alert` to `destination`.
    pub(super) async fn route_to(
        &self,
        run: &RunContext,
        destination: &Destination,
        cause: Cause<'_>,
        alert: &Alert,
    ) -> Result<Outcome, OutboxError> {
        for _ in 0..MOST_CONFLICTS {
            let mut parts = self.parts(destination, cause, alert).await?;
            if self.begin_new_life(cause, alert, &mut parts.queue).await? == Written::Conflict {
                continue;
            }
            let context = self.context(run, alert).await?;
            let known = KnownParts {
                routing: parts.routing.as_ref(),
                queue: parts.queue.as_ref(),
                pending: parts.pending.as_ref(),
                group: parts.key.group,
            };
            let routed = route(destination, cause, alert, known, &context);
            if matches!(cause, Cause::Reconciled) && self.is_premature(destination, alert, &routed) {
                return Ok(Outcome::Premature);
            }
            if let Some(is_due) = self.write(run, destination, alert, parts, routed).await? {
                return Ok(if is_due { Outcome::Due } else { Outcome::NotDue });
            }
        }
        Err(gave_up("route an alert"))
    }

    /// Whether a difference that was found may be a change that is still on its way here, to a destination that is notified
    /// of each.
    pub(super) fn is_premature(&self, destination: &Destination, alert: &Alert, routed: &Routed) -> bool {
        destination.deliver == Deliver::Changes
            && routed.entry.is_some()
            && after(alert.last_received_at.max(alert.condition_since), ON_ITS_WAY_SECS) > self.now()
    }

    /// Writes what follows; `None` if somebody else wrote meanwhile. What routing remembers comes last, but for a new group: a
    /// crash before it leaves what waited waiting, or has the change come again, and all of this is done once more.
    async fn write(
        &self,
        run: &RunContext,
        destination: &Destination,
        alert: &Alert,
        parts: Parts,
        routed: Routed,
    ) -> Result<Option<bool>, OutboxError> {
        let Some(claimed) = self.claim_group(destination, &parts, &routed).await? else { return Ok(None) };
        if claimed.is_some() {
            self.withdraw_from_former(&parts).await?;
        }
        if let Some(entry) = &routed.entry {
            self.outbox().put_entry(&parts.key, entry).await?;
            if claimed.is_some() && self.is_withdrawn(destination, &parts.key, entry).await? {
                return Ok(None);
            }
        }
        // Also for what was pending before: who wrote that may have crashed before the queue was due.
        let pending = parts.pending.as_ref();
        let now = self.now();
        let due =
            routed.due.or_else(|| pending.map(|entry| due(destination, parts.queue.as_ref(), entry, now)));
        let is_due = match due {
            Some(due) => self.make_due(&parts.key, &parts.labels, due).await?,
            None => false,
        };
        let Some(mut routing) = routed.routing else { return Ok(Some(is_due)) };
        if let Some(claimed) = claimed {
            routing.version = claimed.version;
            if routing == claimed {
                return Ok(Some(is_due));
            }
        }
        self.note_inhibited(&routing).await?;
        if self.outbox().put_routing(&mut routing).await? == Written::Conflict {
            if let Some(entry) = &routed.entry {
                self.is_withdrawn(destination, &parts.key, entry).await?;
            }
            return Ok(None);
        }
        if self.is_released_meanwhile(run, destination, alert, &routing).await? {
            return Ok(None);
        }
        Ok(Some(is_due))
    }

    /// Remembers the group in which an alert opens before anything is pending there: who routes the same alert by other labels
    /// meanwhile would have it pending in two groups. Yields what was written, and `None` if somebody else was first.
    async fn claim_group(
        &self,
        destination: &Destination,
        parts: &Parts,
        routed: &Routed,
    ) -> Result<Option<Option<RoutingState>>, OutboxError> {
        let is_remembered = parts.routing.as_ref().is_some_and(|known| known.group == parts.key.group);
        let has_groups = matches!(destination.group_by, GroupBy::Labels(_));
        let (Some(routing), Some(_)) = (&routed.routing, &routed.entry) else { return Ok(Some(None)) };
        if is_remembered || !has_groups || destination.deliver == Deliver::Changes {
            return Ok(Some(None));
        }
        // A crash between this write and the entry's must not leave an opening damped that was never pending.
        let damping = parts.routing.as_ref().map(|known| known.damping.clone()).unwrap_or_default();
        let mut claimed = RoutingState { damping, ..routing.clone() };
        if self.outbox().put_routing(&mut claimed).await? == Written::Conflict {
            return Ok(None);
        }
        Ok(Some(Some(claimed)))
    }

    /// Withdraws what is pending of the alert in the group that was remembered before another one was claimed: whoever had
    /// chosen it may have put its entry there after that group was read.
    async fn withdraw_from_former(&self, parts: &Parts) -> Result<(), OutboxError> {
        let Some(former) = parts.routing.as_ref().filter(|known| known.group != parts.key.group) else {
            return Ok(());
        };
        let key = QueueKey { group: former.group, ..parts.key.clone() };
        let Some(entry) = self.outbox().entry(&key, EntryKey::Alert(former.fingerprint)).await? else {
            return Ok(());
        };
        self.outbox().delete_entry(&key, entry.key(), entry.revision).await?;
        Ok(())
    }

    /// Withdraws `entry` if the alert belongs to another group than that of `key` by now: who saw the group claimed, and nothing
    /// pending in it yet, may have claimed another one for a later run. Yields whether it did.
    async fn is_withdrawn(
        &self,
        destination: &Destination,
        key: &QueueKey,
        entry: &Entry,
    ) -> Result<bool, OutboxError> {
        if !matches!((&destination.group_by, destination.deliver), (GroupBy::Labels(_), Deliver::State)) {
            return Ok(false);
        }
        let known = self.outbox().known(entry.fingerprint).await?;
        if known.routing.get(&destination.id).is_none_or(|routing| routing.group == key.group) {
            return Ok(false);
        }
        self.outbox().delete_entry(key, entry.key(), entry.revision).await?;
        Ok(true)
    }

    /// What mutes it is written down before the alert waits for it, so that whoever ends it finds what waits.
    pub(super) async fn note_inhibited(&self, routing: &RoutingState) -> Result<(), OutboxError> {
        let Some(WaitingReason::Inhibited(keys)) = routing.waiting.as_ref().map(|waiting| &waiting.reason)
        else {
            return Ok(());
        };
        for key in keys {
            let (fingerprint, destination) = (routing.fingerprint, routing.destination.clone());
            self.outbox().put_inhibited(&InhibitedTarget { key: *key, fingerprint, destination }).await?;
        }
        Ok(())
    }

    /// Whether what mutes it has ended while it was written down that it waits.
    async fn is_released_meanwhile(
        &self,
        run: &RunContext,
        destination: &Destination,
        alert: &Alert,
        routing: &RoutingState,
    ) -> Result<bool, OutboxError> {
        let reason = routing.waiting.as_ref().map(|waiting| &waiting.reason);
        if !matches!(reason, Some(WaitingReason::Inhibited(_))) {
            return Ok(false);
        }
        Ok(self.context(run, alert).await?.mutes(destination).is_none())
    }

    /// Counts what was notified from the beginning again where the alert was forgotten since, and its revisions with it.
    async fn begin_new_life(
        &self,
        cause: Cause<'_>,
        alert: &Alert,
        queue: &mut Option<Queue>,
    ) -> Result<Written, OutboxError> {
        let Some(queue) = queue.as_mut().filter(|queue| is_of_former_life(cause, alert, queue)) else {
            return Ok(Written::Done);
        };
        queue.sent_order = 0;
        queue.notified.remove(&alert.fingerprint);
        self.outbox().put_queue(queue).await
    }

    /// Reads what is known: the entry before the queue, or it might be sent and forgotten in between.
    async fn parts(
        &self,
        destination: &Destination,
        cause: Cause<'_>,
        alert: &Alert,
    ) -> Result<Parts, OutboxError> {
        let mut known = self.outbox().known(alert.fingerprint).await?;
        let routing = known.routing.remove(&destination.id);
        let (group, labels) = group_of(destination, alert);
        let key = QueueKey { destination: destination.id.clone(), group };
        if let Some(former) = routing.as_ref().map(|routing| routing.group).filter(|former| *former != group)
            && matches!(destination.group_by, GroupBy::Labels(_))
        {
            let former = QueueKey { group: former, ..key.clone() };
            let (pending, queue) = self.pending(destination, alert, &former).await?;
            let is_there = pending.is_some()
                || queue.as_ref().is_some_and(|queue| is_known_in(queue, alert.fingerprint));
            if is_there || !begins_anew(cause, alert, routing.as_ref(), self.now()) {
                return Ok(Parts { routing, key: former, labels, pending, queue });
            }
        }
        self.in_group(destination, alert, routing, key, labels).await
    }

    /// What is known in the group `key`, or in one that takes what does not fit into it.
    async fn in_group(
        &self,
        destination: &Destination,
        alert: &Alert,
        routing: Option<RoutingState>,
        mut key: QueueKey,
        labels: Labels,
    ) -> Result<Parts, OutboxError> {
        for _ in 0..MOST_OVERFLOWS {
            let (pending, queue) = self.pending(destination, alert, &key).await?;
            let is_full = queue.as_ref().is_some_and(|queue| queue.notified.len() >= MOST_NOTIFIED);
            let is_there = pending.is_some()
                || queue.as_ref().is_some_and(|queue| is_known_in(queue, alert.fingerprint));
            if !is_full || is_there {
                return Ok(Parts { routing, key, labels, pending, queue });
            }
            key.group = overflow(key.group);
        }
        Err(gave_up("find a group with room for an alert"))
    }

    async fn pending(
        &self,
        destination: &Destination,
        alert: &Alert,
        key: &QueueKey,
    ) -> Result<(Option<Entry>, Option<Queue>), OutboxError> {
        let entry = match destination.deliver {
            Deliver::State => self.outbox().entry(key, EntryKey::Alert(alert.fingerprint)).await?,
            // What a tick found out about a later revision is not known yet when this one is notified.
            Deliver::Changes => {
                let entries = self.outbox().entries(key, MOST_ENTRIES).await?;
                entries.into_iter().rfind(|entry| entry.revision <= alert.revision)
            }
        };
        let queue = self.outbox().queue(key).await?;
        let is_dealt_with = |entry: &Entry| {
            entry.order > 0 && queue.as_ref().is_some_and(|queue| entry.order <= queue.sent_order)
        };
        let is_changes = destination.deliver == Deliver::Changes;
        Ok((entry.filter(|entry| !(is_changes && is_dealt_with(entry))), queue))
    }

    /// Makes the queue due at `due.at` at the latest. Read anew, since what is pending was written: a sender who did not
    /// see it will find it when it looks again after its attempt, or finds that the queue has changed.
    pub(super) async fn make_due(
        &self,
        key: &QueueKey,
        labels: &Labels,
        due: Due,
    ) -> Result<bool, OutboxError> {
        let now = self.now();
        for _ in 0..MOST_CONFLICTS {
            let known = self.outbox().queue(key).await?;
            let mut queue = known.unwrap_or_else(|| Queue::new(key.clone(), labels.clone()));
            if is_due_by(&queue, due, now) {
                return Ok(due.at <= now && !queue.is_claimed(now));
            }
            queue.due_at = earlier(queue.due_at, Some(due.at));
            queue.priority = queue.priority.max(Some(due.priority));
            if self.outbox().put_queue(&mut queue).await? == Written::Done {
                return Ok(due.at <= now && !queue.is_claimed(now));
            }
        }
        Err(gave_up("make a queue due"))
    }
}

fn is_known_in(queue: &Queue, fingerprint: Fingerprint) -> bool {
    queue.notified.contains_key(&fingerprint) || queue.maybe_notified.contains_key(&fingerprint)
}

/// Whether the queue, of one alert alone, knows a later revision than that of an opening which comes so much later than
/// what was sent last that it is no batch that comes again.
fn is_of_former_life(cause: Cause<'_>, alert: &Alert, queue: &Queue) -> bool {
    let Cause::Change(change) = cause else { return false };
    change.event() == Some(channels::Event::Opened)
        && queue.sent_order > alert.revision.saturating_mul(2)
        && queue.last_sent_at.is_some_and(|sent_at| change.at > after(sent_at, STREAM_SECS))
}

/// Whether a new run of firing begins, which opens in a group of its own time. The run for which somebody else has chosen a
/// group meanwhile stays there.
fn begins_anew(
    cause: Cause<'_>,
    alert: &Alert,
    routing: Option<&RoutingState>,
    now: jiff::Timestamp,
) -> bool {
    let Some(known) = routing.filter(|routing| routing.expires_at.is_none()) else { return true };
    // A comparison remembers no beginning that is still to come, as where the clock was put back.
    let began_at = alert.started_at.unwrap_or(alert.condition_since).min(now);
    let Cause::Change(change) = cause else { return began_at > known.opened_at };
    let is_opening = matches!(change.event(), Some(channels::Event::Opened | channels::Event::Reopened));
    is_opening && known.opened_at < change.at && known.opened_at != began_at
}

fn is_due_by(queue: &Queue, due: Due, now: jiff::Timestamp) -> bool {
    let is_soon = queue.due_at.is_some_and(|at| at <= due.at);
    let is_urgent = queue.priority >= Some(due.priority);
    match queue.claimed_until {
        Some(until) if until > now => is_soon,
        // The claim of somebody who crashed: the queue is due by that alone.
        Some(_) => true,
        None => queue.retry_at.is_some() || (is_soon && is_urgent),
    }
}
