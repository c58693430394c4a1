//! What there is to say with `deliver: state`.

use std::collections::{BTreeMap, BTreeSet};

use alert::{Alert, Fingerprint, Severity};
use channels::{AlertSubject, Event, Subject};
use jiff::Timestamp;

use super::difference::{Difference, difference};
use super::{Composed, Present, Withheld, notification};
use crate::span::after;
use crate::{Covered, Destination, Entry, Notified, Queue, WaitingReason};

/// One alert of which there is something to say.
pub(super) struct Part<'a> {
    pub(super) entry: &'a Entry,
    pub(super) alert: &'a Alert,
    pub(super) difference: Difference,
    pub(super) notified: Option<Notified>,
}

pub(super) fn compose(
    destination: &Destination,
    queue: &Queue,
    entries: &[Entry],
    present: &Present,
    now: Timestamp,
) -> Composed {
    let mut composed = Composed::default();
    let mut parts = Vec::new();
    for entry in entries {
        parts.extend(part(&mut composed, destination, queue, entry, present, now));
    }
    // What is over, and whose end the destination does not want, is only forgotten.
    let is_said = |part: &Part<'_>| {
        !matches!(part.difference, Difference::Ended(_)) || is_end_wanted(destination, part.alert)
    };
    composed.covers.extend(parts.iter().map(|part| covered(destination, part)));
    parts.retain(is_said);
    composed.notification = if parts.is_empty() {
        reminder(destination, queue, entries, present, now)
    } else {
        Some(said(destination, queue, &parts, present, &composed, now))
    };
    composed
}

fn part<'a>(
    composed: &mut Composed,
    destination: &Destination,
    queue: &Queue,
    entry: &'a Entry,
    present: &'a Present,
    now: Timestamp,
) -> Option<Part<'a>> {
    let Some(alert) = present.alerts.get(&entry.fingerprint) else {
        composed.covers.push(forgotten(entry));
        return None;
    };
    let Some(difference) = difference(destination, queue, entry, alert) else {
        composed.void.push((entry.key(), entry.revision));
        composed.came_and_went += usize::from(came_and_went(queue, entry, alert));
        return None;
    };
    let mutes = present.contexts.get(&entry.fingerprint).and_then(|context| context.mutes(destination));
    let mutes = mutes.filter(|_| difference.is_withheld_by_mutes());
    if let Some((reason, until)) = mutes.or_else(|| rung(destination, queue, alert, difference, now)) {
        let (fingerprint, revision) = (entry.fingerprint, entry.revision);
        composed.withheld.push(Withheld { fingerprint, revision, reason, until, event: difference.event() });
        return None;
    }
    let notified =
        notified_after(destination, queue.notified.get(&entry.fingerprint), alert, difference, now);
    Some(Part { entry, alert, difference, notified })
}

/// Until when the rung of the ladder is not reached, of a run that began after the one by which the entry became pending.
fn rung(
    destination: &Destination,
    queue: &Queue,
    alert: &Alert,
    difference: Difference,
    now: Timestamp,
) -> Option<(WaitingReason, Timestamp)> {
    let until = after(alert.condition_since, destination.after_secs?);
    let is_opening = matches!(difference, Difference::Opened(_));
    let is_untold = is_opening && !queue.maybe_notified.contains_key(&alert.fingerprint);
    (is_untold && until > now).then_some((WaitingReason::Rung, until))
}

/// An alert that is not there any more: whatever was notified of it is forgotten.
fn forgotten(entry: &Entry) -> Covered {
    let (key, fingerprint, revision) = (entry.key(), entry.fingerprint, entry.revision);
    Covered { key, fingerprint, revision, is_final: true, notified: None }
}

fn came_and_went(queue: &Queue, entry: &Entry, alert: &Alert) -> bool {
    let is_untold = !queue.notified.contains_key(&entry.fingerprint);
    is_untold
        && alert.condition != alert::Condition::Firing
        && queue.last_sent_at.is_none_or(|last| entry.at >= last)
}

/// What the destination knows of `alert` once it was notified.
fn notified_after(
    destination: &Destination,
    notified: Option<&Notified>,
    alert: &Alert,
    difference: Difference,
    now: Timestamp,
) -> Option<Notified> {
    let was_acknowledged = notified.is_some_and(|notified| notified.is_acknowledged);
    let is_acknowledged = match difference {
        Difference::Ended(_) => return None,
        Difference::Opened(_) => false,
        Difference::Severity(Event::Escalated) => {
            was_acknowledged && destination.channel.lifecycle().unacknowledges
        }
        Difference::Severity(_) => was_acknowledged,
        Difference::Handling(event) => event == Event::Acknowledged,
    };
    let since = notified.map_or(now, |notified| notified.since);
    Some(Notified { revision: alert.revision, severity: alert.severity, since, is_acknowledged })
}

