//! Alerts that mute others, found by what both share.

use alert::Fingerprint;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Names what mutes: a hash of an inhibition rule and of the values that its two sides have in common, 32 hex digits.
pub type InhibitorKey = Fingerprint;

/// One firing alert that mutes by one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inhibitor {
    /// What it mutes.
    pub key: InhibitorKey,
    /// The alert that does.
    pub fingerprint: Fingerprint,
    /// Whether it matches the rule's target side, too: it then does not mute what matches both sides.
    pub is_two_sided: bool,
    /// The alert's revision: one of an older state is no news.
    pub revision: u64,
}

/// What one alert mutes, kept with the alert, so that it can be undone when its labels change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inhibits {
    /// The alert.
    pub fingerprint: Fingerprint,
    /// What it mutes; empty once it is over.
    pub keys: Vec<InhibitorKey>,
    /// Its revision then.
    pub revision: u64,
    /// From when it may be forgotten; none while it mutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Optimistic lock: 0 of what was never stored.
    #[serde(skip)]
    pub version: u64,
}

/// An alert that waits for one destination because of what mutes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct InhibitedTarget {
    /// What mutes it.
    pub key: InhibitorKey,
    /// The alert.
    pub fingerprint: Fingerprint,
    /// The destination's id.
    pub destination: String,
}
