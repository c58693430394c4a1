//! What places an event among the others of its alert.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Severity, Signal};

/// How an event finds its place in the life of its alert; see `docs/adr/0001-order-of-arrival.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Order {
    /// How its source reports it.
    #[serde(default, skip_serializing_if = "Timing::is_live")]
    pub timing: Timing,
    /// What the source says the alert was before; it orders events of one second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<PriorState>,
    /// The event's time as it was sent, where `occurred_at` is another: the same in every request of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Timestamp>,
    /// Whether it is known, and recorded once more because it is news again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

/// How a source reports an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Timing {
    /// As it happens, with its time: the source's clock orders it.
    #[default]
    Live,
    /// Again and again, as what holds now: the moment of reception orders it.
    Restated,
    /// In a log that is read afterwards: the source's clock orders it, however late it is read.
    Logged,
    /// By a person, of what is known when they look: it comes right after that, and before whatever is newer.
    Person,
}

/// What an alert was before an event, by the word of its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PriorState {
    /// It did not fire.
    Resolved,
    /// It fired, this badly.
    Firing(Severity),
}

impl Order {
    /// The order of what is re-stated; `sent_at` is the same each time.
    pub fn restated(sent_at: Timestamp) -> Self {
        Self { timing: Timing::Restated, sent_at: Some(sent_at), ..Self::default() }
    }

    /// The order of what is read from a log.
    pub fn logged() -> Self {
        Self { timing: Timing::Logged, ..Self::default() }
    }

    /// The order of what a person says.
    pub fn person() -> Self {
        Self { timing: Timing::Person, ..Self::default() }
    }

    /// The order of what happened to an alert that was `prior` before, where the source says so.
    pub fn after(prior: Option<PriorState>) -> Self {
        Self { follows: prior, ..Self::default() }
    }

    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Timing {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
    fn is_live(&self) -> bool {
        *self == Self::Live
    }
}

impl PriorState {
    /// The state that a signal of this severity means; none of a notice.
    pub fn of(signal: Signal, severity: Severity) -> Option<Self> {
        match signal {
            Signal::Firing => Some(Self::Firing(severity)),
            Signal::Resolved => Some(Self::Resolved),
            Signal::Notice => None,
        }
    }
}
