//! One day of one source.

use std::collections::BTreeMap;

use alert::Severity;
use serde::{Deserialize, Serialize};

use super::{Counted, Durations, Noisiest};

/// What happened to the alerts of one source on one UTC day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DayStatistics {
    /// Alerts that began to fire, for the first time or again, by how bad they were then.
    pub opened: BTreeMap<Severity, u64>,
    /// Alerts that ended by their source's word, or by a person's.
    pub resolved: u64,
    /// Alerts that ended because nothing was heard of them.
    pub expired: u64,
    /// How long alerts waited until somebody took them, from when they began to fire.
    pub to_acknowledge: Durations,
    /// How long alerts fired that were resolved, by their source's clock.
    pub to_resolve: Durations,
    /// The alerts that opened most often.
    pub alerts: Noisiest,
    /// The resources whose alerts opened most often.
    pub resources: Noisiest,
}

impl DayStatistics {
    /// Counts one change.
    pub fn add(&mut self, counted: &Counted) {
        match counted {
            Counted::Opened { severity, fingerprint, title, resource } => {
                *self.opened.entry(*severity).or_default() += 1;
                self.alerts.add(&fingerprint.to_string(), title);
                if let Some(resource) = resource {
                    self.resources.add(resource, "");
                }
            }
            Counted::Acknowledged(seconds) => self.to_acknowledge.add(*seconds),
            Counted::Resolved(seconds) => {
                self.resolved += 1;
                if let Some(seconds) = seconds {
                    self.to_resolve.add(*seconds);
                }
            }
            Counted::Expired => self.expired += 1,
        }
    }
}
