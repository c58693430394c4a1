//! What happened to an alert, as far as destinations are concerned.

use alert::{Alert, Condition, Severity, Transition};
use channels::Event;
use jiff::Timestamp;

/// Something that destinations may have to be notified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// The alert right after.
    pub alert: Alert,
    /// What happened.
    pub reason: ChangeReason,
    /// How bad the alert was before, where it differs.
    pub previous_severity: Option<Severity>,
    /// When it happened or reached us, by our clock.
    pub at: Timestamp,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeReason {
    /// The source spoke, or said nothing for too long.
    Transition(Transition),
    /// Somebody acknowledged the alert; who, it says itself.
    Acknowledged,
    /// Somebody withdrew that.
    Unacknowledged {
        /// Who, if known.
        by: Option<String>,
        /// What they had to say.
        note: Option<String>,
    },
}

impl StateChange {
    /// The change between two images of an alert's state; `None` if nothing that is notified. Who withdrew an acknowledgement
    /// is in neither image.
    pub fn between(old: Option<&Alert>, new: &Alert, at: Timestamp) -> Option<Self> {
        let reason = ChangeReason::between(old, new)?;
        let previous_severity = old.map(|old| old.severity).filter(|severity| *severity != new.severity);
        Some(Self { alert: new.clone(), reason, previous_severity, at })
    }

    /// What is notified of it; `None` for what is history only.
    pub const fn event(&self) -> Option<Event> {
        match self.reason {
            ChangeReason::Transition(transition) => match transition {
                Transition::Opened => Some(Event::Opened),
                Transition::Reopened => Some(Event::Reopened),
                Transition::Escalated => Some(Event::Escalated),
                Transition::Deescalated => Some(Event::Deescalated),
                Transition::Resolved => Some(Event::Resolved),
                Transition::Expired => Some(Event::Expired),
                Transition::Repeated | Transition::Late => None,
            },
            ChangeReason::Acknowledged => Some(Event::Acknowledged),
            ChangeReason::Unacknowledged { .. } => Some(Event::Unacknowledged),
        }
    }
}

impl ChangeReason {
    /// What happened between two images of an alert's state.
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
        (Firing, Firing) if old.is_unannounced() && !new.is_unannounced() => Some(Transition::Opened),
        _ => None,
    }
}

fn handling(old: &Alert, new: &Alert) -> Option<ChangeReason> {
    match (&old.acknowledgement, &new.acknowledgement) {
        (before, Some(now)) if before.as_ref() != Some(now) => Some(ChangeReason::Acknowledged),
        (Some(_), None) => Some(ChangeReason::Unacknowledged { by: None, note: None }),
        _ => None,
    }
}
