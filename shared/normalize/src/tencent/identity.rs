//! Which alert a body is about, and which request it was.

use alert::{EventId, Fingerprint};

use super::dimensions::Dimensions;

/// The fields that distinguish one alert from another. Left out on purpose: the session, the state, times,
/// values and thresholds, the level, and a policy's name where it has an id.
#[derive(Debug)]
pub(super) struct Identity {
    /// The tenant.
    pub account: String,
    /// Which form the body has.
    pub kind: AlarmType,
    /// The policy's id, or names that stand for it.
    pub policy: String,
    /// The metric or the event.
    pub signal_name: String,
    /// The region as received, in lower case.
    pub region: String,
    /// The product's namespace in lower case; metric alarms only.
    pub namespace: String,
    /// What it is about.
    pub dimensions: Dimensions,
}

/// The forms of a body; alarms sent in two of them are two alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AlarmType {
    /// A metric alarm in the default body.
    Metric,
    /// An event alarm in the default body.
    Event,
    /// A notification template.
    Template,
    /// A CloudEvent.
    CloudEvent,
}

impl AlarmType {
    /// The word that is hashed, and that the label `alarm_type` shows.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Metric => "metric",
            Self::Event => "event",
            Self::Template => "template",
            Self::CloudEvent => "cloudevent",
        }
    }
}

impl Identity {
    pub(super) fn fingerprint(&self) -> Fingerprint {
        let fixed = [
            "tencent/1",
            &self.account,
            self.kind.as_str(),
            &self.policy,
            &self.signal_name,
            &self.region,
            &self.namespace,
        ];
        let dimensions = self.dimensions.iter().flat_map(|(key, value)| [key.as_str(), value.as_str()]);
        Fingerprint::of(fixed.into_iter().chain(dimensions))
    }
}

/// The id of the request whose meaning is `fields`, each normalised: times in UTC, whole numbers in decimal,
/// levels in lower case, an absent field empty.
///
/// A session id is no part of it. A re-send under the same session carries the same body and therefore the
/// same fields, and the fields also catch a re-send under a new one; a genuine repeat has a longer duration.
pub(super) fn event_id(fingerprint: Fingerprint, fields: [&str; 5]) -> EventId {
    let fingerprint = fingerprint.to_string();
    EventId::of(["tencent-event/1", &fingerprint].into_iter().chain(fields))
}
