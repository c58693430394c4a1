//! What can become of a request to Crossbar.

use std::fmt;

use net::{BuildError, Unanswered};

use crate::refusal::Refusal;

/// A request to Crossbar that did not do what it was for.
#[derive(Debug, thiserror::Error)]
#[error("cannot {operation}{}", asked_as(.request_id.as_deref()))]
pub struct Error {
    /// What was tried.
    pub operation: Operation,
    /// Under which id Crossbar's log has it.
    pub request_id: Option<String>,
    /// What went wrong.
    #[source]
    pub trouble: Trouble,
}

/// What is asked of Crossbar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Making the HTTP client, before anything is sent.
    Prepare,
    /// `PUT /api_auth` or `/user_auth`.
    LogIn,
    /// `GET /webhooks`.
    ListAvailableHooks,
    /// `GET /accounts/{A}/webhooks`.
    ListHooks,
    /// `GET ../webhooks/{ID}`.
    ReadHook,
    /// `PUT /accounts/{A}/webhooks`.
    CreateHook,
    /// `PATCH ../webhooks/{ID}`.
    ChangeHook,
    /// `PATCH ../webhooks` of an account or its descendants.
    ReenableHooks,
    /// `DELETE ../webhooks/{ID}`.
    DeleteHook,
    /// `GET ../webhooks/attempts` or `../{ID}/attempts`.
    ListAttempts,
}

/// What went wrong with a request.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// No connection.
    #[error("no connection to KAZOO: check the address, the port and the network")]
    Unreachable(#[source] Unanswered),
    /// No answer within the deadline.
    #[error("KAZOO did not answer in time: try again")]
    TimedOut,
    /// The connection broke before the answer was whole.
    #[error("the connection broke before the answer was whole: try again")]
    Interrupted(#[source] Unanswered),
    /// The HTTP client could not be made.
    #[error("the HTTP client cannot be made: check this machine's certificates")]
    NoClient(#[source] BuildError),
    /// An answer that Crossbar does not give.
    #[error("the answer is not one of Crossbar's ({0}): check that the address ends in Crossbar's `/v2`")]
    Unreadable(&'static str),
    /// An error envelope.
    #[error(transparent)]
    Refused(Refusal),
}

impl Error {
    pub(crate) fn new(operation: Operation, trouble: Trouble) -> Self {
        Self { operation, request_id: None, trouble }
    }

    /// Why Crossbar refused, if it did.
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.trouble {
            Trouble::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Whether KAZOO may have done what it was asked although nothing came back.
    pub fn may_have_been_done(&self) -> bool {
        matches!(self.trouble, Trouble::TimedOut | Trouble::Interrupted(_) | Trouble::Unreadable(_))
    }

    /// Whether the network, not KAZOO, is why nothing is known.
    pub fn is_network(&self) -> bool {
        self.may_have_been_done() || matches!(self.trouble, Trouble::Unreachable(_))
    }
}

impl Trouble {
    /// Sorts why there is no whole answer.
    pub(crate) fn of(reason: Unanswered) -> Self {
        match reason {
            Unanswered::Denied(_) | Unanswered::Connect(_) => Self::Unreachable(reason),
            Unanswered::Timeout => Self::TimedOut,
            Unanswered::Broken(_) => Self::Interrupted(reason),
            Unanswered::TooLong(_) => Self::Unreadable("longer than 16 MiB"),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Prepare => "get ready to call KAZOO",
            Self::LogIn => "log in to KAZOO",
            Self::ListAvailableHooks => "list the hooks that KAZOO offers",
            Self::ListHooks => "list the account's webhooks",
            Self::ReadHook => "read a webhook",
            Self::CreateHook => "create a webhook",
            Self::ChangeHook => "change a webhook",
            Self::ReenableHooks => "enable the disabled webhooks again",
            Self::DeleteHook => "delete a webhook",
            Self::ListAttempts => "list the attempts to deliver",
        })
    }
}

fn asked_as(request_id: Option<&str>) -> String {
    request_id.map(|id| format!(" (request `{id}`)")).unwrap_or_default()
}
