//! Alerts of others: a Prometheus posts them as to any Alertmanager, an Alertmanager to a path of its own.

use aws::Platform;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use serde_json::json;

use super::failure::Failure;
use super::keeping::keep;

/// `POST /api/v2/alerts`: 200 without a body once every alert is durable.
pub(super) async fn alerts(
    State(platform): State<Platform>,
    parts: Parts,
    body: Bytes,
) -> Result<StatusCode, Failure> {
    keep(&platform, &parts, body).await?;
    Ok(StatusCode::OK)
}

/// `POST /v1/alertmanager`: version 4 of Alertmanager's webhook, answered in this API's own form.
pub(super) async fn webhook(State(platform): State<Platform>, parts: Parts, body: Bytes) -> Response {
    match keep(&platform, &parts, body).await {
        Ok(kept) => {
            let (recorded, duplicates) = (kept.recorded, kept.duplicates);
            Json(json!({ "status": "ok", "recorded": recorded, "duplicates": duplicates })).into_response()
        }
        Err(failure) => refusal(&failure),
    }
}

/// An Alertmanager tries again after a 5xx and drops what a 4xx answers.
fn refusal(failure: &Failure) -> Response {
    let (status, code) = match failure {
        Failure::Refused(_) | Failure::Schema { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "not_understood"),
        Failure::Store(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        Failure::BodyTooLarge { .. } => (failure.status(), "too_large"),
        Failure::UnsupportedMediaType => (failure.status(), "unsupported_media_type"),
        Failure::BadRequest(_) | Failure::NoSuchSilence(_) | Failure::AnswerTooLarge => {
            (failure.status(), "bad_request")
        }
    };
    failure.log(status);
    (status, Json(json!({ "error": { "code": code, "message": failure.to_string() } }))).into_response()
}
