//! Whether a destination is notified of what happened to an alert, now, later or never.
//!
//! [`route`] is pure. It is asked when an alert changed, when something that was waited for has passed, and when what was
//! notified is compared with what is; all three go the same way. It is notified what the destination knows (`notified`) and what is
//! still pending for it, and yields what to write.

mod due;
mod ending;
mod firing;

use alert::{Alert, Condition};
use channels::{AlertSubject, Deliver, Event};
use jiff::Timestamp;

pub use due::{Due, due};

use crate::{
    ChangeReason, Destination, Entry, GroupId, InFlight, Notified, Queue, RoutingContext, RoutingState,
    StateChange,
};

/// Why [`route`] is asked.
#[derive(Debug, Clone, Copy)]
pub enum Cause<'a> {
    /// The alert changed.
    Change(&'a StateChange),
    /// What was waited for has passed, or may have.
    Waited,
    /// What was notified is compared with what is.
    Reconciled,
}

/// What is known of an alert at a destination.
#[derive(Debug, Clone, Copy)]
pub struct KnownParts<'a> {
    /// What routing remembers.
    pub routing: Option<&'a RoutingState>,
    /// The head of the queue of the alert's group.
    pub queue: Option<&'a Queue>,
    /// The newest entry that is pending of the alert. To be read before the queue: else it may be sent, and forgotten, in
    /// between.
    pub pending: Option<&'a Entry>,
    /// The group the alert is in, or would open in.
    pub group: GroupId,
}

/// What to write: the entry first, then when it is due, then what is remembered. Nothing is to be written of what is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Routed {
    /// What is pending from now on.
    pub entry: Option<Entry>,
    /// When the queue is due, at the latest.
    pub due: Option<Due>,
    /// What routing remembers from now on.
    pub routing: Option<RoutingState>,
}

/// One question to routing.
pub(crate) struct Routing<'a> {
    destination: &'a Destination,
    cause: Cause<'a>,
    alert: &'a Alert,
    known: KnownParts<'a>,
    context: &'a RoutingContext,
}

/// Whether `destination` is notified of `alert`, as it is now or right after a change.
pub fn route(
    destination: &Destination,
    cause: Cause<'_>,
    alert: &Alert,
    known: KnownParts<'_>,
    context: &RoutingContext,
) -> Routed {
    let routing = Routing { destination, cause, alert, known, context };
    if !destination.is_enabled {
        return Routed::default();
    }
    match routing.event() {
        None => routing.settled(),
        Some(Event::Acknowledged | Event::Unacknowledged) => routing.handled(),
        Some(event @ (Event::Resolved | Event::Expired)) => routing.ended(event),
        Some(event) => routing.fired(event),
    }
}

impl<'a> Routing<'a> {
    /// What happened: said by the change, else seen by comparing what was notified with what is.
    fn event(&self) -> Option<Event> {
        match self.cause {
            Cause::Change(change) => change.event(),
            Cause::Waited | Cause::Reconciled => self.difference(),
        }
    }

    fn difference(&self) -> Option<Event> {
        // What is pending says what is, whatever was notified before.
        let is_end_pending = self.known.pending.is_some_and(|entry| entry.is_over);
        if self.alert.condition != Condition::Firing {
            if is_end_pending {
                return None;
            }
            let is_known = self.may_be_notified() || self.is_opening_pending();
            let event =
                if self.alert.condition == Condition::Expired { Event::Expired } else { Event::Resolved };
            return is_known.then_some(event);
        }
        let Some(severity) = self.known_severity() else {
            let waited = self.known.routing.and_then(|routing| routing.waiting.as_ref());
            return Some(waited.map_or(Event::Opened, |waiting| waiting.event).opening());
        };
        // What the destination may have got meanwhile counts as well.
        let mut known = [Some(severity), self.doubtful_severity()].into_iter().flatten();
        let known = known.find(|known| *known != self.alert.severity)?;
        Some(if self.alert.severity > known { Event::Escalated } else { Event::Deescalated })
    }

    /// How bad the destination may believe the alert to be, where nobody knows whether an attempt arrived and nothing is
    /// pending that would say it.
    fn doubtful_severity(&self) -> Option<alert::Severity> {
        let queue = self.known.queue.filter(|_| self.known.pending.is_none())?;
        queue.maybe_notified.get(&self.alert.fingerprint).map(|notified| notified.severity)
    }

