//! Why an answer is of no use, and what to do.

use reqwest::StatusCode;
use serde::Deserialize;

use crate::command::address::Address;
use crate::command::profile::ProfileError;

/// Why an answer is of no use.
#[derive(Debug, thiserror::Error)]
pub(in crate::command) enum ServerError {
    #[error(
        "nobody answers at {url}: start one with `campanile up`, or say with --url or CAMPANILE_URL where it is"
    )]
    Unreachable {
        url: String,
        #[source]
        source: reqwest::Error,
    },
    #[error("{url} did not finish its answer: try again")]
    Unfinished {
        url: String,
        #[source]
        source: reqwest::Error,
    },
    #[error(
        "the request cannot be made: check that the token of --token or CAMPANILE_TOKEN is one line of plain characters, \
         and that what is asked for is not too long for an address"
    )]
    Unusable {
        #[source]
        source: reqwest::Error,
    },
    #[error("HTTP cannot be spoken on this machine")]
    NoClient {
        #[source]
        source: reqwest::Error,
    },
    #[error(transparent)]
    Profile(ProfileError),
    #[error("the address of the local bundle is none")]
    NoLocal,
    #[error("{url} answered 401 Unauthorized: {}", token_remedy("api"))]
    Unauthorized { url: String },
    #[error("{message}, in --token or CAMPANILE_TOKEN")]
    Forbidden { message: String },
    #[error("{message}: `{command}` lists them")]
    Unknown { message: String, command: &'static str },
    #[error("{message}")]
    Refused { status: StatusCode, code: String, message: String },
    #[error(
        "{url} answered {status} in place of Campanile: try again, and look at the function's alarms if that goes on"
    )]
    InItsPlace { url: String, status: StatusCode },
    #[error("{url} answered {status}, and not as Campanile does: check --url or CAMPANILE_URL")]
    Strange { url: String, status: StatusCode },
    #[error("{url} answered with something that is not Campanile's: check --url or CAMPANILE_URL")]
    NotOurs {
        url: String,
        #[source]
        source: serde_json::Error,
    },
}

/// What to do where the token is none of the secret `campanile/<secret>`.
pub(in crate::command) fn token_remedy(secret: &str) -> String {
    let stored = if secret == "api" { ", or store one with `campanile login`" } else { "" };
    format!("give a token of the secret `campanile/{secret}` with --token or in CAMPANILE_TOKEN{stored}")
}

/// An error of the API.
#[derive(Deserialize)]
struct Refusal {
    error: Reason,
}

#[derive(Deserialize)]
struct Reason {
    code: String,
    message: String,
}

impl ServerError {
    pub(super) fn of_transport(url: &Address, error: reqwest::Error) -> Self {
        let (url, source) = (url.to_string(), error.without_url());
        if source.is_builder() {
            Self::Unusable { source }
        } else if source.is_connect() {
            Self::Unreachable { url, source }
        } else {
            Self::Unfinished { url, source }
        }
    }

    pub(super) fn of_refusal(url: &Address, status: StatusCode, text: &str) -> Self {
        let url = url.to_string();
        let Ok(Refusal { error: Reason { code, message } }) = serde_json::from_str(text) else {
            let may_pass = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
            return if may_pass { Self::InItsPlace { url, status } } else { Self::Strange { url, status } };
        };
        match status {
            StatusCode::UNAUTHORIZED => Self::Unauthorized { url },
            StatusCode::FORBIDDEN => Self::Forbidden { message },
            _ => Self::Refused { status, code, message },
        }
    }

    /// The same error; where something is not there, it says that `command` lists what is.
    pub(in crate::command) fn listed_by(self, command: &'static str) -> Self {
        match self {
            Self::Refused { code, message, .. } if code == "not_found" => Self::Unknown { message, command },
            other => other,
        }
    }

    /// Whether the same question may well be answered a little later.
    pub(in crate::command) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Unfinished { .. } | Self::InItsPlace { .. } => true,
            Self::Refused { status, .. } => status.is_server_error(),
            _ => false,
        }
    }

    /// Whether fewer items would have been answered; the API says so in its words only.
    pub(in crate::command) fn is_too_much(&self) -> bool {
        matches!(self, Self::Refused { status: StatusCode::BAD_REQUEST, message, .. } if message.starts_with("limit:"))
    }
}
