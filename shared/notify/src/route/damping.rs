//! A flapping alert tells once in a while, and then how often it flapped.

use alert::Severity;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Change, News};
use crate::message::Kind;

/// What damping remembers of one alert at one destination.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Damping {
    /// When the destination was last told that the alert fires, after it had not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    told_at: Option<Timestamp>,
    /// How bad it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
    /// Openings since then that were withheld.
    #[serde(default)]
    withheld: u64,
}

impl Damping {
    #[cfg(test)]
    pub(super) const NONE: Self = Self { told_at: None, severity: None, withheld: 0 };

    /// Until when the opening `change` is withheld, by a span of `span_secs` from the last one that was told. What is worse
    /// than that one was is never withheld.
    pub(super) fn withhold(
        &mut self,
        span_secs: Option<u32>,
        change: &Change<'_>,
        kind: Kind,
    ) -> Option<Timestamp> {
        let until = self.told_at?.checked_add(SignedDuration::from_secs(span_secs?.into())).ok()?;
        if until <= change.at || Some(change.alert.severity) > self.severity {
            return None;
        }
        if matches!(change.news, News::Transition(_)) && matches!(kind, Kind::Opened | Kind::Reopened) {
            self.withheld = self.withheld.saturating_add(1);
        }
        Some(until)
    }

    /// An opening is told: the span begins anew.
    pub(super) fn release(&mut self, change: &Change<'_>) {
        *self = Self { told_at: Some(change.at), severity: Some(change.alert.severity), withheld: 0 };
    }

    /// Openings that were withheld since the last that was told.
    pub(super) const fn withheld(&self) -> u64 {
        self.withheld
    }
}
