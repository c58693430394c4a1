//! The contract of a destination type.

use std::fmt;

use jiff::Timestamp;
use net::{Certificates, HttpAnswer, HttpRequest, Unanswered};

use crate::{Attempt, Inspection, Interpretation, Request};

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

    /// The certificates that its connections need, where it has some of its own.
    fn certificates(&self) -> Option<&Certificates> {
        None
    }

    /// What whoever answers at its address has to know before anything is sent there; asked again when its settings change.
    fn ownership(&self) -> Option<&dyn Ownership> {
        None
    }

    /// Calls without effect that show at the moment `at` whether its vendor knows it; none where the vendor has none.
    fn inspections(&self, _at: Timestamp) -> Vec<Inspection> {
        Vec::new()
    }

    /// The request that `attempt` makes next; `None` if it has nothing to say of this, which then counts as sent.
    fn request(&self, attempt: &Attempt<'_>) -> Option<Request>;

    /// What the answer to that request means.
    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation;
}

/// The check of who answers at an address.
pub trait Ownership {
    /// The question, made new by `token`: base64url of 32 random bytes. It is to be answered within 5 s.
    fn question(&self, token: &str) -> HttpRequest;

    /// Whether `answer` is the answer to `token`.
    fn verify(&self, token: &str, answer: &Result<HttpAnswer, Unanswered>) -> Result<(), OwnershipFailure>;
}

/// Why the ownership check did not pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OwnershipFailure {
    /// No answer came within the time for it.
    #[error("no answer to the challenge")]
    Unanswered(#[source] Unanswered),
    /// Another status than 200.
    #[error("the challenge was answered with status {0}: answer 200")]
    Status(u16),
    /// The body is no JSON object with a text `response_token`.
    #[error("the challenge's answer is not a JSON object with a text `response_token`")]
    Shape,
    /// The token is another than the secret gives.
    #[error(
        "the challenge's `response_token` is wrong: use the same secret, and sha256= with padded base64 of the HMAC"
    )]
    Token,
}

/// What a destination type can express, and what follows for its defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact about the vendor's API, independent of the others"
)]
pub struct Lifecycle {
    /// What it is sent by default.
    pub deliver: Deliver,
    /// It opens incidents that stay open until they are closed: each alert is a group by itself by default, and an end
    /// is always notified.
    pub opens_incidents: bool,
    /// A later notification of a group changes the earlier one instead of adding to it.
    pub updates_in_place: bool,
    /// Notifications of a group are threaded.
    pub threads: bool,
    /// It is notified of acknowledgements.
    pub acknowledges: bool,
    /// It is notified when an acknowledgement is withdrawn.
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
