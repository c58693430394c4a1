//! What is said to a destination: one change of one alert.

mod wording;

use std::fmt;

use alert::{Alert, Condition, Labels, Severity, Source, Transition};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use wording::{Field, fields, in_words, link, optional_line, summary, title, title_without_state};

/// One message: what happened, and the alert as it was then.
///
/// Holds nothing secret, so it can be kept with its delivery until it is sent; every attempt renders it anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// What happened.
    pub kind: Kind,
    /// The alert as it was right after.
    pub alert: Alert,
    /// How bad it was before, where the severity changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_severity: Option<Severity>,
    /// Whether the destination hears of this episode for the first time.
    pub is_first: bool,
    /// Openings that damping withheld from the destination since it last heard of one.
    #[serde(default)]
    pub flapped: u64,
    /// The label set that an Alertmanager webhook knows the alert by so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced: Option<Labels>,
    /// Who acknowledged it or withdrew that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What they had to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it happened or reached us, by our clock.
    pub at: Timestamp,
}

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It fires.
    Opened,
    /// It fires again.
    Reopened,
    /// It became worse.
    Escalated,
    /// It became milder.
    Deescalated,
    /// It is over.
    Resolved,
    /// Nothing was heard of it for too long.
    Expired,
    /// Somebody takes care of it.
    Acknowledged,
    /// Nobody does any more.
    Unacknowledged,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Opened,
        Self::Reopened,
        Self::Escalated,
        Self::Deescalated,
        Self::Resolved,
        Self::Expired,
        Self::Acknowledged,
        Self::Unacknowledged,
    ];

    /// The kind that tells of `transition`; none for what is history only.
    pub const fn of(transition: Transition) -> Option<Self> {
        match transition {
            Transition::Opened => Some(Self::Opened),
            Transition::Reopened => Some(Self::Reopened),
            Transition::Escalated => Some(Self::Escalated),
            Transition::Deescalated => Some(Self::Deescalated),
            Transition::Resolved => Some(Self::Resolved),
            Transition::Expired => Some(Self::Expired),
            Transition::Repeated | Transition::Late => None,
        }
    }

    /// The word used in JSON and in the header `Campanile-Transition`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Reopened => "reopened",
            Self::Escalated => "escalated",
            Self::Deescalated => "deescalated",
            Self::Resolved => "resolved",
            Self::Expired => "expired",
            Self::Acknowledged => "acknowledged",
            Self::Unacknowledged => "unacknowledged",
        }
    }

    /// Whether it says that the alert fires.
    pub const fn is_firing(self) -> bool {
        matches!(self, Self::Opened | Self::Reopened | Self::Escalated | Self::Deescalated)
    }

    /// Whether it says that the alert is over.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Resolved | Self::Expired)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Message {
    /// A message that `alert` just became `kind`, heard for the first time; `at` is our clock.
    pub fn new(kind: Kind, alert: Alert, at: Timestamp) -> Self {
        Self {
            kind,
            alert,
            previous_severity: None,
            is_first: true,
            flapped: 0,
            announced: None,
            by: None,
            note: None,
            at,
        }
    }

    /// `<fingerprint>-<revision>`: the same in every attempt, and of no other message to the same destination.
    pub fn id(&self) -> String {
        format!("{}-{}", self.alert.fingerprint, self.alert.revision)
    }

    /// When it happened: by the source's clock if the source said it, else by ours.
    pub fn occurred_at(&self) -> Timestamp {
        match self.kind {
            Kind::Acknowledged | Kind::Unacknowledged => self.at,
            Kind::Expired => self.alert.condition_since,
            _ => self.alert.last_seen,
        }
    }

    /// When we learned of it.
    pub fn received_at(&self) -> Timestamp {
        match self.kind {
            Kind::Acknowledged | Kind::Unacknowledged | Kind::Expired => self.at,
            _ => self.alert.last_received_at,
        }
    }

    /// When the present or last run of firing began, as far as is known.
    pub(crate) fn since(&self) -> Timestamp {
        since(&self.alert)
    }

    /// How long it fires or fired; none where the clocks of a source say less than nothing.
    pub(crate) fn seconds(&self) -> Option<i64> {
        let ended_at = self.alert.ended_at.filter(|_| self.kind.is_end());
        let until = ended_at.unwrap_or_else(|| self.occurred_at());
        let seconds = until.as_second().saturating_sub(self.since().as_second());
        (seconds >= 0).then_some(seconds)
    }
}

/// When the run of firing that `alert` is in or was last in began, as far as is known.
pub(crate) fn since(alert: &Alert) -> Timestamp {
    alert.started_at.unwrap_or(alert.first_seen)
}

/// Whether `alert` says that a Netdata node cannot be reached.
pub(crate) fn is_reachability(alert: &Alert) -> bool {
    alert.source == Source::Netdata
        && alert.labels.get("alertname").is_some_and(|name| name == "node_unreachable")
}

/// Whether `alert` rings.
pub(crate) fn is_firing(alert: &Alert) -> bool {
    alert.condition == Condition::Firing
}
