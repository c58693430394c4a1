//! An alert in Alertmanager's shape. Its clients follow every member without looking whether it is there.

use std::collections::HashMap;

use ::alert::{
    Alert, Fingerprint, GENERATOR_URL, Handling, Labels, served_annotations, served_fingerprint,
    served_labels,
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::status::receiver;

/// How far ahead the end of an alert lies that still fires.
const FIRES_ON: SignedDuration = SignedDuration::from_mins(5);

/// What the JSON of an alert takes beside its maps, at least, in bytes.
const FIXED_BYTES: usize = 320;
/// What an entry of a map takes beside its name and value, in bytes: four quotes, a colon and a comma.
const MARKS_BYTES: usize = 6;

/// An alert as it is listed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServedAlert {
    pub(super) labels: Labels,
    annotations: Labels,
    receivers: [Value; 1],
    pub(super) fingerprint: String,
    starts_at: String,
    updated_at: String,
    ends_at: String,
    status: Status,
    #[serde(skip)]
    inhibited_by: Vec<Fingerprint>,
    #[serde(rename = "generatorURL", skip_serializing_if = "Option::is_none")]
    generator_url: Option<String>,
}

/// Who is notified of an alert.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    state: State,
    silenced_by: Vec<String>,
    inhibited_by: Vec<String>,
    muted_by: [String; 0],
}

/// Whether anybody is notified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    #[default]
    Active,
    Suppressed,
}

impl ServedAlert {
    /// `alert` at `now`; it is taken to fire.
    pub(super) fn of(alert: Alert, now: Timestamp) -> Self {
        let labels = served_labels(&alert);
        Self {
            annotations: served_annotations(&alert),
            receivers: [receiver()],
            fingerprint: served_fingerprint(&labels),
            labels,
            starts_at: utc(alert.started_at.unwrap_or(alert.first_seen)),
            updated_at: utc(alert.last_seen),
            ends_at: utc(now.checked_add(FIRES_ON).unwrap_or(now)),
            status: Status::of(&alert),
            inhibited_by: Vec::new(),
            generator_url: alert.url.or_else(|| alert.annotations.get(GENERATOR_URL).cloned()),
        }
    }

    /// Takes in `other`, an alert with equal labels, as Alertmanager does: the earliest start, and else what was said
    /// last.
    pub(super) fn merge(&mut self, mut other: Self) {
        if self.updated_at < other.updated_at {
            std::mem::swap(self, &mut other);
        }
        if self.is_active() || other.is_active() {
            self.status = Status::default();
            self.inhibited_by.clear();
        }
        self.starts_at = self.starts_at.clone().min(other.starts_at);
    }

    /// About how many bytes it takes in an answer.
    pub(super) fn bytes(&self) -> usize {
        let maps = [&self.labels, &self.annotations].into_iter().flatten();
        maps.map(|(name, value)| name.len() + value.len() + MARKS_BYTES).sum::<usize>() + FIXED_BYTES
    }

    /// The same, inhibited by these alerts.
    pub(super) fn inhibited_by(mut self, inhibited_by: Vec<Fingerprint>) -> Self {
        if !inhibited_by.is_empty() {
            self.status.state = State::Suppressed;
        }
        self.inhibited_by = inhibited_by;
        self
    }

    /// The same, where what inhibits it is called as in `names`, as Alertmanager fingerprints it.
    pub(super) fn naming(mut self, names: &HashMap<Fingerprint, String>) -> Self {
        let names = self.inhibited_by.iter().filter_map(|by| names.get(by).cloned());
        self.status.inhibited_by = names.collect();
        self
    }

    /// Whether anybody is notified of it.
    pub(super) fn is_active(&self) -> bool {
        self.status.state == State::Active
    }

    /// Whether a silence covers it.
    pub(super) fn is_silenced(&self) -> bool {
        !self.status.silenced_by.is_empty()
    }

    /// Whether another alert explains it.
    pub(super) fn is_inhibited(&self) -> bool {
        !self.inhibited_by.is_empty()
    }
}

impl Status {
    fn of(alert: &Alert) -> Self {
        let state = if alert.handling == Handling::Silenced { State::Suppressed } else { State::Active };
        let silenced_by = alert.silenced_by.iter().map(ToString::to_string).collect();
        Self { state, silenced_by, inhibited_by: Vec::new(), muted_by: [] }
    }
}

/// `at` as Alertmanager writes it: UTC, in milliseconds.
pub(super) fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_of_a_second() {
        for (time, expected) in [
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"),
            ("2026-01-02T04:04:05.6789+01:00", "2026-01-02T03:04:05.678Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(utc(time.parse().unwrap()), expected);
        }
    }
}
