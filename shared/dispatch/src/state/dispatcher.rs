//! How far the tick has come.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How far the tick has come.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DispatcherState {
    /// The settings that were last compared with what was notified, as their digest.
    #[serde(default)]
    pub settings_digest: String,
    /// When all that fires was last compared with what was notified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconciled_at: Option<Timestamp>,
    /// How far a comparison under way has come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconcile_cursor: Option<String>,
    /// Whether the comparison found what may still be on its way as a change, so that it is to be repeated soon.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_premature: bool,
    /// The silences that were active in the last tick, as their digest.
    #[serde(default)]
    pub silences_digest: String,
    /// For each destination: everything that waited until then was decided.
    #[serde(default)]
    pub decided_until: BTreeMap<String, Timestamp>,
    /// Optimistic lock: 0 of what was never stored.
    #[serde(skip)]
    pub version: u64,
}
