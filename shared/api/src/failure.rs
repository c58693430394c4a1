//! What can go wrong with a request, and the one map from that to a status and a code.

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use alert::{Conflict, SilenceError};
use aws::{ActionFailure, SilenceFailure};
use axum::Json;
use axum::response::{IntoResponse, Response};
use dispatch::OutboxError;
use http::StatusCode;
use intake::{ReplayFailure, SecretsError, StoreError, chain};
use schemars::JsonSchema;
use serde::Serialize;

/// Why a request was not answered as it hoped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(
        "no token that is known: send one as `Authorization: Bearer TOKEN`, or as the password of HTTP Basic"
    )]
    Unauthorized,
    #[error("this token may read only: use one with the role `write`")]
    Forbidden,
    #[error("you may read only: have somebody give you the role `write`")]
    MayRead,
    #[error("no token is configured: add one to the secret `<prefix>/api`")]
    NothingConfigured,
    #[error("the secret of this API cannot be read at present")]
    Secrets(#[source] SecretsError),
    #[error("{0}")]
    BadRequest(String),
    #[error("there is no such path: see `/v1/openapi.json`")]
    NoSuchPath,
    #[error("there is no {what} `{id}`")]
    NotFound { what: &'static str, id: String },
    #[error("method not allowed")]
    MethodNotAllowed,
    #[error(transparent)]
    Conflict(Conflict),
    #[error(transparent)]
    Silence(SilenceError),
    #[error(transparent)]
    Replay(ReplayFailure),
    #[error("the table cannot be used at present: try again")]
    Store(#[source] StoreError),
    #[error("what is stored of it cannot be read: see the log")]
    Corrupt(#[source] StoreError),
    #[error("not ready: the table cannot be written")]
    NotReady,
    #[error("the outbox cannot be used at present: try again")]
    Outbox(#[source] OutboxError),
}

/// What every failure is answered with.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Refusal {
    pub(crate) error: Reason,
}

/// Why a request was not answered as it hoped.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Reason {
    /// A word for machines.
    pub(crate) code: &'static str,
    /// A sentence for people: what was wrong, and what to do.
    pub(crate) message: String,
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::MayRead => StatusCode::FORBIDDEN,
            Self::BadRequest(_) | Self::Silence(_) => StatusCode::BAD_REQUEST,
            Self::NoSuchPath | Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Replay(ReplayFailure::NotUnderstood(_)) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Replay(ReplayFailure::Secrets(_) | ReplayFailure::Store(_))
            | Self::NothingConfigured
            | Self::Secrets(_)
            | Self::Store(_)
            | Self::Outbox(_)
            | Self::NotReady => StatusCode::SERVICE_UNAVAILABLE,
            Self::Corrupt(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The word for machines.
    fn code(&self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::Forbidden | Self::MayRead => "forbidden",
            Self::NothingConfigured => "not_configured",
            Self::Secrets(_)
            | Self::Store(_)
            | Self::NotReady
            | Self::Outbox(_)
            | Self::Replay(ReplayFailure::Secrets(_) | ReplayFailure::Store(_)) => "unavailable",
            Self::BadRequest(_) | Self::Silence(_) => "bad_request",
            Self::NoSuchPath | Self::NotFound { .. } => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Conflict(_) => "conflict",
            Self::Replay(ReplayFailure::NotUnderstood(_)) => "not_understood",
            Self::Corrupt(_) => "unreadable",
        }
    }
}

impl Failure {
    /// What the caller reads.
    pub(crate) fn reason(&self) -> Reason {
        Reason { code: self.code(), message: self.to_string() }
    }

    /// What the caller reads where only a part failed; logged where it is our fault.
    pub(crate) fn reason_of_part(&self) -> Reason {
        if self.status().is_server_error() {
            tracing::error!(error = chain(self), "part of a request failed");
        }
        self.reason()
    }
}

impl From<StoreError> for Failure {
    /// What is damaged stays so however often it is asked for.
    fn from(error: StoreError) -> Self {
        if let StoreError::Corrupt { .. } = error { Self::Corrupt(error) } else { Self::Store(error) }
    }
}

impl From<ActionFailure> for Failure {
    fn from(failure: ActionFailure) -> Self {
        match failure {
            ActionFailure::Unknown(fingerprint) => {
                Self::NotFound { what: "alert", id: fingerprint.to_string() }
            }
            ActionFailure::Conflict(conflict) => Self::Conflict(conflict),
            ActionFailure::Store(error) => error.into(),
        }
    }
}

impl From<SilenceFailure> for Failure {
    fn from(failure: SilenceFailure) -> Self {
        match failure {
            SilenceFailure::Invalid(error) => Self::Silence(error),
            SilenceFailure::Unknown(id) => Self::NotFound { what: "silence", id: id.to_string() },
            SilenceFailure::Store(error) => Self::Store(error),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = self.status();
        // Readiness is asked for every few seconds, and logged where it changes.
        if status.is_server_error() && !matches!(self, Self::NotReady) {
            tracing::error!(status = status.as_u16(), error = chain(&self), "request failed");
        }
        (status, Json(Refusal { error: self.reason() })).into_response()
    }
}

impl OperationOutput for Failure {
    type Inner = Refusal;

    fn operation_response(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Option<aide::openapi::Response> {
        Json::<Refusal>::operation_response(context, operation)
    }

    /// Every status but that of success.
    fn inferred_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<aide::openapi::StatusCode>, aide::openapi::Response)> {
        let refusal = Self::operation_response(context, operation);
        refusal.into_iter().map(|refusal| (None, refusal)).collect()
    }
}
