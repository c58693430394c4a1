//! What can go wrong on this face, and the one map from that to a status and Alertmanager's words.

use ::alert::SilenceId;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use intake::{StoreError, chain};
use serde_json::json;

/// go-openapi's code for a value of the wrong type.
pub(super) const WRONG_TYPE: u16 = 601;
/// go-openapi's code for a member that is not there.
pub(super) const REQUIRED: u16 = 602;

/// Why a request was not answered as it hoped.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{0}")]
    BadRequest(String),
    /// Some alerts of a batch break a rule; the others are durable.
    #[error("{0}")]
    Refused(String),
    #[error("there is no silence `{0}`")]
    NoSuchSilence(SilenceId),
    #[error("{message}")]
    Schema { code: u16, message: String },
    #[error("the body is larger than {limit_bytes} bytes: send fewer alerts at a time")]
    BodyTooLarge { limit_bytes: usize },
    #[error("unsupported content type: send application/json")]
    UnsupportedMediaType,
    #[error("the body cannot be decoded from `{0}`: send it as it is, or as gzip or deflate")]
    UnreadableEncoding(String),
    #[error("the answer would be larger than Lambda's 6 MB: use a filter")]
    AnswerTooLarge,
    #[error("the answer would be larger than Lambda's 6 MB: send `Accept-Encoding: gzip`, or use a filter")]
    AnswerTooLargeAsItIs,
    #[error("the table cannot be reached at present: try again")]
    Store(#[source] StoreError),
}

impl Failure {
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) | Self::Refused(_) => StatusCode::BAD_REQUEST,
            Self::NoSuchSilence(_) => StatusCode::NOT_FOUND,
            Self::Schema { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::BodyTooLarge { .. } | Self::AnswerTooLarge | Self::AnswerTooLargeAsItIs => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::UnsupportedMediaType | Self::UnreadableEncoding(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Logs what an operator has to look at.
    pub(super) fn log(&self, status: StatusCode) {
        if let Self::Store(_) = self {
            tracing::error!(status = status.as_u16(), error = chain(self), "request failed");
        }
    }
}

impl IntoResponse for Failure {
    /// A JSON string; only a break of the schema is an object.
    fn into_response(self) -> Response {
        let status = self.status();
        self.log(status);
        let message = self.to_string();
        let body = match self {
            Self::Schema { code, .. } => json!({ "code": code, "message": message }),
            _ => json!(message),
        };
        (status, Json(body)).into_response()
    }
}
