//! The folded state of one fingerprint.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::word::words;
use crate::{AutoResolve, Fingerprint, Labels, Severity, SilenceId, Source, Timeline, Transition};

/// What all events of one fingerprint together mean, and what people have done about it.
///
/// The two axes are apart on purpose: the source alone changes [`Condition`], people alone change [`Handling`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Alert {
    /// Which alert this is.
    pub fingerprint: Fingerprint,
    /// The system that speaks of it.
    pub source: Source,
    /// The tenant at the source.
    pub account: String,
    /// Whether it fires, by the source's word.
    pub condition: Condition,
    /// What people have done about it.
    pub handling: Handling,
    /// How bad it is or was; from firing events only.
    pub severity: Severity,
    /// The source's own word for that.
    pub severity_raw: String,
    /// One line for people, from the newest event that says so much, as are the texts and maps below.
    pub title: String,
    /// A few lines for people.
    pub summary: Option<String>,
    /// What is affected.
    pub resource: Option<String>,
    /// The service or product it belongs to.
    pub service: Option<String>,
    /// The measured value with its unit.
    pub value: Option<String>,
    /// An absolute http(s) link back into the source.
    pub url: Option<String>,
    /// What identifies the alert.
    pub labels: Labels,
    /// What explains the alert.
    pub annotations: Labels,
    /// The earliest moment its source spoke of.
    pub first_seen: Timestamp,
    /// The latest moment its source spoke of.
    pub last_seen: Timestamp,
    /// When the latest new event reached us, by our clock; silence is measured from here.
    pub last_received_at: Timestamp,
    /// When the present condition began, by the source's clock (of `expired`: by ours).
    pub condition_since: Timestamp,
    /// When the present or last run of firing began.
    pub started_at: Option<Timestamp>,
    /// When the last run of firing ended; none while it fires.
    pub ended_at: Option<Timestamp>,
    /// How it may end while it fires.
    #[serde(alias = "ends")]
    pub auto_resolve: AutoResolve,
    /// The run it is in, where the source names it.
    pub episode: Option<String>,
    /// When it expires unless its source speaks again, where the source itself sets that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Distinct firing events of its life. Where so many come at once that a function had to count them apart, one too few for
    /// each function that died meanwhile.
    pub occurrences: u64,
    /// Requests that were already known; best effort.
    #[serde(default)]
    pub duplicates: u64,
    /// Times it reopened after it had ended.
    pub flaps: u64,
    /// Grows by one with every recorded change.
    pub revision: u64,
    /// What the newest event or expiry that was recorded changed; what people did is not among it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_transition: Option<Transition>,
    /// Who takes care of it, while somebody does.
    pub acknowledgement: Option<Acknowledgement>,
    /// The silences that cover it now; found when it is read, never stored.
    #[serde(default)]
    pub silenced_by: Vec<SilenceId>,
    /// The firing alerts that explain it by a rule of inhibition now; found when it is read, never stored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inhibited_by: Vec<Fingerprint>,
    /// The newest lifecycle events, from which condition, severity and times follow; no part of the public shape.
    #[serde(skip)]
    pub timeline: Timeline,
}

/// Whether an alert fires. Only the source and expiry change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Condition {
    /// Something is wrong.
    Firing,
    /// The source said that it is right again.
    Resolved,
    /// The source said nothing for too long.
    Expired,
}

/// What people have done about an alert. Only people and silences change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Handling {
    /// Nobody has it.
    Open,
    /// Somebody has it, until it resolves or becomes worse.
    Acknowledged,
    /// A silence covers it.
    Silenced,
}

/// Somebody's word that they take care of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Acknowledgement {
    /// Who.
    pub by: String,
    /// What they had to say.
    pub note: Option<String>,
    /// When, by our clock.
    pub at: Timestamp,
}

words!(Condition is a "condition": Firing "firing", Resolved "resolved", Expired "expired");
words!(Handling is a "handling": Open "open", Acknowledged "acknowledged", Silenced "silenced");
