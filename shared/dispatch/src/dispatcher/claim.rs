//! A queue is claimed: what it has to say is made, and written down with the claim before it is sent.
//!
//! The claim keeps everybody else from sending for the same queue. It ends by itself, so that a crash holds up nothing; what
//! was under way is then ambiguous, and repeated with the same id unless something else is to be said by now.

use alert::Fingerprint;
use channels::{Deliver, Progress};
use jiff::Timestamp;

use super::routing::MOST_ENTRIES;
use super::{Dispatcher, RunContext};
use crate::compose::{Composed, Present, compose, needed};
use crate::span::after;
use crate::{
    Covered, Destination, Entry, InFlight, OutboxError, Queue, RoutingState, Waiting, Withheld, Written,
};

/// For how long a queue is claimed, in seconds: longer than any attempt takes.
const CLAIM_SECS: i64 = 120;

/// What became of a claim.
pub(super) enum Claim {
    /// The queue is claimed, with what is to be said.
    Claimed(Box<Queue>),
    /// Nothing is to be said.
    Quiet,
    /// Somebody else was first.
    Lost,
}

impl Dispatcher {
    /// Claims `queue`, if it has something to say.
    pub(super) async fn claim(
        &self,
        run: &RunContext,
        destination: &Destination,
        mut queue: Queue,
    ) -> Result<Claim, OutboxError> {
        let now = self.now();
        let entries = self.outbox().entries(&queue.key, MOST_ENTRIES).await?;
        let present = self.present(run, destination, &queue, &entries).await?;
        let composed = prepare(destination, &mut queue, &entries, &present, now);
        for withheld in &composed.withheld {
            self.withhold(destination, &queue, withheld, now).await?;
        }
        let Some(notification) = composed.notification.clone() else {
            let is_settled = self.settle_quietly(destination, queue, composed).await?;
            return Ok(if is_settled { Claim::Quiet } else { Claim::Lost });
        };
        queue.came_and_went = queue.came_and_went.saturating_add(composed.came_and_went);
        queue.claimed_until = Some(after(now, CLAIM_SECS));
        queue.due_at = None;
        queue.first_attempt_at = queue.first_attempt_at.or(Some(now));
        let is_same = |known: &InFlight| known.notification.id == notification.id && known.is_ambiguous;
        let was_ambiguous = queue.in_flight.as_ref().is_some_and(is_same);
        let covers = composed.covers;
        queue.in_flight = Some(InFlight { notification, covers, is_ambiguous: true, was_ambiguous });
        if self.outbox().put_queue(&mut queue).await? == Written::Conflict {
            return Ok(Claim::Lost);
        }
        for (key, revision) in &composed.void {
            self.outbox().delete_entry(&queue.key, *key, *revision).await?;
        }
        Ok(Claim::Claimed(Box::new(queue)))
    }

    /// The alerts that the queue speaks of, as they are now.
    pub(super) async fn present(
        &self,
        run: &RunContext,
        destination: &Destination,
        queue: &Queue,
        entries: &[Entry],
    ) -> Result<Present, OutboxError> {
        let needed = needed(destination, queue, entries);
        if needed.is_empty() {
            return Ok(Present::default());
        }
        let alerts = self.ports.alerts.alerts(&needed).await?;
        let mut present = Present::default();
        let is_pending = |fingerprint: &Fingerprint| {
            entries.is_empty() || entries.iter().any(|entry| entry.fingerprint == *fingerprint)
        };
        for (fingerprint, alert) in alerts {
            if is_pending(&fingerprint) {
                present.contexts.insert(fingerprint, self.context(run, &alert).await?);
            }
            present.alerts.insert(fingerprint, alert);
        }
        Ok(present)
    }

    /// What something mutes by now is not pending any more, but waits.
    async fn withhold(
        &self,
        destination: &Destination,
        queue: &Queue,
        withheld: &Withheld,
        now: Timestamp,
    ) -> Result<(), OutboxError> {
        let mut known = self.outbox().known(withheld.fingerprint).await?;
        let fresh = || RoutingState::new(withheld.fingerprint, &destination.id, queue.key.group, now);
        let mut routing = known.routing.remove(&destination.id).unwrap_or_else(fresh);
        routing.waiting =
            Some(Waiting { until: withheld.until, reason: withheld.reason.clone(), event: withheld.event });
        routing.expires_at = None;
        self.note_inhibited(&routing).await?;
        // Whoever wrote meanwhile has decided anew; the entry then stays, and is looked at again.
        if self.outbox().put_routing(&mut routing).await? == Written::Done {
            let key = crate::EntryKey::Alert(withheld.fingerprint);
            self.outbox().delete_entry(&queue.key, key, withheld.revision).await?;
        }
        Ok(())
    }

