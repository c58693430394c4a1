//! One change of one alert that a destination is still to be notified.

use std::fmt;

use alert::{Fingerprint, Severity};
use channels::{AlertSubject, Event};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is pending in a queue.
///
/// With `deliver: state` there is one entry an alert, and it means "compare what was notified with what is": a newer one takes
/// its place. With `deliver: changes` there is one entry a change, and it holds all that is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The alert.
    pub fingerprint: Fingerprint,
    /// Its revision: an entry never takes the place of a newer one.
    pub revision: u64,
    /// With `deliver: changes`: its place in the order of what is notified of the alert. Twice the revision for a change, and
    /// one more for what is notified of the same revision later, such as when a silence ended.
    #[serde(default)]
    pub order: u64,
    /// How bad it was then.
    pub severity: Severity,
    /// What happened.
    pub event: Event,
    /// Whether the alert was over.
    pub is_over: bool,
    /// When, by our clock.
    pub at: Timestamp,
    /// Openings that damping withheld.
    #[serde(default)]
    pub flapped: u64,
    /// Who withdrew an acknowledgement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What they had to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// With `deliver: changes`: the alert as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Box<AlertSubject>>,
}

/// Names an entry within its queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKey {
    /// With `deliver: state`: the alert.
    Alert(Fingerprint),
    /// With `deliver: changes`: the entry's `order`.
    Order(u64),
}

impl Entry {
    /// Its name.
    pub const fn key(&self) -> EntryKey {
        match self.subject {
            Some(_) => EntryKey::Order(self.order),
            None => EntryKey::Alert(self.fingerprint),
        }
    }
}

impl fmt::Display for EntryKey {
    /// Sorts orders as numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alert(fingerprint) => fingerprint.fmt(f),
            Self::Order(order) => write!(f, "{order:020}"),
        }
    }
}
