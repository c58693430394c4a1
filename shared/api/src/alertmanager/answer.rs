//! How answers leave: as JSON of a bounded size.

use axum::response::{IntoResponse, Response};
use http::header;
use serde::Serialize;

use super::failure::Failure;

/// The largest answer, in bytes before compression: API Gateway hands on 6 MB.
pub(super) const LIMIT_BYTES: usize = 5_000_000;

/// `value` as JSON, unless that is too large.
pub(super) fn json(value: &impl Serialize) -> Result<Response, Failure> {
    // Our own types are maps with string keys, which always serialise.
    let body = serde_json::to_vec(value).unwrap_or_default();
    if body.len() > LIMIT_BYTES {
        return Err(Failure::AnswerTooLarge);
    }
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}
