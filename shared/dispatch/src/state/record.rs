//! What readers find of a notification that came to an end.

use channels::Event;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::GroupId;

/// A notification that came to an end; written once. What still waits is read from its queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationRecord {
    /// Its id.
    pub id: String,
    /// The destination's id.
    pub destination: String,
    /// The group.
    pub group: GroupId,
    /// What it notified.
    pub event: Event,
    /// Its title.
    pub title: String,
    /// The worst severity in it.
    pub severity: alert::Severity,
    /// How many alerts it was about.
    pub alerts: usize,
    /// How it ended.
    pub state: NotificationState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// How many attempts it took.
    pub attempts: u32,
    /// Why it was not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The destination's own name for what it made of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// The alerts it was about, by fingerprint; the first hundred.
    #[serde(default)]
    pub fingerprints: Vec<alert::Fingerprint>,
}

/// Where a notification is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationState {
    /// Pending in its queue.
    Waiting,
    /// The destination has it.
    Sent,
    /// The destination refuses it for good.
    Failed,
    /// It failed for a day.
    Dead,
}

/// A text that is no state of a notification.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a state of a notification: use waiting, sent, failed, dead")]
pub struct UnknownNotificationState(String);

impl NotificationState {
    /// Every state, in the order of a notification's life.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Sent, Self::Failed, Self::Dead];

    /// The word used in JSON and in queries.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Dead => "dead",
        }
    }
}

impl std::fmt::Display for NotificationState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for NotificationState {
    type Err = UnknownNotificationState;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|state| state.as_str() == word);
        known.ok_or_else(|| UnknownNotificationState(word.chars().take(64).collect()))
    }
}
