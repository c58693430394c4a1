//! The domain of Campanile: what an alert is and how it changes.
//!
//! [`AlertEvent`] is what one notification of a source says, [`Alert`] is what all of them together
//! mean, and [`fold`] is the only way from the one to the other. Nothing here does I/O, reads a clock
//! or knows a source's wire format; those live in the crates above.

mod action;
mod alert;
mod event;
mod expiry;
mod fold;
mod heartbeat;
mod identity;
pub mod matcher;
pub mod recurrence;
mod served;
mod severity;
mod silence;
mod source;
pub mod time_interval;
mod timeline;
mod word;

pub use action::{Action, Conflict, Note, acknowledge, resolve, unacknowledge};
pub use alert::{Acknowledgement, Alert, Condition, Handling};
pub use event::{AlertEvent, AutoResolve, Labels, Signal};
pub use expiry::{ExpiryRules, Patience};
pub use fold::{Folded, Transition, expire, fold};
pub use heartbeat::Heartbeat;
pub use identity::{EventId, Fingerprint, ParseIdError};
pub use served::{alert_name, served_annotations, served_fingerprint, served_labels};
pub use severity::Severity;
pub use silence::{
    ParseSilenceIdError, Silence, SilenceDraft, SilenceEdit, SilenceError, SilenceId, SilenceState, silenced,
};
pub use source::Source;
pub use timeline::Timeline;
pub use word::UnknownWord;
