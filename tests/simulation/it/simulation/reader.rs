//! What somebody knows who reads a destination.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What fires by what was read: fingerprint to severity.
pub(super) type Firing = BTreeMap<String, String>;

/// A reader.
#[derive(Debug, Clone, Default)]
pub(super) struct Reader {
    /// By group; alerts that are notified one by one stand in a group of their own.
    groups: BTreeMap<String, Firing>,
    ids: BTreeSet<String>,
    /// The last revision of each alert that is notified by its changes.
    revisions: BTreeMap<String, String>,
    /// How many notifications were read.
    pub(super) count: usize,
    /// How often one came that had come before.
    pub(super) repeats: usize,
    /// What cannot be: an older state after a newer one, an alert that is counted and not named.
    pub(super) faults: Vec<String>,
}

impl Reader {
    /// Reads one CloudEvent.
    pub(super) fn read(&mut self, event: &Value) {
        self.count += 1;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        if !self.ids.insert(text(&event["id"])) {
            self.repeats += 1;
            return;
        }
        let (subject, data) = (text(&event["subject"]), &event["data"]);
        let Some(alerts) = data["alerts"].as_array() else {
            self.read_alert(subject, &text(&event["sequence"]), data);
            return;
        };
        let firing = alerts.iter().filter(|alert| alert["condition"] == "firing");
        let firing: Firing =
            firing.map(|alert| (text(&alert["fingerprint"]), text(&alert["severity"]))).collect();
        let counted: u64 =
            data["firing"].as_object().into_iter().flatten().filter_map(|(_, n)| n.as_u64()).sum();
        if firing.len() as u64 != counted {
            self.faults.push(format!("{counted} fire of {subject}, {} are named", firing.len()));
        }
        // Of a group that had one alert so far, that one was notified by itself.
        let named: Vec<_> = alerts.iter().map(|alert| text(&alert["fingerprint"])).collect();
        self.groups.retain(|group, _| !named.contains(group));
        self.groups.insert(subject, firing);
    }

    fn read_alert(&mut self, fingerprint: String, sequence: &str, alert: &Value) {
        let last = self.revisions.entry(fingerprint.clone()).or_default();
        if sequence < last.as_str() {
            self.faults.push(format!("revision {sequence} of {fingerprint} came after {last}"));
        }
        sequence.clone_into(last);
        let is_over = matches!(alert["transition"].as_str(), Some("resolved" | "expired"));
        let mut firing = Firing::new();
        if alert["condition"] == "firing" && !is_over {
            firing.insert(fingerprint.clone(), alert["severity"].as_str().unwrap_or_default().to_owned());
        }
        // The alert of a group of one is notified by itself, without the group's name.
        for known in self.groups.values_mut() {
            known.remove(&fingerprint);
        }
        self.groups.insert(fingerprint, firing);
    }

    /// What fires by what was read, whatever the group.
    pub(super) fn firing(&self) -> Firing {
        self.groups
            .values()
            .flatten()
            .map(|(fingerprint, severity)| (fingerprint.clone(), severity.clone()))
            .collect()
    }
}
