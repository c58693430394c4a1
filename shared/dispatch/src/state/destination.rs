//! How one destination fares.

use channels::{Memory, Probe};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How one destination fares, or all of one rate limit scope: those are named `*<scope>`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DestinationState {
    /// The destination's id, or `*` and the scope.
    pub id: String,
    /// Until when it wants nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_until: Option<Timestamp>,
    /// The settings with which it wanted that, as their digest: others end the hold.
    #[serde(default)]
    pub held_digest: String,
    /// Why nothing at all is sent to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspension: Option<Suspension>,
    /// Since when every attempt fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// Why the last failed attempt failed, without anything secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When it last took a notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success_at: Option<Timestamp>,
    /// Failures in a row.
    #[serde(default)]
    pub failures: u32,
    /// The settings for which the ownership check has passed, as their digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<String>,
    /// What the channel remembers of the destination as a whole.
    #[serde(default)]
    pub shared_memory: Memory,
    /// The sender's lease: until when one invocation sends to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sending_until: Option<Timestamp>,
    /// What was counted in the present hour and in the one before.
    #[serde(default)]
    pub hours: [HourCount; 2],
    /// An alert that it fails may be open.
    #[serde(default)]
    pub is_alerted: bool,
    /// Since when the failure lasts of which an alert was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alerted_since: Option<Timestamp>,
    /// Optimistic lock: 0 of what was never stored.
    #[serde(skip)]
    pub version: u64,
}

/// A destination that no notification reaches until somebody changes something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Since when.
    pub since: Timestamp,
    /// Why, without anything secret.
    pub reason: String,
    /// Whether it is tried again by itself.
    pub probe: Probe,
    /// When, if it is.
    pub next_probe_at: Timestamp,
    /// The settings it was suspended with, as their digest: others end the suspension.
    pub settings_digest: String,
}

/// What was counted in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HourCount {
    /// The hour, counted from 1970.
    pub hour: i64,
    /// Notifications that were sent.
    pub sent: u64,
    /// Attempts that failed.
    pub failed: u64,
}

impl DestinationState {
    /// The state of a destination of which nothing is known.
    pub fn new(id: &str) -> Self {
        Self { id: id.to_owned(), ..Self::default() }
    }

    /// The name under which what holds for all of `scope` is kept.
    pub fn scope_id(scope: &str) -> String {
        format!("*{scope}")
    }
}
