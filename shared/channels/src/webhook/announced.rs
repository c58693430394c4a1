//! The label sets by which a receiver of Alertmanager's body knows the alerts of a group: what ends, or has other labels
//! now, must be resolved by those.
//!
//! Remembered between notifications, within bounds: an alert that has no room is resolved by the labels it has then.

use std::collections::BTreeMap;

use alert::{Alert, Condition, Labels};
use serde::{Deserialize, Serialize};

use super::alertmanager::labels;
use crate::{Attempt, GroupSubject, Memory, Subject};

/// Most bytes that are remembered of a group, in JSON.
const MOST_BYTES: usize = 64_000;
/// Bytes of a member's or label's quotes, colon, comma and braces.
const PUNCTUATION_BYTES: usize = 6;

/// Label sets by fingerprint; labels that all of them share are kept once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Announced {
    #[serde(default)]
    common: Labels,
    #[serde(default)]
    members: BTreeMap<String, Labels>,
}

impl Announced {
    /// What the receiver knows before `attempt`.
    pub(super) fn before(attempt: &Attempt<'_>) -> Self {
        if attempt.notification.is_first {
            return Self::default();
        }
        serde_json::from_value(attempt.memory.0.clone()).unwrap_or_default()
    }

    /// What it knows once it has `attempt`: nothing when all is over.
    pub(super) fn after(attempt: &Attempt<'_>) -> Memory {
        if attempt.notification.event.is_end() {
            return Memory::default();
        }
        let known = match &attempt.notification.subject {
            Subject::Alert(subject) => vec![entry(&subject.alert)],
            Subject::Group(group) => Self::before(attempt).followed_by(group),
        };
        Memory(serde_json::to_value(Self::within_bounds(known)).unwrap_or_default())
    }

    /// The label set by which `alert` is known.
    pub(super) fn labels_of(&self, alert: &Alert) -> Option<Labels> {
        self.labels(&alert.fingerprint.to_string())
    }

    fn labels(&self, fingerprint: &str) -> Option<Labels> {
        let own = self.members.get(fingerprint)?;
        Some(self.common.iter().chain(own).map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    /// What fires of `group`, and what was known before and may still, as it is not among those that `group` names.
    fn followed_by(&self, group: &GroupSubject) -> Vec<(String, Labels)> {
        let firing = group.alerts.iter().filter(|alert| alert.condition == Condition::Firing);
        let mut known: Vec<_> = firing.map(entry).collect();
        if group.more > 0 {
            let named: Vec<_> = group.alerts.iter().map(|alert| alert.fingerprint.to_string()).collect();
            let unnamed = self.members.keys().filter(|fingerprint| !named.contains(fingerprint));
            known.extend(unnamed.filter_map(|name| Some((name.clone(), self.labels(name)?))));
        }
        known
    }

    /// As many of `known` as have room, the first before others.
    fn within_bounds(known: Vec<(String, Labels)>) -> Self {
        let mut common = known.first().map(|(_, labels)| labels.clone()).unwrap_or_default();
        common.retain(|name, value| known.iter().all(|(_, labels)| labels.get(name) == Some(value)));
        if known.len() == 1 {
            common.clear();
        }
        let mut left = MOST_BYTES.saturating_sub(bytes(&common));
        let mut members = BTreeMap::new();
        for (fingerprint, mut labels) in known {
            labels.retain(|name, _| !common.contains_key(name));
            if let Some(rest) = left.checked_sub(fingerprint.len() + PUNCTUATION_BYTES + bytes(&labels)) {
                left = rest;
                members.insert(fingerprint, labels);
            }
        }
        Self { common, members }
    }
}

fn entry(alert: &Alert) -> (String, Labels) {
    (alert.fingerprint.to_string(), labels(alert))
}

/// Most bytes of `labels` in JSON, where a character can be written as two.
fn bytes(labels: &Labels) -> usize {
    labels.iter().map(|(name, value)| 2 * (name.len() + value.len()) + PUNCTUATION_BYTES).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labelled(index: usize, value_bytes: usize) -> (String, Labels) {
        let labels = [("alertname", format!("check_{index}")), ("env", "x".repeat(value_bytes))];
        (format!("{index:032}"), labels.map(|(name, value)| (name.to_owned(), value)).into_iter().collect())
    }

    #[test]
    fn shared_labels_are_kept_once_and_found_by_every_alert() {
        let known: Vec<_> = (0..500).map(|index| labelled(index, 1_000)).collect();
        let announced = Announced::within_bounds(known.clone());
        assert_eq!(announced.members.len(), 500);
        for (fingerprint, labels) in known {
            assert_eq!(announced.labels(&fingerprint), Some(labels));
        }
    }

    #[test]
    fn what_is_remembered_has_bounds() {
        let known: Vec<_> = (0..1_000).map(|index| labelled(index, 1_000 + index)).collect();
        let announced = Announced::within_bounds(known);
        let size = serde_json::to_string(&announced).unwrap().len();
        assert!(size <= MOST_BYTES && announced.members.len() > 20, "{size}");
        assert!(announced.labels(&format!("{:032}", 0)).is_some());
    }
}