    fn notified(&self) -> Option<&'a Notified> {
        self.known.queue?.notified.get(&self.alert.fingerprint)
    }

    /// Whether the destination knows that it fires, or may: its end is then notified. What it only may know is notified anew.
    fn may_be_notified(&self) -> bool {
        let Some(queue) = self.known.queue else { return false };
        let fingerprint = &self.alert.fingerprint;
        let is_covered = |in_flight: &InFlight| {
            in_flight.is_ambiguous
                && in_flight.covers.iter().any(|covered| covered.fingerprint == *fingerprint)
        };
        queue.notified.contains_key(fingerprint)
            || queue.maybe_notified.contains_key(fingerprint)
            || queue.in_flight.as_ref().is_some_and(is_covered)
    }

    fn is_opening_pending(&self) -> bool {
        self.known.pending.is_some_and(|entry| !entry.is_over)
    }

    /// How bad the destination knows the alert to be, or will, once it has what is pending; none if it knows nothing.
    fn known_severity(&self) -> Option<alert::Severity> {
        match self.known.pending {
            Some(entry) if entry.is_over => None,
            Some(entry) => Some(entry.severity),
            None => self.notified().map(|notified| notified.severity),
        }
    }

    /// Nothing is to be notified; what waited waits no more.
    fn settled(&self) -> Routed {
        // What is pending may be withheld at this very moment, and waits then.
        let is_pending = self.known.pending.is_some();
        let routing = self.known.routing.filter(|routing| routing.waiting.is_some() && !is_pending);
        // An alert that is over leaves its state to be forgotten: a blip costs one write.
        if self.alert.condition != Condition::Firing {
            return Routed::default();
        }
        Routed {
            routing: routing.map(|routing| RoutingState { waiting: None, ..routing.clone() }),
            ..Routed::default()
        }
    }

    /// Somebody has it, or nobody has any more.
    fn handled(&self) -> Routed {
        let is_withdrawn =
            !matches!(self.cause, Cause::Change(StateChange { reason: ChangeReason::Acknowledged, .. }));
        let is_known = self.known_severity().is_some();
        let lifecycle = self.destination.channel.lifecycle();
        if is_known && if is_withdrawn { lifecycle.unacknowledges } else { lifecycle.acknowledges } {
            let event = if is_withdrawn { Event::Unacknowledged } else { Event::Acknowledged };
            return self.pending(event, None);
        }
        let is_stopped = self.known.routing.is_some_and(|routing| routing.is_stopped);
        if is_withdrawn && is_stopped && !is_known && self.alert.condition == Condition::Firing {
            return self.fired(Event::Opened);
        }
        Routed::default()
    }

    /// `event` is pending from now on; `routing` takes the place of what was remembered.
    fn pending(&self, event: Event, routing: Option<RoutingState>) -> Routed {
        let flapped = self.known.routing.map_or(0, |routing| routing.damping.withheld);
        let entry = self.entry(event, flapped);
        Routed {
            due: Some(due(self.destination, self.known.queue, &entry, self.context.now)),
            entry: Some(entry),
            routing,
        }
    }

    fn entry(&self, event: Event, flapped: u64) -> Entry {
        let (by, note) = match self.cause {
            Cause::Change(StateChange { reason: ChangeReason::Unacknowledged { by, note }, .. }) => {
                (by.clone(), note.clone())
            }
            _ => {
                self.alert.acknowledgement.clone().map_or((None, None), |known| (Some(known.by), known.note))
            }
        };
        let is_change = matches!(self.cause, Cause::Change(_));
        let entry = Entry {
            fingerprint: self.alert.fingerprint,
            revision: self.alert.revision,
            order: self.alert.revision.saturating_mul(2).saturating_add(u64::from(!is_change)),
            severity: self.alert.severity,
            event,
            is_over: matches!(event, Event::Resolved | Event::Expired),
            at: self.at(),
            flapped,
            by,
            note,
            subject: None,
        };
        let subject = (self.destination.deliver == Deliver::Changes).then(|| Box::new(self.subject(&entry)));
        Entry { subject, ..entry }
    }

    fn subject(&self, entry: &Entry) -> AlertSubject {
        let is_handling = matches!(entry.event, Event::Acknowledged | Event::Unacknowledged);
        let previous = match self.cause {
            Cause::Change(change) => self.known_severity().or(change.previous_severity),
            Cause::Waited | Cause::Reconciled => self.known_severity(),
        };
        AlertSubject {
            alert: self.alert.clone(),
            previous_severity: previous.filter(|severity| *severity != self.alert.severity),
            flapped: entry.flapped,
            announced: None,
            by: entry.by.clone().filter(|_| is_handling),
            note: entry.note.clone().filter(|_| is_handling),
        }
    }

    /// When it happened, by our clock.
    fn at(&self) -> Timestamp {
        match self.cause {
            Cause::Change(change) => change.at,
            Cause::Waited | Cause::Reconciled => self.context.now,
        }
    }
}

/// What an event is to a destination that knows nothing of the alert.
trait Opening {
    /// A rise or fall is then an opening.
    fn opening(self) -> Self;
}

impl Opening for Event {
    fn opening(self) -> Self {
        if self == Self::Reopened { Self::Reopened } else { Self::Opened }
    }
}

#[cfg(test)]
mod tests;
