//! An alert in Alertmanager's shape. Its clients follow every member without looking whether it is there.

use ::alert::{Alert, Handling, Labels, served_annotations, served_fingerprint, served_labels};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::status::receiver;

/// How far ahead the end of an alert lies that still fires.
const FIRES_ON: SignedDuration = SignedDuration::from_mins(5);

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
    #[serde(rename = "generatorURL", skip_serializing_if = "Option::is_none")]
    generator_url: Option<String>,
}

/// Who is told of an alert.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    state: State,
    silenced_by: Vec<String>,
    inhibited_by: [String; 0],
    muted_by: [String; 0],
}

/// Whether anybody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
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
            generator_url: alert.url,
        }
    }

    /// Whether anybody is told of it.
    pub(super) const fn state(&self) -> State {
        self.status.state
    }
}

impl Status {
    fn of(alert: &Alert) -> Self {
        let state = if alert.handling == Handling::Silenced { State::Suppressed } else { State::Active };
        let silenced_by = alert.silenced_by.iter().map(ToString::to_string).collect();
        Self { state, silenced_by, inhibited_by: [], muted_by: [] }
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
