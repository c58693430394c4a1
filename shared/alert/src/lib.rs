//! The domain of Campanile: what an alert is and how it changes.
//!
//! [`AlertEvent`] is what one notification of a source says, [`Alert`] is what all of them together
//! mean, and [`fold`] is the only way from the one to the other. Nothing here does I/O, reads a clock
//! or knows a source's wire format; those live in the crates above.

mod action;
mod alert;
mod bounds;
mod clock;
mod event;
mod expiry;
mod fold;
mod heartbeat;
mod identity;
pub mod matcher;
mod order;
mod reception;
pub mod recurrence;
mod repetition;
mod served;
mod severity;
mod silence;
mod source;
mod texts;
pub mod time_interval;
mod timeline;
mod word;

pub use action::{Action, Actor, Conflict, Note, acknowledge, acknowledge_if_free, resolve, unacknowledge};
pub use alert::{Acknowledgement, Alert, Condition, Handling};
pub use bounds::LabelsTooLarge;
pub use clock::Clock;
pub use event::{AlertEvent, AutoResolve, Labels, Signal};
pub use expiry::{ExpiryRules, Patience};
pub use fold::{Folded, Transition, expire, fold};
pub use heartbeat::Heartbeat;
pub use identity::{EventId, Fingerprint, ParseIdError};
pub use order::{Order, PriorState, Timing};
pub use reception::Received;
pub use repetition::heard_again;
pub use served::{GENERATOR_URL, alert_name, served_annotations, served_fingerprint, served_labels};
pub use severity::Severity;
pub use silence::{
    ParseSilenceIdError, Silence, SilenceDraft, SilenceEdit, SilenceError, SilenceId, SilenceState, silenced,
};
pub use source::Source;
pub use texts::{ACCOUNT_NAME, UNANNOUNCED};
pub use timeline::Timeline;
pub use word::UnknownWord;
