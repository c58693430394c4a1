//! A notification: what is sent to a destination.

use std::collections::BTreeMap;
use std::fmt;

use alert::{Alert, Labels, Severity};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One notification for one destination. Holds nothing secret; every attempt renders it anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// `<group>-<n>`, of one change `<fingerprint>-<revision>`: the same in every attempt.
    pub id: String,
    /// 32 hex digits that stay the same while the group lives: the fingerprint where the group is one alert.
    /// The dedup key, alias or entity of channels that open incidents.
    pub group: String,
    /// What happened.
    pub event: Event,
    /// Whom it is about.
    pub subject: Subject,
    /// When it happened or reached us, by our clock.
    pub at: Timestamp,
    /// Whether the destination knows of nothing that fires in this group.
    pub is_first: bool,
    /// Where people can act on it.
    pub links: Links,
}

/// What happened to an alert, or to a group as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It fires.
    Opened,
    /// It fires again.
    Reopened,
    /// It became worse; of a group: its worst became worse.
    Escalated,
    /// It became milder.
    Deescalated,
    /// Of a group: something was added or ended, nothing became worse.
    Updated,
    /// It still fires, and nothing happened.
    Reminder,
    /// Somebody takes care of it.
    Acknowledged,
    /// Nobody does any more.
    Unacknowledged,
    /// It is over; of a group: all of it is over.
    Resolved,
    /// Nothing was heard of it for too long.
    Expired,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 10] = [
        Self::Opened,
        Self::Reopened,
        Self::Escalated,
        Self::Deescalated,
        Self::Updated,
        Self::Reminder,
        Self::Acknowledged,
        Self::Unacknowledged,
        Self::Resolved,
        Self::Expired,
    ];

    /// The word used in JSON and in the header `Campanile-Transition`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Reopened => "reopened",
            Self::Escalated => "escalated",
            Self::Deescalated => "deescalated",
            Self::Updated => "updated",
            Self::Reminder => "reminder",
            Self::Acknowledged => "acknowledged",
            Self::Unacknowledged => "unacknowledged",
            Self::Resolved => "resolved",
            Self::Expired => "expired",
        }
    }

    /// Whether it says that all of it is over.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Resolved | Self::Expired)
    }

    /// Whether it says what people did, not what the source said.
    pub const fn is_handling(self) -> bool {
        matches!(self, Self::Acknowledged | Self::Unacknowledged)
    }
}

impl Notification {
    /// The fingerprint of the one alert it is about; of a group, the group.
    pub fn subject_id(&self) -> String {
        match &self.subject {
            Subject::Alert(subject) => subject.alert.fingerprint.to_string(),
            Subject::Group(_) => self.group.clone(),
        }
    }

    /// How bad what it is about is, or was.
    pub fn severity(&self) -> Severity {
        match &self.subject {
            Subject::Alert(subject) => subject.alert.severity,
            Subject::Group(group) => group.worst,
        }
    }
}

impl GroupSubject {
    /// How many fire.
    pub fn firing_count(&self) -> usize {
        self.firing.values().sum()
    }
}

/// Whom a notification is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// One alert: with `deliver: changes`, or a group of one.
    Alert(Box<AlertSubject>),
    /// Several alerts of one group.
    Group(Box<GroupSubject>),
}

/// One alert, as it was when the notification was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertSubject {
    /// The alert.
    pub alert: Alert,
    /// How bad it was when the destination was last notified, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_severity: Option<Severity>,
    /// Openings that damping withheld from the destination since it was last notified of one.
    #[serde(default)]
    pub flapped: u64,
    /// The label set by which an Alertmanager webhook knows the alert so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced: Option<Labels>,
    /// Who acknowledged it or withdrew that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What they had to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Several alerts of one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSubject {
    /// The names and values that all of them share by `group_by`.
    pub labels: Labels,
    /// How many fire, by severity; none when all is over.
    pub firing: SeverityCounts,
    /// The worst severity that fires; of a group that is over, the worst that did.
    pub worst: Severity,
    /// The worst severity of which the destination was last notified, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_worst: Option<Severity>,
    /// How many fire since the last notification.
    pub opened: usize,
    /// How many ended since the last notification.
    pub resolved: usize,
    /// How many opened and ended in between, and are not notified.
    pub came_and_went: usize,
    /// Alerts by name, the worst first, then those that ended; as many as the channel asks for.
    pub alerts: Vec<Alert>,
    /// How many more fire than are in `alerts`.
    pub more: usize,
    /// Who acknowledged what fires of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// How many alerts, by severity, the worst last.
pub type SeverityCounts = BTreeMap<Severity, usize>;

/// Addresses in a notification; each may be absent. One is a credential, so printing them shows which there are.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Links {
    /// The console with the alert open, or filtered by the group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console: Option<String>,
    /// The signed link that acknowledges. A credential: never logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledge: Option<String>,
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Links")
            .field("console", &self.console)
            .field("acknowledge", &self.acknowledge.as_ref().map(|_| "[redacted]"))
            .finish()
    }
}
