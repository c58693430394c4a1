//! How what was notified of one alert differs from what is.

use alert::{Alert, Condition};
use channels::Event;

use crate::{Destination, Entry, Notified, Queue};

/// How what was notified of one alert differs from what is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Difference {
    /// Nothing was notified of it, and it fires.
    Opened(Event),
    /// It fires, and is worse or milder than was notified.
    Severity(Event),
    /// It was notified, and is over.
    Ended(Event),
    /// Somebody has it, or nobody has any more.
    Handling(Event),
}

impl Difference {
    pub(super) const fn event(self) -> Event {
        match self {
            Self::Opened(event) | Self::Severity(event) | Self::Ended(event) | Self::Handling(event) => event,
        }
    }

    /// Whether a silence withholds it.
    pub(super) const fn is_withheld_by_mutes(self) -> bool {
        matches!(self, Self::Opened(_) | Self::Severity(_))
    }
}

/// How what was notified of `alert` differs from what is; `entry` says what is known to have happened to it.
pub(super) fn difference(
    destination: &Destination,
    queue: &Queue,
    entry: &Entry,
    alert: &Alert,
) -> Option<Difference> {
    let notified = queue.notified.get(&alert.fingerprint);
    if alert.condition != Condition::Firing {
        return ended(destination, queue, entry, alert).map(Difference::Ended);
    }
    // It fires again, and routing has not decided yet whether that is notified.
    if entry.is_over {
        return None;
    }
    let Some(notified) = notified else {
        let event = if entry.event == Event::Reopened { Event::Reopened } else { Event::Opened };
        return Some(Difference::Opened(event));
    };
    // What the destination only may know counts as well: what differs from either is said.
    let known = || queue.maybe_notified.get(&alert.fingerprint).into_iter().chain([notified]);
    known()
        .find_map(|known| severity(known, alert))
        .or_else(|| known().find_map(|known| handling(destination, known, alert)))
}

fn ended(destination: &Destination, queue: &Queue, entry: &Entry, alert: &Alert) -> Option<Event> {
    let fingerprint = alert.fingerprint;
    let is_notified =
        queue.notified.contains_key(&fingerprint) || queue.maybe_notified.contains_key(&fingerprint);
    let is_wanted_alone = destination.notify_on.is_recoveries_only() && entry.event == Event::Resolved;
    let event = if alert.condition == Condition::Expired { Event::Expired } else { Event::Resolved };
    (is_notified || is_wanted_alone).then_some(event)
}

fn severity(notified: &Notified, alert: &Alert) -> Option<Difference> {
    match alert.severity.cmp(&notified.severity) {
        std::cmp::Ordering::Greater => Some(Difference::Severity(Event::Escalated)),
        std::cmp::Ordering::Less => Some(Difference::Severity(Event::Deescalated)),
        std::cmp::Ordering::Equal => None,
    }
}

fn handling(destination: &Destination, notified: &Notified, alert: &Alert) -> Option<Difference> {
    let lifecycle = destination.channel.lifecycle();
    match (notified.is_acknowledged, alert.acknowledgement.is_some()) {
        (false, true) if lifecycle.acknowledges => Some(Difference::Handling(Event::Acknowledged)),
        (true, false) if lifecycle.unacknowledges => Some(Difference::Handling(Event::Unacknowledged)),
        _ => None,
    }
}
