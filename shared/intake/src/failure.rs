//! Why a request was not taken, and the one map from that to a status.

use std::error::Error;

use http::StatusCode;

use crate::{Measure, Protocol, SecretsError, StoreError};

/// Why a request ended without anything being kept.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The source does not use this method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// The body is larger than the source's notifications ever are.
    #[error("the body is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// No credential, or none that is known. Never says more: a caller must not learn which.
    #[error("unauthorized")]
    Unauthorized,
    /// The source's secret holds no credential at all, so nobody can be admitted.
    #[error("no credential is configured for this source")]
    NothingConfigured,
    /// The source's secret could not be read.
    #[error("the secret of this source cannot be read at present")]
    Secrets(#[source] SecretsError),
    /// The body's type is none that this source sends.
    #[error("unsupported content type: send application/json")]
    UnsupportedMediaType,
    /// An ownership challenge without a usable question.
    #[error("crc_token must be 1 to 1024 bytes long")]
    BadChallenge,
    /// An ownership challenge, and no secret to answer it with.
    #[error("no challenge secret is configured")]
    NoChallengeSecret,
    /// The table did not take it; the sender shall try again.
    #[error("the alert could not be stored: send it again")]
    Store(#[source] StoreError),
}

impl Failure {
    /// The status with which the source that speaks `P` learns of this failure.
    pub fn status<P: Protocol>(&self) -> StatusCode {
        match self {
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BadChallenge => StatusCode::BAD_REQUEST,
            Self::NoChallengeSecret => StatusCode::NOT_FOUND,
            Self::NothingConfigured | Self::Secrets(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Store(_) => P::STORE_FAILURE,
        }
    }

    /// Whether a newer version of the source's secret may say otherwise.
    pub(crate) const fn may_be_out_of_date(&self) -> bool {
        matches!(self, Self::Unauthorized | Self::NothingConfigured | Self::NoChallengeSecret)
    }

    /// What it counts as. A source that nobody configured admits nobody, whoever tries it: that is no failure of ours.
    pub(crate) const fn measure(&self) -> Measure {
        match self {
            Self::Unauthorized | Self::NothingConfigured => Measure::Unauthorized,
            Self::Secrets(_) | Self::Store(_) => Measure::Failed,
            Self::MethodNotAllowed
            | Self::TooLarge { .. }
            | Self::UnsupportedMediaType
            | Self::BadChallenge
            | Self::NoChallengeSecret => Measure::Refused,
        }
    }
}

/// An error and its causes in one line; as text, because the Lambda runtime's JSON log drops the causes otherwise.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
