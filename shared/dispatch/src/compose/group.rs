//! What is said of several alerts at once.

use alert::{Alert, Fingerprint, Severity};
use channels::{Event, GroupSubject, SeverityCounts};

use super::difference::Difference;
use super::state::{Part, severities};
use super::{Composed, Present};
use crate::{Destination, Queue};

/// What happened to the group, and what is said of it.
pub(super) fn subject(
    destination: &Destination,
    queue: &Queue,
    parts: &[Part<'_>],
    present: &Present,
    composed: &Composed,
) -> (Event, GroupSubject) {
    let after = severities(queue, parts);
    let mut firing = SeverityCounts::new();
    for severity in after.values() {
        *firing.entry(*severity).or_default() += 1;
    }
    let ended = || parts.iter().filter(|part| matches!(part.difference, Difference::Ended(_)));
    let worst_ended = || ended().map(|part| part.alert.severity).max();
    let worst_notified = queue.worst_notified();
    let worst = after.values().max().copied().or_else(|| worst_notified.max(worst_ended()));
    let worst = worst.unwrap_or(Severity::Info);
    // As bad as is notified: a rise that is withheld is not said by the way.
    let as_notified = |(fingerprint, severity): (&Fingerprint, &Severity)| {
        let alert = present.alerts.get(fingerprint)?;
        Some(Alert { severity: *severity, ..alert.clone() })
    };
    let mut fire: Vec<Alert> = after.iter().filter_map(as_notified).collect();
    fire.sort_by_key(|alert| (std::cmp::Reverse(alert.severity), alert.condition_since, alert.fingerprint));
    fire.truncate(destination.channel.most_alerts());
    let room = destination.channel.most_alerts().saturating_sub(fire.len());
    let named = fire.len();
    let alerts = fire.into_iter().chain(ended().map(|part| part.alert.clone()).take(room)).collect();
    let subject = GroupSubject {
        labels: queue.labels.clone(),
        worst,
        previous_worst: worst_notified.filter(|notified| *notified != worst && !after.is_empty()),
        opened: parts.iter().filter(|part| matches!(part.difference, Difference::Opened(_))).count(),
        resolved: ended().count(),
        came_and_went: queue.came_and_went.saturating_add(composed.came_and_went),
        more: after.len().saturating_sub(named),
        alerts,
        by: by(parts),
        firing,
    };
    (event(queue, parts, &subject), subject)
}

/// Who acknowledged, if that is all that happened.
fn by(parts: &[Part<'_>]) -> Option<String> {
    let is_handling = parts.iter().all(|part| matches!(part.difference, Difference::Handling(_)));
    let part = parts.first().filter(|_| is_handling)?;
    part.alert.acknowledgement.as_ref().map(|known| known.by.clone()).or_else(|| part.entry.by.clone())
}

fn event(queue: &Queue, parts: &[Part<'_>], subject: &GroupSubject) -> Event {
    let worst_notified = queue.worst_notified();
    let is_all =
        |is: fn(&Difference) -> bool| !parts.is_empty() && parts.iter().all(|part| is(&part.difference));
    if subject.firing.is_empty() {
        let is_expired = is_all(|difference| *difference == Difference::Ended(Event::Expired));
        return if is_expired { Event::Expired } else { Event::Resolved };
    }
    match worst_notified {
        None => Event::Opened,
        Some(worst) if subject.worst > worst => Event::Escalated,
        Some(worst) if subject.worst < worst && subject.opened + subject.resolved == 0 => Event::Deescalated,
        Some(_) if is_all(|difference| *difference == Difference::Handling(Event::Acknowledged)) => {
            Event::Acknowledged
        }
        Some(_) if is_all(|difference| *difference == Difference::Handling(Event::Unacknowledged)) => {
            Event::Unacknowledged
        }
        Some(_) => Event::Updated,
    }
}
