//! The queue of one group of alerts for one destination: what it was notified, and what is under way.

use std::collections::BTreeMap;

use alert::{Fingerprint, Labels, Severity};
use channels::{Memory, Notification, Progress};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::EntryKey;

/// Names a group of alerts: a hash of what its alerts share, or the fingerprint where each alert is a group by itself.
pub type GroupId = Fingerprint;

/// Names a queue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct QueueKey {
    /// The destination's id.
    pub destination: String,
    /// The group.
    pub group: GroupId,
}

/// The head of a queue. At most one notification of a queue is under way, by the claim in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Which queue this is.
    #[serde(flatten)]
    pub key: QueueKey,
    /// The number of the last notification that came to an end.
    #[serde(default)]
    pub number: u64,
    /// What the destination knows to be firing: the only source of truth about that.
    #[serde(default)]
    pub notified: BTreeMap<Fingerprint, Notified>,
    /// What it may know, because no answer came to an attempt, or nobody wrote the answer down.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub maybe_notified: BTreeMap<Fingerprint, Notified>,
    /// The names and values that the group's alerts share.
    #[serde(default)]
    pub labels: Labels,
    /// When the last notification was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sent_at: Option<Timestamp>,
    /// With `deliver: changes`: the `order` of the last entry that was dealt with.
    #[serde(default)]
    pub sent_order: u64,
    /// With `deliver: changes`: the label set by which an Alertmanager webhook knows the alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced: Option<Labels>,
    /// How many alerts opened and ended untold since the last notification.
    #[serde(default)]
    pub came_and_went: usize,
    /// When the next notification is due: by what is pending, or for a reminder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// How bad the worst is that is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Severity>,
    /// Until when one sender has the queue for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_until: Option<Timestamp>,
    /// When a failed attempt is repeated; goes before `due_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    /// How many attempts of the present notification failed.
    #[serde(default)]
    pub attempts: u32,
    /// When the first of them was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_attempt_at: Option<Timestamp>,
    /// How far the present notification has come.
    #[serde(default)]
    pub progress: Progress,
    /// The notification that is under way or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_flight: Option<InFlight>,
    /// What the channel remembers of the group.
    #[serde(default)]
    pub memory: Memory,
    /// Why the last attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Optimistic lock: 0 of what was never stored.
    #[serde(skip)]
    pub version: u64,
}

/// What a destination knows of an alert that fires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notified {
    /// The alert's revision then.
    pub revision: u64,
    /// How bad it was.
    pub severity: Severity,
    /// When the destination was first notified of the run.
    pub since: Timestamp,
    /// Whether it was notified that somebody has it.
    #[serde(default)]
    pub is_acknowledged: bool,
}

/// A notification that was claimed and has not come to an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InFlight {
    /// What is said.
    pub notification: Notification,
    /// The entries that are dealt with once it was sent.
    pub covers: Vec<Covered>,
    /// Whether the destination may have it: true from the claim until an answer says that it has not.
    pub is_ambiguous: bool,
    /// Whether the destination may have it of an earlier attempt, whatever this one comes to.
    #[serde(default)]
    pub was_ambiguous: bool,
}

/// An entry that a notification deals with, and what the destination then knows of the alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    /// The entry.
    pub key: EntryKey,
    /// The alert.
    pub fingerprint: Fingerprint,
    /// The entry's revision: a newer one is not dealt with.
    pub revision: u64,
    /// Whether nothing is left to notify of the alert afterwards: the entry then goes.
    pub is_final: bool,
    /// What the destination knows afterwards; none when the alert is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notified: Option<Notified>,
}

impl Queue {
    /// A queue of which nothing is known.
    pub fn new(key: QueueKey, labels: Labels) -> Self {
        Self {
            key,
            number: 0,
            notified: BTreeMap::new(),
            maybe_notified: BTreeMap::new(),
            labels,
            last_sent_at: None,
            sent_order: 0,
            announced: None,
            came_and_went: 0,
            due_at: None,
            priority: None,
            claimed_until: None,
            retry_at: None,
            attempts: 0,
            first_attempt_at: None,
            progress: Progress::default(),
            in_flight: None,
            memory: Memory::default(),
            reason: None,
            version: 0,
        }
    }

    /// Where it stands in the index of what is due: a claimed one when the claim ends, a failed one when it is tried
    /// again. None: nothing is due; it is then found by the reconciler while `notified` is not empty, and may otherwise
    /// be forgotten after a few days.
    pub fn indexed_at(&self) -> Option<Timestamp> {
        self.claimed_until.or(self.retry_at).or(self.due_at)
    }

    /// The worst that the destination knows to be firing.
    pub fn worst_notified(&self) -> Option<Severity> {
        self.notified.values().map(|notified| notified.severity).max()
    }

    /// Whether somebody has it for themselves at `now`.
    pub fn is_claimed(&self, now: Timestamp) -> bool {
        self.claimed_until.is_some_and(|until| until > now)
    }
}
