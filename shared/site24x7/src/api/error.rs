//! Why a call failed. No text quotes a credential, and foreign messages are cleaned before they come here.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use net::{Secret, Unanswered};
use url::Url;

use super::call::Call;
use super::verdict::Failure;
use crate::TokenError;
use crate::redaction::presentable;

/// A call of the API that came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Zoho issues no token until then and nobody asks; a poll ends here without an error.
    #[error("{call} is not made: zoho issues no more tokens, nobody asks before {until}")]
    CoolingDown {
        /// The call.
        call: Call,
        /// When it may be tried again.
        until: Timestamp,
    },
    /// There is no access token.
    #[error("{call} needs an access token and there is none")]
    Token {
        /// The call.
        call: Call,
        /// Why.
        #[source]
        source: TokenError,
    },
    /// The token lacks the scope that the call needs (`error_code` 1121).
    #[error("{call} is not allowed: generate a new code with the scope {scope}", scope = Needed(.call))]
    ScopeMissing {
        /// The call.
        call: Call,
    },
    /// A renewed token was refused as well.
    #[error("{call} refuses even a new token{said}: are the data centre and `zaaid` right", said = VendorMessage(None, .message))]
    Unauthorized {
        /// The call.
        call: Call,
        /// What the server says.
        message: String,
    },
    /// Too many calls, or a server in trouble, and trying again did not help.
    #[error("{call} fails with HTTP {status}{said}: try again later", said = VendorMessage(None, .message))]
    Unavailable {
        /// The call.
        call: Call,
        /// The last status.
        status: u16,
        /// For how long the server wants to be left alone, if it says so.
        retry_after: Option<Duration>,
        /// What the server says.
        message: String,
    },
    /// No answer, and trying again did not help.
    #[error("{call} is not answered")]
    NoAnswer {
        /// The call.
        call: Call,
        /// Why.
        #[source]
        source: Unanswered,
    },
    /// The run's deadline had passed before the call.
    #[error("{call} is not made: the time of this run is over")]
    OutOfTime {
        /// The call.
        call: Call,
    },
    /// The host sends elsewhere; redirects are not followed, as they lose the token.
    #[error("{call} is redirected to `{to}` (HTTP {status}): is the data centre right")]
    Redirected {
        /// The call.
        call: Call,
        /// The status.
        status: u16,
        /// Scheme and host of the target.
        to: String,
    },
    /// Any other refusal.
    #[error("{call} is refused with HTTP {status}{said}", said = VendorMessage(*.error_code, .message))]
    Refused {
        /// The call.
        call: Call,
        /// The status.
        status: u16,
        /// The vendor's number for it.
        error_code: Option<i64>,
        /// What the server says.
        message: String,
    },
    /// An answer that is not what the vendor documents, such as a sign-in page.
    #[error("{call} is answered with HTTP {status} and something else than its data")]
    NotUnderstood {
        /// The call.
        call: Call,
        /// The status.
        status: u16,
    },
}

impl CallError {
    pub(super) fn no_token(call: Call, error: TokenError) -> Self {
        match error {
            TokenError::CoolingDown { until } => Self::CoolingDown { call, until },
            TokenError::OutOfTime => Self::OutOfTime { call },
            source => Self::Token { call, source },
        }
    }

    /// The error that a failure is. `secrets` are taken out of what the server says.
    pub(super) fn of(call: Call, failure: Failure, secrets: &[&Secret]) -> Self {
        let clean = |message: String| presentable(&message, secrets.iter().copied());
        match failure {
            Failure::ScopeMissing => Self::ScopeMissing { call },
            Failure::TokenRefused { message } => Self::Unauthorized { call, message: clean(message) },
            Failure::Unavailable { status, retry_after, message } => {
                Self::Unavailable { call, status, retry_after, message: clean(message) }
            }
            Failure::NoAnswer(source) => Self::NoAnswer { call, source },
            Failure::Redirected { status, location } => {
                Self::Redirected { call, status, to: clean(origin(&location)) }
            }
            Failure::Refused { status, error_code, message } => {
                Self::Refused { call, status, error_code, message: clean(message) }
            }
            Failure::NotUnderstood { status } => Self::NotUnderstood { call, status },
            Failure::OutOfTime => Self::OutOfTime { call },
        }
    }

    /// Which call failed.
    pub const fn call(&self) -> Call {
        match self {
            Self::CoolingDown { call, .. }
            | Self::Token { call, .. }
            | Self::ScopeMissing { call }
            | Self::Unauthorized { call, .. }
            | Self::Unavailable { call, .. }
            | Self::NoAnswer { call, .. }
            | Self::OutOfTime { call }
            | Self::Redirected { call, .. }
            | Self::Refused { call, .. }
            | Self::NotUnderstood { call, .. } => *call,
        }
    }

    /// Until when nobody asks Zoho, if that is why: then a poll ends without an error.
    pub const fn cooling_down_until(&self) -> Option<Timestamp> {
        match self {
            Self::CoolingDown { until, .. } => Some(*until),
            _ => None,
        }
    }

    /// Whether the token lacks a scope: the call will fail until a new code is exchanged.
    pub const fn is_scope_missing(&self) -> bool {
        matches!(self, Self::ScopeMissing { .. })
    }

    /// For how long the server wants to be left alone, if it says so.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the call may have been carried out all the same.
    pub(crate) const fn is_unclear(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::NoAnswer { .. } | Self::NotUnderstood { .. })
    }
}

/// The scope a call needs, or that nobody knows it.
struct Needed<'a>(&'a Call);

impl fmt::Display for Needed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.scope() {
            Some(scope) => write!(f, "`{scope}`"),
            None => f.write_str("it needs, which the vendor does not document"),
        }
    }
}

/// What the server says about a failure, in parentheses; nothing where it says nothing.
struct VendorMessage<'a>(Option<i64>, &'a str);

impl fmt::Display for VendorMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0, self.1) {
            (None, "") => Ok(()),
            (Some(code), "") => write!(f, " (error_code {code})"),
            (None, message) => write!(f, " (`{message}`)"),
            (Some(code), message) => write!(f, " (error_code {code}, `{message}`)"),
        }
    }
}

/// Scheme and host of a redirect's target: its path and query may carry what nobody should see.
fn origin(location: &str) -> String {
    match Url::parse(location) {
        Ok(url) => url.origin().ascii_serialization(),
        Err(_) => "another path".to_owned(),
    }
}