    /// Nothing is to be said: what is covered or void goes, and the queue is due again when something else is. It is claimed
    /// for that, so that nothing which is pending meanwhile is overlooked.
    async fn settle_quietly(
        &self,
        destination: &Destination,
        mut queue: Queue,
        composed: Composed,
    ) -> Result<bool, OutboxError> {
        queue.claimed_until = Some(after(self.now(), CLAIM_SECS));
        queue.due_at = None;
        if self.outbox().put_queue(&mut queue).await? == Written::Conflict {
            return Ok(false);
        }
        let covered = composed.covers.iter().filter(|covered| covered.is_final);
        let gone: Vec<_> = covered
            .map(|covered| (covered.key, covered.revision))
            .chain(composed.void.iter().copied())
            .collect();
        let is_left = |entry: &&Entry| !gone.contains(&(entry.key(), entry.revision));
        let ended = self
            .end_claim(queue, |mut queue, entries| {
                let left: Vec<_> = entries.iter().filter(is_left).collect();
                apply(&mut queue, &composed.covers);
                queue.came_and_went = queue.came_and_went.saturating_add(composed.came_and_went);
                self.reset(destination, &mut queue, &left);
                queue
            })
            .await?;
        let Some(queue) = ended else { return Ok(false) };
        for (key, revision) in gone {
            self.outbox().delete_entry(&queue.key, key, revision).await?;
        }
        Ok(true)
    }
}

/// What `queue` says next: what was under way, if that is to be continued or repeated, else what there is to say now.
pub(super) fn prepare(
    destination: &Destination,
    queue: &mut Queue,
    entries: &[Entry],
    present: &Present,
    now: Timestamp,
) -> Composed {
    let Some(in_flight) = queue.in_flight.clone() else {
        return compose(destination, queue, entries, present, now);
    };
    let again = || Composed {
        notification: Some(in_flight.notification.clone()),
        covers: in_flight.covers.clone(),
        ..Composed::default()
    };
    if queue.progress != Progress::default() {
        return again();
    }
    if destination.deliver == Deliver::Changes && in_flight.is_ambiguous {
        pass_over_earlier(queue, &in_flight.covers);
    }
    let composed = compose(destination, queue, entries, present, now);
    if !in_flight.is_ambiguous || destination.deliver == Deliver::Changes {
        return composed;
    }
    if composed.notification.is_some() && says_the_same(&composed.covers, &in_flight.covers) {
        return Composed { notification: Some(in_flight.notification), ..composed };
    }
    // The destination may have it. What is said now is another notification, and counts on neither.
    queue.number = queue.number.saturating_add(1);
    doubt(queue, in_flight.covers);
    compose(destination, queue, entries, present, now)
}

/// What comes late, and is older than what the destination may have, is not notified behind it.
fn pass_over_earlier(queue: &mut Queue, covers: &[Covered]) {
    let order = covers.iter().filter_map(|covered| match covered.key {
        crate::EntryKey::Order(order) => Some(order),
        crate::EntryKey::Alert(_) => None,
    });
    queue.sent_order = queue.sent_order.max(order.min().map_or(0, |order| order.saturating_sub(1)));
}

/// What `covers` say may be known, or not: what may have begun or changed is changed back or notified over, and what may be
/// over is notified anew where it fires.
fn doubt(queue: &mut Queue, covers: Vec<Covered>) {
    for Covered { fingerprint, notified, .. } in covers {
        match notified {
            Some(notified) => drop(queue.maybe_notified.insert(fingerprint, notified)),
            None => queue.maybe_notified.extend(queue.notified.remove_entry(&fingerprint)),
        }
    }
}

fn says_the_same(one: &[Covered], other: &[Covered]) -> bool {
    let said = |covered: &[Covered]| -> Vec<_> {
        covered
            .iter()
            .map(|covered| {
                (covered.key, covered.revision, covered.notified.as_ref().map(|notified| notified.severity))
            })
            .collect()
    };
    said(one) == said(other)
}

/// The destination knows what `covers` say.
pub(super) fn apply(queue: &mut Queue, covers: &[Covered]) {
    for covered in covers {
        match &covered.notified {
            Some(notified) => drop(queue.notified.insert(covered.fingerprint, notified.clone())),
            None => drop(queue.notified.remove(&covered.fingerprint)),
        }
        queue.maybe_notified.remove(&covered.fingerprint);
        if let crate::EntryKey::Order(order) = covered.key {
            queue.sent_order = queue.sent_order.max(order);
        }
    }
}
