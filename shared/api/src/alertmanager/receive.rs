//! Alerts of others: a Prometheus posts them as to any Alertmanager, an Alertmanager to a path of its own.

use aide::generate::GenContext;
use aide::openapi::{Operation, Response as Described, StatusCode as DescribedStatus};
use aide::{OperationInput, OperationOutput};
use aws::Platform;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use schemars::JsonSchema;
use serde::Serialize;

use super::failure::Failure;
use super::keeping::{Kept, keep};
use super::notification::Notification;
use crate::extract::Body;
use crate::failure::{Failure as OurFailure, Reason, Refusal};

/// A request whose body the normalizer reads.
pub(super) struct Posted {
    parts: Parts,
    body: Bytes,
}

/// What became of an Alertmanager's notification.
#[derive(Serialize, JsonSchema)]
pub(super) struct Receipt {
    /// `ok`.
    status: &'static str,
    /// How many of its alerts said something new.
    recorded: usize,
    /// How many said what was known already.
    duplicates: usize,
    /// How many more the Alertmanager had, and left out.
    left_out: u64,
}

/// A failure in the words of our own API.
pub(super) struct Refused(Failure);

/// `POST /api/v2/alerts`: 200 without a body once every alert is durable.
pub(super) async fn alerts(
    State(platform): State<Platform>,
    Posted { parts, body }: Posted,
) -> Result<StatusCode, Failure> {
    keep(&platform, &parts, body).await?;
    Ok(StatusCode::OK)
}

/// `POST /v1/alertmanager`: version 4 of Alertmanager's webhook, answered in this API's own form.
pub(super) async fn webhook(
    State(platform): State<Platform>,
    Posted { parts, body }: Posted,
) -> Result<Json<Receipt>, Refused> {
    let Kept { recorded, duplicates, left_out } = keep(&platform, &parts, body).await.map_err(Refused)?;
    Ok(Json(Receipt { status: "ok", recorded, duplicates, left_out }))
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let body = Bytes::from_request(Request::from_parts(parts.clone(), body), state).await;
        let body = body.map_err(|error| Failure::BadRequest(error.body_text()))?;
        Ok(Self { parts, body })
    }
}

impl OperationInput for Posted {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Body::<Notification>::operation_input(context, operation);
    }
}

impl IntoResponse for Refused {
    /// An Alertmanager tries again after a 5xx and drops what a 4xx answers.
    fn into_response(self) -> Response {
        let Self(failure) = self;
        let (status, code) = match failure {
            Failure::Refused(_) | Failure::Schema { .. } => {
                (StatusCode::UNPROCESSABLE_ENTITY, "not_understood")
            }
            Failure::Store(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Failure::BodyTooLarge { .. } => (failure.status(), "too_large"),
            Failure::UnsupportedMediaType | Failure::UnreadableEncoding(_) => {
                (failure.status(), "unsupported_media_type")
            }
            Failure::BadRequest(_)
            | Failure::NoSuchSilence(_)
            | Failure::AnswerTooLarge
            | Failure::AnswerTooLargeAsItIs => (failure.status(), "bad_request"),
        };
        failure.log(status);
        let error = Reason { code, message: failure.to_string() };
        (status, Json(Refusal { error })).into_response()
    }
}

impl OperationOutput for Refused {
    type Inner = Refusal;

    fn operation_response(context: &mut GenContext, operation: &mut Operation) -> Option<Described> {
        OurFailure::operation_response(context, operation)
    }

    fn inferred_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<DescribedStatus>, Described)> {
        OurFailure::inferred_responses(context, operation)
    }
}
