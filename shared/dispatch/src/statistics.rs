//! What is counted of alerts, a day and source at a time, so that whoever asks what was noisy reads no history.
//!
//! A change is counted by its record in the stream alone: its id, its moment and what it counts as follow from the two
//! images, so that a record that comes again is the same counted change, and can be known for one that was counted.

mod day;
mod durations;
mod noisiest;
mod period;

use alert::{Alert, EventId, Fingerprint, Severity, Source, Transition};
use jiff::Timestamp;

pub use day::DayStatistics;
pub use durations::Durations;
pub use noisiest::{MOST_NAMES, Noisiest};
pub use period::{Noise, Period, WeekTimes};

use crate::{ChangeReason, StateChange};

/// A state change that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedChange {
    /// Which change this is; the same whenever and in whatever batch it comes.
    pub id: u64,
    /// Whose alert it is.
    pub source: Source,
    /// When it reached us or happened here, by our clock; its UTC day is the one that it counts to.
    pub at: Timestamp,
    /// What it counts as.
    pub counted: Counted,
}

/// What a change counts as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counted {
    /// An alert began to fire, for the first time or again.
    Opened {
        /// How bad it was then.
        severity: Severity,
        /// Which alert.
        fingerprint: Fingerprint,
        /// What it is called.
        title: String,
        /// What is affected.
        resource: Option<String>,
    },
    /// Somebody took an alert that nobody had, after so many seconds.
    Acknowledged(u64),
    /// Its source, or a person, said that it is over; after so many seconds, if it said when it began.
    Resolved(Option<u64>),
    /// Nothing was heard of it for too long.
    Expired,
}

impl CountedChange {
    /// What `change` of an alert that was `old` before counts as; `None` if it is not counted.
    pub fn of(old: Option<&Alert>, change: &StateChange) -> Option<Self> {
        let alert = &change.alert;
        let (at, counted) = match change.reason {
            ChangeReason::Transition(Transition::Opened | Transition::Reopened) => {
                (alert.last_received_at, opened(alert))
            }
            // Of a recovery whose firing was never seen nothing was open.
            ChangeReason::Transition(Transition::Resolved) if alert.occurrences > 0 => {
                let lasted = alert.started_at.zip(alert.ended_at).map(|(start, end)| seconds(start, end));
                (alert.last_received_at, Counted::Resolved(lasted))
            }
            ChangeReason::Transition(Transition::Expired) => (alert.condition_since, Counted::Expired),
            ChangeReason::Acknowledged if old.is_some_and(|old| old.acknowledgement.is_none()) => {
                let at = alert.acknowledgement.as_ref()?.at;
                (at, Counted::Acknowledged(seconds(alert.condition_since, at)))
            }
            ChangeReason::Transition(_)
            | ChangeReason::Acknowledged
            | ChangeReason::Unacknowledged { .. } => {
                return None;
            }
        };
        Some(Self { id: id_of(alert), source: alert.source, at, counted })
    }
}

fn opened(alert: &Alert) -> Counted {
    Counted::Opened {
        severity: alert.severity,
        fingerprint: alert.fingerprint,
        title: alert.title.clone(),
        resource: alert.resource.clone(),
    }
}

/// Whole seconds from `start` to `end`; none where a source's clock has them the other way round.
fn seconds(start: Timestamp, end: Timestamp) -> u64 {
    u64::try_from(end.duration_since(start).as_secs()).unwrap_or_default()
}

/// 64 bits over the alert and its revision, which grows with every change that is notified, and over when it was heard of
/// last, because one that is gone from the table and comes anew begins at revision one.
fn id_of(alert: &Alert) -> u64 {
    let fields =
        [alert.fingerprint.to_string(), alert.revision.to_string(), alert.last_received_at.to_string()];
    let digits = EventId::of(fields).to_string();
    digits
        .bytes()
        .take(16)
        .fold(0, |id, digit| (id << 4) | u64::from(char::from(digit).to_digit(16).unwrap_or(0)))
}

#[cfg(test)]
mod tests;
