//! What one notification says.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::word::words;
use crate::{EventId, Fingerprint, Severity, Source};

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
    /// Which delivery this is, for exactly-once.
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
    /// When it happened as the source sent it, where `occurred_at` had to be another moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_time: Option<Timestamp>,
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

/// Longest title and name, in characters.
const TITLE_CHARS: usize = 512;
/// Longest label, annotation, summary or other text, in characters.
const TEXT_CHARS: usize = 2048;
/// Most labels and most annotations.
const ENTRIES: usize = 64;
/// Most bytes of all labels, and of all annotations: a table item holds 400 KiB.
const MAP_BYTES: usize = 96 * 1024;

impl AlertEvent {
    /// When it happened, as the source sent it. The same delivery always says the same, whenever it comes.
    pub fn sent_at(&self) -> Timestamp {
        self.source_time.unwrap_or(self.occurred_at)
    }

    /// Cuts texts and maps to what a table item can hold, at character boundaries and with `…`;
    /// the whole delivery is kept beside the event, so nothing is lost.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        for text in [&mut self.title, &mut self.account, &mut self.severity_raw] {
            cut(text, TITLE_CHARS);
        }
        let texts = [&mut self.summary, &mut self.resource, &mut self.service, &mut self.value];
        for text in texts.into_iter().chain([&mut self.url, &mut self.episode]).flatten() {
            cut(text, TEXT_CHARS);
        }
        bound(&mut self.labels);
        bound(&mut self.annotations);
        self
    }
}

fn bound(labels: &mut Labels) {
    for value in labels.values_mut() {
        cut(value, TEXT_CHARS);
    }
    // DynamoDB takes no map with an empty name in it.
    labels.remove("");
    let (mut entries, mut bytes) = (0, 0);
    labels.retain(|name, value| {
        entries += 1;
        bytes += name.len() + value.len();
        entries <= ENTRIES && bytes <= MAP_BYTES
    });
}

fn cut(text: &mut String, most_chars: usize) {
    if let Some((last, _)) = text.char_indices().nth(most_chars) {
        let keep = text[..last].char_indices().next_back().map_or(0, |(start, _)| start);
        text.truncate(keep);
        text.push('…');
    }
}
