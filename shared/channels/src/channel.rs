//! The contract of a destination type.

use std::fmt;

use net::{HttpAnswer, Unanswered};

use crate::{Attempt, Interpretation, Request};

/// One destination of one type: its settings, read and checked.
pub trait Channel: fmt::Debug + Send + Sync {
    /// The word in the settings' `type`.
    fn type_name(&self) -> &'static str;

    /// The host that its requests go to: all of its address that may be named.
    fn host(&self) -> &str;

    /// Every text that would give access, should an answer repeat it. No default: a forgotten secret must not compile.
    fn secrets(&self) -> Vec<String>;

    /// What it can express.
    fn lifecycle(&self) -> Lifecycle;

    /// How many queues may be under way to it at a time.
    fn concurrency(&self) -> usize {
        8
    }

    /// What its rate limit counts, where that is more than this destination.
    fn rate_limit_scope(&self) -> Option<&'static str> {
        None
    }

    /// How many alerts of a group it can name.
    fn most_alerts(&self) -> usize {
        10
    }

    /// The request that `attempt` makes next; `None` if it has nothing to say of this, which then counts as sent.
    fn request(&self, attempt: &Attempt<'_>) -> Option<Request>;

    /// What the answer to that request means.
    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation;
}

/// What a destination type can express, and what follows for its defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact about the vendor's API, independent of the others"
)]
pub struct Lifecycle {
    /// How it is told by default.
    pub deliver: Deliver,
    /// It opens incidents that stay open until they are closed: each alert is a group by itself by default, and an end
    /// is told always.
    pub opens_incidents: bool,
    /// A later notification of a group changes the earlier one instead of adding to it.
    pub updates_in_place: bool,
    /// Notifications of a group are threaded.
    pub threads: bool,
    /// It is told of acknowledgements.
    pub acknowledges: bool,
    /// It is told that an acknowledgement was withdrawn.
    pub unacknowledges: bool,
}

/// The two ways to deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deliver {
    /// The present state of a group of alerts, never a backlog.
    State,
    /// Every change of every alert, in order for each alert.
    Changes,
}
