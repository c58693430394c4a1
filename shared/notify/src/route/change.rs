//! What happened to an alert, as far as destinations are concerned.

use alert::{Alert, Condition, Transition};
use jiff::Timestamp;

use crate::message::{Kind, Message};

/// Something that destinations may have to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<'a> {
    /// The alert right after.
    pub alert: &'a Alert,
    /// What happened.
    pub news: News,
    /// How bad the alert was before.
    pub previous_severity: Option<alert::Severity>,
    /// Whether a silence covers the alert.
    pub hearing: Hearing,
    /// When it happened or reached us, by our clock.
    pub at: Timestamp,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The source spoke, or was silent for too long.
    Transition(Transition),
    /// Somebody took the alert; who, it says itself.
    Acknowledged,
    /// Somebody gave it back.
    Unacknowledged {
        /// Who, if known.
        by: Option<String>,
        /// What they had to say.
        note: Option<String>,
    },
    /// The last silence that covered it is over.
    SilenceEnded,
    /// The moment has come that [`Decision::Later`](super::Decision::Later) named.
    DampingEnded,
}

/// Whether a silence covers an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearing {
    /// None does.
    Audible,
    /// One does.
    Silenced,
}

impl News {
    /// What happened between two images of an alert's state; `None` if nothing that is told. Who gave an alert back is
    /// in neither image.
    pub fn between(old: Option<&Alert>, new: &Alert) -> Option<Self> {
        let transition = match old {
            None if new.condition == Condition::Firing => Some(Transition::Opened),
            None => Some(Transition::Resolved),
            Some(old) => transition(old, new),
        };
        transition.map(Self::Transition).or_else(|| handling(old?, new))
    }
}

fn transition(old: &Alert, new: &Alert) -> Option<Transition> {
    use Condition::{Expired, Firing, Resolved};
    match (old.condition, new.condition) {
        (Resolved | Expired, Firing) if old.occurrences == 0 => Some(Transition::Opened),
        (Resolved | Expired, Firing) => Some(Transition::Reopened),
        (Firing | Expired, Resolved) => Some(Transition::Resolved),
        (Firing, Expired) => Some(Transition::Expired),
        (Firing, Firing) if new.severity > old.severity => Some(Transition::Escalated),
        (Firing, Firing) if new.severity < old.severity => Some(Transition::Deescalated),
        _ => None,
    }
}

fn handling(old: &Alert, new: &Alert) -> Option<News> {
    match (&old.acknowledgement, &new.acknowledgement) {
        (before, Some(now)) if before.as_ref() != Some(now) => Some(News::Acknowledged),
        (Some(_), None) => Some(News::Unacknowledged { by: None, note: None }),
        _ => None,
    }
}

impl<'a> Change<'a> {
    /// The change between two images of an alert's state; `None` if nothing that is told.
    pub fn between(old: Option<&Alert>, new: &'a Alert, hearing: Hearing, at: Timestamp) -> Option<Self> {
        let news = News::between(old, new)?;
        Some(Self { alert: new, news, previous_severity: old.map(|old| old.severity), hearing, at })
    }
}

impl Change<'_> {
    /// What a message about it would be.
    pub(super) fn kind(&self) -> Option<Kind> {
        match &self.news {
            News::Transition(transition) => Kind::of(*transition),
            News::Acknowledged => Some(Kind::Acknowledged),
            News::Unacknowledged { .. } => Some(Kind::Unacknowledged),
            News::SilenceEnded => Some(Kind::Opened),
            News::DampingEnded => Some(Kind::Reopened),
        }
    }

    /// Whether nothing happened to the alert itself: an opening that was withheld may be told now.
    pub(super) const fn is_late_opening(&self) -> bool {
        matches!(self.news, News::SilenceEnded | News::DampingEnded)
    }

    /// The message about it.
    pub(super) fn message(&self, kind: Kind) -> Message {
        let mut message = Message::new(kind, self.alert.clone(), self.at);
        message.previous_severity =
            self.previous_severity.filter(|severity| *severity != self.alert.severity);
        match (&self.news, &self.alert.acknowledgement) {
            (News::Acknowledged, Some(acknowledgement)) => {
                message.by = Some(acknowledgement.by.clone());
                message.note.clone_from(&acknowledgement.note);
            }
            (News::Unacknowledged { by, note }, _) => {
                message.by.clone_from(by);
                message.note.clone_from(note);
            }
            _ => {}
        }
        message
    }
}
