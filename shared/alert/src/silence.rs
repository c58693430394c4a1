//! Silences: for which alerts, from when to when, by whom and why.
//!
//! A silence is compared with the [served labels](crate::served_labels) of an alert. It changes how the alert is
//! handled and never its condition, and it ends by the clock alone: nothing has to run for that.

mod draft;
mod id;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub use draft::{SilenceDraft, SilenceEdit, SilenceError};
pub use id::{ParseSilenceIdError, SilenceId};

use crate::matcher::{Matcher, all_match};
use crate::recurrence::{Occurrence, Recurrence, Recurring};
use crate::word::words;
use crate::{Alert, Handling, Labels, served_labels};

/// Covers every alert whose served labels satisfy all its matchers, for as long as it is active.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Silence {
    /// Its name.
    pub id: SilenceId,
    /// What an alert's labels must satisfy, all of them.
    pub matchers: Vec<Matcher>,
    /// From when it covers.
    pub starts_at: Timestamp,
    /// Until when it covers; at this moment it is over.
    pub ends_at: Timestamp,
    /// The rule by which it recurs; its start and end are then those of its first occurrence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurrence: Option<Recurrence>,
    /// The IANA name of the time zone whose wall clock it recurs by; UTC if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// Why.
    pub comment: String,
    /// What a tool that made it wants to remember of it; Campanile only keeps them.
    #[serde(default)]
    pub annotations: Labels,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Where a silence is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SilenceState {
    /// It covers.
    Active,
    /// It will.
    Pending,
    /// It is over.
    Expired,
}

words!(SilenceState is a "silence's state": Active "active", Pending "pending", Expired "expired");

impl Silence {
    /// Where it is in its life at `now`.
    pub fn state(&self, now: Timestamp) -> SilenceState {
        match self.occurrence(now) {
            None => SilenceState::Expired,
            Some(occurrence) if occurrence.ends_at <= now => SilenceState::Expired,
            Some(occurrence) if occurrence.starts_at <= now => SilenceState::Active,
            Some(_) => SilenceState::Pending,
        }
    }

    /// Its present or next occurrence; without a recurrence its only one, whenever.
    pub fn occurrence(&self, now: Timestamp) -> Option<Occurrence> {
        let Some(rule) = &self.recurrence else {
            return Some(Occurrence { starts_at: self.starts_at, ends_at: self.ends_at });
        };
        let zone = self.zone();
        let recurring = self.recurring(rule, &zone);
        recurring.occurrence_at(now).or_else(|| recurring.next_after(now))
    }

    /// When it is over for good, as far as its rule sets an end: from then on nobody needs to remember it.
    pub fn over_at(&self) -> Option<Timestamp> {
        let Some(rule) = &self.recurrence else { return Some(self.ends_at) };
        self.recurring(rule, &self.zone()).over_at()
    }

    fn zone(&self) -> TimeZone {
        let zone = self.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok());
        zone.unwrap_or(TimeZone::UTC)
    }

    fn recurring<'a>(&self, rule: &'a Recurrence, zone: &'a TimeZone) -> Recurring<'a> {
        let length = self.ends_at.duration_since(self.starts_at);
        Recurring { rule, starts_at: self.starts_at, length, zone }
    }

    /// Whether it is about an alert with these served labels, whenever.
    pub fn matches(&self, served: &Labels) -> bool {
        all_match(&self.matchers, served)
    }

    /// Whether it covers `alert` at `now`.
    pub fn covers(&self, alert: &Alert, now: Timestamp) -> bool {
        self.state(now) == SilenceState::Active && self.matches(&served_labels(alert))
    }

    /// The same silence, over at `now`, and never to recur; one that is over stays as it is.
    #[must_use]
    pub fn ended(mut self, now: Timestamp) -> Self {
        if self.state(now) != SilenceState::Expired {
            self.recurrence = None;
            self.starts_at = self.starts_at.min(now);
            self.ends_at = now;
            self.updated_at = now;
        }
        self
    }
}

/// `alert` as it is handled at `now`: which of `silences` cover it, and `silenced` if any does.
///
/// For readers; what is stored of an alert knows nothing of silences.
#[must_use]
pub fn silenced(mut alert: Alert, silences: &[Silence], now: Timestamp) -> Alert {
    let mut active = silences.iter().filter(|silence| silence.state(now) == SilenceState::Active).peekable();
    if active.peek().is_some() {
        let served = served_labels(&alert);
        alert.silenced_by =
            active.filter(|silence| silence.matches(&served)).map(|silence| silence.id).collect();
    }
    if !alert.silenced_by.is_empty() {
        alert.handling = Handling::Silenced;
    }
    alert
}
