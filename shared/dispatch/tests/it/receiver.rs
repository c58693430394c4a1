//! What a person who reads a destination knows: a model of a page.

use std::collections::{BTreeMap, BTreeSet};

use alert::{Alert, Condition, Fingerprint, Severity};
use channels::{Deliver, Event, Subject};
use dispatch::testing::Received;

/// What a reader of one destination knows.
#[derive(Debug, Default)]
pub(crate) struct Receiver {
    /// What fires, and how badly, by group.
    groups: BTreeMap<String, BTreeMap<Fingerprint, Severity>>,
    ids: BTreeSet<String>,
    /// With `deliver: changes`: the last revision of each alert.
    revisions: BTreeMap<Fingerprint, u64>,
    /// How often something was said again.
    pub(crate) repeats: usize,
    /// Ends of what was never said to fire.
    pub(crate) unknown_ends: usize,
}

impl Receiver {
    /// Reads one notification; yields which alerts begin by it, or what is wrong with it.
    pub(crate) fn read(&mut self, deliver: Deliver, received: &Received) -> Result<Vec<Alert>, String> {
        let notification = &received.notification;
        if !self.ids.insert(notification.id.clone()) {
            self.repeats += 1;
            return Ok(Vec::new());
        }
        if let (Deliver::Changes, Subject::Alert(subject)) = (deliver, &notification.subject) {
            let revision = self.revisions.entry(subject.alert.fingerprint).or_default();
            if subject.alert.revision < *revision {
                return Err(format!("revision {} after {revision}", subject.alert.revision));
            }
            *revision = subject.alert.revision;
        }
        let known = self.groups.entry(notification.group.clone()).or_default();
        let begun = begun(known, notification);
        match &notification.subject {
            Subject::Alert(subject) => {
                let alert = &subject.alert;
                let before = known.get(&alert.fingerprint).copied();
                match notification.event {
                    Event::Opened | Event::Reopened if before.is_some() => self.repeats += 1,
                    Event::Resolved | Event::Expired if before.is_none() => self.unknown_ends += 1,
                    Event::Escalated if before.is_none_or(|before| before >= alert.severity) => {
                        self.repeats += 1;
                    }
                    Event::Deescalated if before.is_none_or(|before| before <= alert.severity) => {
                        self.repeats += 1;
                    }
                    _ => {}
                }
                if alert.condition == Condition::Firing && !notification.event.is_end() {
                    known.insert(alert.fingerprint, alert.severity);
                } else {
                    known.remove(&alert.fingerprint);
                }
            }
            Subject::Group(group) => {
                let firing: BTreeMap<_, _> = group
                    .alerts
                    .iter()
                    .take(group.firing_count())
                    .map(|alert| (alert.fingerprint, alert.severity))
                    .collect();
                if group.more == 0 && firing.len() != group.firing_count() {
                    return Err(format!("{} fire, {} are named", group.firing_count(), firing.len()));
                }
                let opened = firing.keys().filter(|fingerprint| !known.contains_key(*fingerprint)).count();
                let ended = known.keys().filter(|fingerprint| !firing.contains_key(*fingerprint)).count();
                let is_same = *known == firing;
                if (opened, ended) != (group.opened, group.resolved) {
                    self.repeats += group.opened.saturating_sub(opened);
                    self.unknown_ends += group.resolved.saturating_sub(ended);
                }
                if is_same
                    && !matches!(notification.event, Event::Reminder)
                    && !notification.event.is_handling()
                {
                    self.repeats += 1;
                }
                *known = firing;
            }
        }
        Ok(begun)
    }

    /// What fires by what the reader knows, whatever the group.
    pub(crate) fn firing(&self) -> BTreeMap<Fingerprint, Severity> {
        self.groups.values().flatten().map(|(fingerprint, severity)| (*fingerprint, *severity)).collect()
    }

    /// In how many groups `fingerprint` fires.
    pub(crate) fn groups_with(&self, fingerprint: Fingerprint) -> usize {
        self.groups.values().filter(|known| known.contains_key(&fingerprint)).count()
    }
}

/// The alerts that a notification says to fire and of which a reader knew nothing.
fn begun(known: &BTreeMap<Fingerprint, Severity>, notification: &channels::Notification) -> Vec<Alert> {
    let firing: Vec<Alert> = match &notification.subject {
        Subject::Alert(_) if notification.event.is_end() => Vec::new(),
        Subject::Alert(subject) => vec![subject.alert.clone()],
        Subject::Group(group) => group.alerts.iter().take(group.firing_count()).cloned().collect(),
    };
    firing.into_iter().filter(|alert| !known.contains_key(&alert.fingerprint)).collect()
}
