//! What one destination's routing remembers of one alert.

use alert::{Fingerprint, Severity, SilenceId};
use channels::Event;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{GroupId, InhibitorKey};

/// What routing remembers of one alert for one destination; kept only where there is something to remember.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutingState {
    /// The alert.
    pub fingerprint: Fingerprint,
    /// The destination's id.
    pub destination: String,
    /// The group in which the alert opened; it stays there also when its labels change.
    pub group: GroupId,
    /// When the present or last run of firing reached us, by our clock, or when its ladder began anew.
    pub opened_at: Timestamp,
    /// When to decide again, and why not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
    /// Somebody had acknowledged the alert when its rung of the ladder was reached.
    #[serde(default)]
    pub is_stopped: bool,
    /// The destination was notified that the alert expired, and is notified if its source resolves it after all.
    #[serde(default)]
    pub is_notified_expired: bool,
    /// What damping needs to remember.
    #[serde(default)]
    pub damping: Damping,
    /// From when it may be forgotten; none while the alert fires. One that waits may be forgotten a day after it was to be
    /// decided: a blip leaves it so, and costs one write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Optimistic lock: 0 of what was never stored.
    #[serde(skip)]
    pub version: u64,
}

/// A decision that has to wait: "decide again at `until`".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// When to decide again.
    pub until: Timestamp,
    /// What has to pass.
    pub reason: WaitingReason,
    /// What would have been notified.
    pub event: Event,
}

/// Why something is not notified yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitingReason {
    /// `after_secs` has not passed.
    Rung,
    /// Silences cover the alert.
    Silenced(Vec<SilenceId>),
    /// Other alerts mute it.
    Inhibited(Vec<InhibitorKey>),
    /// The destination has not its hours.
    Hours,
    /// `damping_secs` have not passed since its last notification of an opening.
    Damped,
}

/// What damping remembers of one alert at one destination.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Damping {
    /// When the destination was last notified that the alert fires, after it had not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notified_at: Option<Timestamp>,
    /// How bad it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Openings withheld since then.
    #[serde(default)]
    pub withheld: u64,
}

impl RoutingState {
    /// A state in which nothing is known but the group.
    pub fn new(fingerprint: Fingerprint, destination: &str, group: GroupId, opened_at: Timestamp) -> Self {
        Self {
            fingerprint,
            destination: destination.to_owned(),
            group,
            opened_at,
            waiting: None,
            is_stopped: false,
            is_notified_expired: false,
            damping: Damping::default(),
            expires_at: None,
            version: 0,
        }
    }
}
