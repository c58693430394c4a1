//! One or several events that say the same.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::earliest;
use crate::order::{PriorState, Timing};
use crate::{AlertEvent, Severity, Signal};

/// What a timeline keeps of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// When the newest of them happened; of what is re-stated, when it reached us.
    pub(super) at: Timestamp,
    /// Whether they say that it fires, or that it is over.
    pub(super) firing: bool,
    /// The earliest moment from which they say it; of ends that are re-stated, the latest.
    pub(super) since: Timestamp,
    /// When the run began, as far as they know; of what is re-stated, as the newest of them knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) started_at: Option<Timestamp>,
    /// Severity of the newest firing event among them or melted into them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) severity: Option<Severity>,
    /// The run they belong to, where the source names it and does not re-state it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) episode: Option<String>,
    /// When the newest of them reached us; not known of those that an earlier version kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) received_at: Option<Timestamp>,
    /// What the source says was before the newest of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) follows: Option<PriorState>,
    /// Whether the source re-states what holds.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) restated: bool,
    /// Whether it is a person's word.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) by_person: bool,
}

impl Mark {
    /// The mark of a lifecycle event that reached us at `received_at`; a notice leaves none.
    pub(crate) fn of(event: &AlertEvent, received_at: Timestamp) -> Option<Self> {
        let firing = match event.signal {
            Signal::Firing => true,
            Signal::Resolved => false,
            Signal::Notice => return None,
        };
        let restated = event.order.timing == Timing::Restated;
        let at = if restated { received_at } else { event.occurred_at };
        let own_time = if firing { event.started_at } else { event.ended_at };
        let mark = Self {
            at,
            firing,
            since: own_time.unwrap_or(event.occurred_at),
            started_at: event.started_at,
            severity: firing.then_some(event.severity),
            episode: event.episode.clone().filter(|_| !restated),
            // Whoever looks at a thing looks at it after it has happened.
            received_at: Some(received_at.max(at)),
            follows: event.order.follows,
            restated,
            by_person: event.order.timing == Timing::Person,
        };
        Some(Self { since: mark.since.min(at), ..mark })
    }

    /// The same, said of the moment at which it reached us.
    pub(crate) fn said_at_reception(self) -> Self {
        let at = self.received_at.unwrap_or(self.at);
        Self { at, since: at, started_at: self.started_at.map(|_| at), ..self }
    }

    /// The same, placed at `at`.
    pub(super) fn moved_to(self, at: Timestamp) -> Self {
        Self { at, since: self.since.min(at), ..self }
    }

    /// The same, placed right after `other`; since when it says so stays.
    pub(super) fn right_after(self, other: &Self) -> Self {
        let next = |at: Timestamp| at.saturating_add(SignedDuration::from_nanos(1)).unwrap_or(at);
        Self { at: other.at, received_at: other.received_at.map(next).or(self.received_at), ..self }
    }

    pub(crate) const fn at(&self) -> Timestamp {
        self.at
    }

    pub(super) fn is_of_run(&self, other: &Self) -> bool {
        self.firing == other.firing && self.episode == other.episode
    }

    /// Whether `newer` says nothing else, of a source that re-states what holds.
    pub(super) fn is_stated_again_by(&self, newer: &Self) -> bool {
        self.restated && newer.restated && self.firing == newer.firing && self.at <= newer.at
    }

    /// When the run began, as far as the mark knows.
    pub(super) fn began_at(&self) -> Timestamp {
        self.started_at.filter(|_| !self.restated).unwrap_or(self.since)
    }

    /// What its source says it made of the alert; of an end that knows no severity nothing but that it is over.
    pub(super) fn state(&self) -> PriorState {
        match self.severity.filter(|_| self.firing) {
            Some(severity) => PriorState::Firing(severity),
            None => PriorState::Resolved,
        }
    }

    /// Takes in what `other` knows about the same run.
    pub(super) fn absorb(&mut self, other: &Self) {
        if self.restated {
            let since = if self.firing { self.since.min(other.since) } else { self.since.max(other.since) };
            *self = Self { since, ..other.clone() };
            return;
        }
        let age = |mark: &Self| (mark.at, mark.received_at, mark.severity);
        if age(other) > age(self) {
            self.severity = other.severity.or(self.severity);
            self.at = other.at;
            self.received_at = other.received_at;
            self.follows = other.follows;
        }
        self.since = self.since.min(other.since);
        self.started_at = earliest([self.started_at, other.started_at]);
    }

    /// Takes over what `oldest`, which stood before it and goes, knows about the run.
    pub(super) fn inherit(&mut self, oldest: &Self) {
        if self.is_of_run(oldest) {
            self.since = self.since.min(oldest.since);
            self.started_at = earliest([self.started_at, oldest.started_at]);
        } else if oldest.firing && !self.firing {
            self.started_at = earliest([self.started_at, Some(oldest.since)]);
            self.severity = self.severity.or(oldest.severity);
        }
    }
}
