//! What can go wrong with a request, and the one map from that to a status and a code.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use intake::{SecretsError, StoreError, chain};
use serde_json::json;

/// Why a request was not answered as it hoped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("unauthorized")]
    Unauthorized,
    #[error("this token may read only: use one with the role `write`")]
    Forbidden,
    #[error("no token is configured: add one to the secret `<prefix>/api`")]
    NothingConfigured,
    #[error("the secret of this API cannot be read at present")]
    Secrets(#[source] SecretsError),
    #[error("{0}")]
    BadRequest(String),
    #[error("there is no such path: see `/v1/alerts`")]
    NoSuchPath,
    #[error("there is no alert `{0}`")]
    NoSuchAlert(String),
    #[error("method not allowed")]
    MethodNotAllowed,
    #[error("the table cannot be read at present: try again")]
    Store(#[source] StoreError),
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::NoSuchPath | Self::NoSuchAlert(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NothingConfigured | Self::Secrets(_) | Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The word for machines.
    fn code(&self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NothingConfigured => "not_configured",
            Self::Secrets(_) | Self::Store(_) => "unavailable",
            Self::BadRequest(_) => "bad_request",
            Self::NoSuchPath | Self::NoSuchAlert(_) => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = self.status();
        if status.is_server_error() {
            tracing::error!(status = status.as_u16(), error = chain(&self), "request failed");
        }
        let body = Json(json!({ "error": { "code": self.code(), "message": self.to_string() } }));
        (status, body).into_response()
    }
}
