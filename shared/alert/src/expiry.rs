//! When a firing alert of which nothing is heard any more counts as over.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::{Alert, AutoResolve, Condition, Source, expire};

/// How long to wait for news of a firing alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Of one whose source will say that it is over.
    pub recovery: Duration,
    /// Of one whose source will never say so.
    pub quiet: Duration,
}

/// The patience with each source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExpiryRules {
    /// With every source that is not named below.
    pub otherwise: Patience,
    /// With particular sources.
    pub by_source: BTreeMap<Source, Patience>,
}

impl Default for Patience {
    /// A week for a recovery, which may be lost on its way; four hours where none will come.
    fn default() -> Self {
        Self { recovery: Duration::from_hours(7 * 24), quiet: Duration::from_hours(4) }
    }
}

impl ExpiryRules {
    /// When `alert` is over unless something is heard of it; `None` if the clock does not end it.
    ///
    /// What the source itself set wins. Campanile's own alerts are renewed by whatever raised them, and what only a
    /// person ends waits for that person.
    pub fn deadline(&self, alert: &Alert) -> Option<Timestamp> {
        if alert.condition != Condition::Firing || alert.source == Source::Campanile {
            return None;
        }
        if alert.expires_at.is_some() {
            return alert.expires_at;
        }
        let patience = self.by_source.get(&alert.source).unwrap_or(&self.otherwise);
        let patience = match alert.auto_resolve {
            AutoResolve::Recovery => patience.recovery,
            AutoResolve::Quiet => patience.quiet,
            AutoResolve::Person => return None,
        };
        alert.last_received_at.checked_add(patience).ok()
    }

    /// `alert` as it is at `now`: expired since its deadline, if that has passed.
    #[must_use]
    pub fn applied(&self, alert: Alert, now: Timestamp) -> Alert {
        match self.deadline(&alert).filter(|deadline| *deadline <= now) {
            Some(deadline) => expire(alert, deadline),
            None => alert,
        }
    }
}
