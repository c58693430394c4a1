//! What a queue has to say: what the destination was notified, compared with what is.
//!
//! With `deliver: state` entries only name the alerts to compare; what is said is the present state, so nothing that opened
//! and ended in between is notified, and a backlog is one notification. With `deliver: changes` each entry is said as it is,
//! in order.

mod changes;
mod difference;
mod group;
mod state;

use std::collections::HashMap;

use alert::{Alert, Fingerprint};
use channels::{Deliver, Event, Links, Notification, Subject};
use jiff::Timestamp;

use crate::{Covered, Destination, Entry, EntryKey, Queue, RoutingContext, WaitingReason};

/// What a queue has to say, and what follows for what is pending in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Composed {
    /// What is said; none if there is nothing to say.
    pub notification: Option<Notification>,
    /// The entries that are dealt with when it was sent, or at once if nothing is said.
    pub covers: Vec<Covered>,
    /// Entries that say nothing new, with their revisions.
    pub void: Vec<(EntryKey, u64)>,
    /// How many of those opened and ended untold since the last notification.
    pub came_and_went: usize,
    /// What something mutes by now.
    pub withheld: Vec<Withheld>,
}

/// A change that is withheld although it was pending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// The alert.
    pub fingerprint: Fingerprint,
    /// The entry's revision.
    pub revision: u64,
    /// What withholds it.
    pub reason: WaitingReason,
    /// When to decide again.
    pub until: Timestamp,
    /// What would have been notified.
    pub event: Event,
}

/// The alerts as they are now, and what mutes each of them.
#[derive(Debug, Clone, Default)]
pub struct Present {
    /// By fingerprint; what is not there any more is missing.
    pub alerts: HashMap<Fingerprint, Alert>,
    /// By fingerprint; without an entry nothing mutes.
    pub contexts: HashMap<Fingerprint, RoutingContext>,
}

/// What `queue` has to say at `now`; `entries` are all that is pending in it.
pub fn compose(
    destination: &Destination,
    queue: &Queue,
    entries: &[Entry],
    present: &Present,
    now: Timestamp,
) -> Composed {
    match destination.deliver {
        Deliver::State => state::compose(destination, queue, entries, present, now),
        Deliver::Changes => changes::compose(destination, queue, entries),
    }
}

/// The fingerprints of the alerts that [`compose`] needs: what is pending, and the worst that was notified, as many as can be
/// named; for a reminder all that was notified.
pub fn needed(destination: &Destination, queue: &Queue, entries: &[Entry]) -> Vec<Fingerprint> {
    if destination.deliver == Deliver::Changes {
        return Vec::new();
    }
    let mut notified: Vec<_> =
        queue.notified.iter().map(|(fingerprint, notified)| (notified.severity, *fingerprint)).collect();
    notified.sort_unstable_by(|one, other| other.cmp(one));
    let named = if entries.is_empty() { notified.len() } else { destination.channel.most_alerts().max(10) };
    let mut needed: Vec<_> = entries.iter().map(|entry| entry.fingerprint).collect();
    needed.extend(notified.into_iter().take(named).map(|(_, fingerprint)| fingerprint));
    needed.sort_unstable();
    needed.dedup();
    needed
}

fn notification(queue: &Queue, id: String, event: Event, subject: Subject, at: Timestamp) -> Notification {
    Notification {
        id,
        group: queue.key.group.to_string(),
        event,
        subject,
        at,
        is_first: queue.notified.is_empty() && queue.maybe_notified.is_empty(),
        links: Links::default(),
    }
}

#[cfg(test)]
mod tests;