fn covered(destination: &Destination, part: &Part<'_>) -> Covered {
    let lifecycle = destination.channel.lifecycle();
    let is_acknowledged = part.alert.acknowledgement.is_some();
    let is_final = part.notified.as_ref().is_none_or(|notified| {
        let is_owed = if is_acknowledged { lifecycle.acknowledges } else { lifecycle.unacknowledges };
        notified.is_acknowledged == is_acknowledged || !is_owed
    });
    Covered {
        key: part.entry.key(),
        fingerprint: part.entry.fingerprint,
        revision: part.entry.revision,
        is_final,
        notified: part.notified.clone(),
    }
}

fn is_end_wanted(destination: &Destination, alert: &Alert) -> bool {
    destination.notify_on.selects_end(alert) || destination.channel.lifecycle().opens_incidents
}

fn said(
    destination: &Destination,
    queue: &Queue,
    parts: &[Part<'_>],
    present: &Present,
    composed: &Composed,
    now: Timestamp,
) -> channels::Notification {
    let members: BTreeSet<Fingerprint> =
        queue.notified.keys().copied().chain(parts.iter().map(|part| part.entry.fingerprint)).collect();
    let id = id(queue);
    if let ([part], 1) = (parts, members.len()) {
        let subject = Subject::Alert(Box::new(alone(queue, part)));
        return notification(queue, id, part.difference.event(), subject, part.entry.at);
    }
    let (event, subject) = super::group::subject(destination, queue, parts, present, composed);
    notification(queue, id, event, Subject::Group(Box::new(subject)), now)
}

fn id(queue: &Queue) -> String {
    format!("{}-{}", queue.key.group, queue.number.saturating_add(1))
}

fn alone(queue: &Queue, part: &Part<'_>) -> AlertSubject {
    let notified = queue.notified.get(&part.entry.fingerprint);
    let is_handling = matches!(part.difference, Difference::Handling(_));
    AlertSubject {
        alert: part.alert.clone(),
        previous_severity: notified
            .map(|notified| notified.severity)
            .filter(|known| *known != part.alert.severity),
        flapped: part.entry.flapped,
        announced: None,
        by: part.entry.by.clone().filter(|_| is_handling),
        note: part.entry.note.clone().filter(|_| is_handling),
    }
}

/// That it still fires, if that is to be said and nothing withholds it.
fn reminder(
    destination: &Destination,
    queue: &Queue,
    entries: &[Entry],
    present: &Present,
    now: Timestamp,
) -> Option<channels::Notification> {
    let due = after(queue.last_sent_at?, destination.repeat_secs?);
    if due > now || !entries.is_empty() {
        return None;
    }
    let is_to_be_reminded_of = |fingerprint: &&Fingerprint| {
        let Some(alert) = present.alerts.get(*fingerprint) else { return false };
        let is_muted =
            present.contexts.get(*fingerprint).is_some_and(|context| context.mutes(destination).is_some());
        let is_taken = destination.unless_acknowledged && alert.acknowledgement.is_some();
        alert.condition == alert::Condition::Firing && !is_muted && !is_taken
    };
    queue.notified.keys().find(is_to_be_reminded_of)?;
    let alone = queue.notified.iter().next().filter(|_| queue.notified.len() == 1);
    let alone =
        alone.and_then(|(fingerprint, known)| Some((present.alerts.get(fingerprint)?, known.severity)));
    let subject = if let Some((alert, severity)) = alone {
        // A rise is a notification of its own.
        let alert = Alert { severity, ..alert.clone() };
        let (previous_severity, announced, by, note) = (None, None, None, None);
        Subject::Alert(Box::new(AlertSubject { alert, previous_severity, flapped: 0, announced, by, note }))
    } else {
        let composed = Composed::default();
        Subject::Group(Box::new(super::group::subject(destination, queue, &[], present, &composed).1))
    };
    Some(notification(queue, id(queue), Event::Reminder, subject, now))
}

/// What the destination knows of the group once `parts` were notified, by alert.
pub(super) fn severities(queue: &Queue, parts: &[Part<'_>]) -> BTreeMap<Fingerprint, Severity> {
    let mut severities: BTreeMap<_, _> =
        queue.notified.iter().map(|(fingerprint, notified)| (*fingerprint, notified.severity)).collect();
    for part in parts {
        match &part.notified {
            Some(notified) => severities.insert(part.entry.fingerprint, notified.severity),
            None => severities.remove(&part.entry.fingerprint),
        };
    }
    severities
}
