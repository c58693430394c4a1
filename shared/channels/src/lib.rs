//! Destination types: each reads its settings, renders a request and interprets the answer.
//!
//! [`Channel`] is the only contract. What is said is a [`Notification`]; one try to say it is an [`Attempt`], and what
//! the answer means is an [`Interpretation`]. Nothing here does I/O or reads a clock.

mod attempt;
mod channel;
mod notification;

pub use attempt::{
    Attempt, Hold, HoldScope, Interpretation, Memory, Next, Probe, Progress, Request, Verdict,
};
pub use channel::{Channel, Deliver, Lifecycle};
pub use notification::{AlertSubject, Event, GroupSubject, Links, Notification, SeverityCounts, Subject};
