//! What there is to say with `deliver: changes`: the oldest entry, as it is.

use channels::{Event, Subject};

use super::{Composed, notification};
use crate::{Covered, Destination, Entry, Notified, Queue};

pub(super) fn compose(destination: &Destination, queue: &Queue, entries: &[Entry]) -> Composed {
    let mut composed = Composed::default();
    let is_dealt_with = |entry: &&Entry| entry.order <= queue.sent_order || is_known(queue, entry, entries);
    composed.void = entries.iter().filter(is_dealt_with).map(|entry| (entry.key(), entry.revision)).collect();
    let Some(entry) = entries.iter().find(|entry| !is_dealt_with(entry)) else {
        return composed;
    };
    composed.covers.push(Covered {
        key: entry.key(),
        fingerprint: entry.fingerprint,
        revision: entry.revision,
        is_final: true,
        notified: notified_after(queue, entry),
    });
    let Some(subject) = entry.subject.clone().filter(|_| !is_unwanted_end(destination, entry)) else {
        return composed;
    };
    let subject = channels::AlertSubject { announced: queue.announced.clone(), ..*subject };
    let subject = Subject::Alert(Box::new(subject));
    composed.notification =
        Some(notification(queue, id(queue, entry), event(queue, entry), subject, entry.at));
    composed
}

/// To who knows nothing of it a rise or fall is an opening; to who knows it an opening that came of comparing is a rise or fall.
fn event(queue: &Queue, entry: &Entry) -> Event {
    let known = queue.notified.get(&entry.fingerprint).map(|notified| notified.severity);
    let is_compared = !entry.order.is_multiple_of(2);
    match (entry.event, known) {
        (Event::Escalated | Event::Deescalated, None) => Event::Opened,
        (Event::Opened | Event::Reopened, Some(known)) if is_compared && entry.severity > known => {
            Event::Escalated
        }
        (Event::Opened | Event::Reopened, Some(known)) if is_compared && entry.severity < known => {
            Event::Deescalated
        }
        (event, _) => event,
    }
}

/// Whether an entry that came of comparing, not of a change, says what the destination knows, or will by what is before it.
fn is_known(queue: &Queue, entry: &Entry, entries: &[Entry]) -> bool {
    if entry.order.is_multiple_of(2) {
        return false;
    }
    let is_before = |other: &&Entry| other.order > queue.sent_order && other.order < entry.order;
    let known = match entries.iter().rfind(is_before) {
        Some(before) => Some(before.severity).filter(|_| !before.is_over),
        None => queue.notified.get(&entry.fingerprint).map(|notified| notified.severity),
    };
    known == Some(entry.severity).filter(|_| !entry.is_over)
}

/// `<fingerprint>-<revision>`; what is notified later of a revision that was notified is notified apart.
fn id(queue: &Queue, entry: &Entry) -> String {
    let id = format!("{}-{}", entry.fingerprint, entry.revision);
    let is_again = entry.order % 2 == 1 && queue.sent_order.saturating_add(1) == entry.order;
    if is_again { id + "-2" } else { id }
}

fn is_unwanted_end(destination: &Destination, entry: &Entry) -> bool {
    let is_wanted = |subject: &channels::AlertSubject| destination.notify_on.selects_end(&subject.alert);
    entry.is_over
        && !destination.channel.lifecycle().opens_incidents
        && !entry.subject.as_deref().is_some_and(is_wanted)
}

fn notified_after(queue: &Queue, entry: &Entry) -> Option<Notified> {
    if entry.is_over {
        return None;
    }
    let known = queue.notified.get(&entry.fingerprint);
    let is_acknowledged = match entry.event {
        Event::Acknowledged => true,
        Event::Unacknowledged | Event::Escalated | Event::Opened | Event::Reopened => false,
        _ => known.is_some_and(|notified| notified.is_acknowledged),
    };
    Some(Notified {
        revision: entry.revision,
        severity: entry.severity,
        since: known.map_or(entry.at, |notified| notified.since),
        is_acknowledged,
    })
}
