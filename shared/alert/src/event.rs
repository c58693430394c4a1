//! What one notification says.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::word::words;
use crate::{EventId, Fingerprint, Order, Severity, Source};

/// Names to values, in Prometheus's sense.
pub type Labels = BTreeMap<String, String>;

/// What a normalizer yields: one statement of a source about one alert, or one fact without a lifecycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AlertEvent {
    /// The system that said it.
    pub source: Source,
    /// The tenant at the source: Netdata space, KAZOO account, Tencent uin or appId, Site24x7 zaaid.
    pub account: String,
    /// Which alert this is about.
    pub fingerprint: Fingerprint,
    /// Which request this is, for exactly-once.
    pub event_id: EventId,
    /// What it says about the alert.
    pub signal: Signal,
    /// How bad it is, on our scale.
    pub severity: Severity,
    /// The source's own word for the severity or state.
    pub severity_raw: String,
    /// One line for people.
    pub title: String,
    /// A few lines for people.
    pub summary: Option<String>,
    /// What is affected: a host, a device, a monitor.
    pub resource: Option<String>,
    /// The service or product it belongs to.
    pub service: Option<String>,
    /// The measured value with its unit.
    pub value: Option<String>,
    /// An absolute http(s) link back into the source.
    pub url: Option<String>,
    /// What identifies the alert; every identity field is among them.
    pub labels: Labels,
    /// What explains the alert.
    pub annotations: Labels,
    /// When it happened, by the source's clock.
    pub occurred_at: Timestamp,
    /// When the condition began, if the source says so.
    pub started_at: Option<Timestamp>,
    /// When the condition ended, if it has and the source says so.
    pub ended_at: Option<Timestamp>,
    /// How a firing alert may end.
    #[serde(alias = "ends")]
    pub auto_resolve: AutoResolve,
    /// One run from firing to resolved, where the source names it.
    pub episode: Option<String>,
    /// Until when a firing counts without another, where the source itself sets that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// What places it among the other events of its alert.
    #[serde(default, skip_serializing_if = "Order::is_default")]
    pub order: Order,
}

/// What an event says about its alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Signal {
    /// Something is wrong.
    Firing,
    /// It is right again.
    Resolved,
    /// A fact without a lifecycle: kept in history, opens nothing.
    Notice,
}

/// How a firing alert may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum AutoResolve {
    /// The source will say so; expires only after a long silence.
    Recovery,
    /// Nobody will say so; expires after a short silence.
    Quiet,
    /// Only a person ends it.
    Person,
}

words!(Signal is a "signal": Firing "firing", Resolved "resolved", Notice "notice");
