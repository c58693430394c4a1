//! Which alerts and history entries a list admits.

use alert::matcher::{Matcher, all_match};
use alert::{Alert, Condition, Handling, Severity, Signal, Source, served_labels};
use jiff::Timestamp;

use super::item::{kind_in_key, sortable};
use super::merge::Span;
use super::{Cursor, HistoryEntry};

/// Which alerts to list; empty lists and `None` mean all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AlertFilter {
    /// Any of these conditions.
    pub conditions: Vec<Condition>,
    /// Any of these handlings.
    pub handlings: Vec<Handling>,
    /// At least this severe.
    pub severity: Option<Severity>,
    /// Any of these sources.
    pub sources: Vec<Source>,
    /// Any of these accounts.
    pub accounts: Vec<String>,
    /// All of these, of the served labels.
    pub matchers: Vec<Matcher>,
    /// In title, summary, resource, service or a label, in any case; or what the fingerprint begins with.
    pub text: Option<String>,
    /// In the present condition since this time or later.
    pub from: Option<Timestamp>,
    /// In the present condition since this time or earlier.
    pub to: Option<Timestamp>,
}

/// Which history entries to list; empty lists mean all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventFilter {
    /// Any of these sources.
    pub sources: Vec<Source>,
    /// Any of these signals.
    pub signals: Vec<Signal>,
}

impl AlertFilter {
    pub(crate) fn admits(&self, alert: &Alert) -> bool {
        admits(&self.conditions, &alert.condition)
            && admits(&self.handlings, &alert.handling)
            && admits(&self.sources, &alert.source)
            && admits(&self.accounts, &alert.account)
            && self.severity.is_none_or(|least| alert.severity >= least)
            && self.text.as_ref().is_none_or(|text| says(alert, text))
            && (self.matchers.is_empty() || all_match(&self.matchers, &served_labels(alert)))
    }

    /// Whether a key of the index may say enough to leave an alert out without reading it.
    pub(crate) fn is_for_keys(&self) -> bool {
        self.severity.is_some() || !self.sources.is_empty()
    }

    /// Whether the alert of an entry with `sort_key` in the index by condition may be asked for.
    pub(crate) fn may_admit(&self, sort_key: &str) -> bool {
        let Some((severity, source)) = kind_in_key(sort_key) else { return true };
        admits(&self.sources, &source) && self.severity.is_none_or(|least| severity >= least)
    }

    /// The part of the index by condition that can hold what is asked for, behind `cursor`.
    pub(crate) fn span(&self, cursor: Option<&Cursor>) -> Span {
        // `$` is what follows `#`, which stands behind the time in a sort key.
        let to = self.to.map(|to| format!("{}$", sortable(to)));
        let cursor = cursor.map(|cursor| cursor.sort_key().to_owned());
        Span { from: self.from.map(sortable), before: [to, cursor].into_iter().flatten().min() }
    }
}

impl EventFilter {
    pub(crate) fn admits(&self, entry: &HistoryEntry) -> bool {
        admits(&self.sources, &entry.event.source) && admits(&self.signals, &entry.event.signal)
    }
}

fn admits<T: PartialEq>(any_of: &[T], one: &T) -> bool {
    any_of.is_empty() || any_of.contains(one)
}

/// Whether people would find `text` in what they read of `alert`.
fn says(alert: &Alert, text: &str) -> bool {
    let text = text.to_lowercase();
    let read = [Some(&alert.title), alert.summary.as_ref(), alert.resource.as_ref(), alert.service.as_ref()];
    let is_said = |read: &str| read.to_lowercase().contains(&text);
    read.into_iter().flatten().any(|read| is_said(read))
        || alert.labels.iter().any(|(name, value)| is_said(&format!("{name}={value}")))
        || alert.fingerprint.to_string().starts_with(&text)
}
