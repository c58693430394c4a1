//! How answers leave: as JSON of a bounded size, deflated where the client takes that.

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use http_body_util::BodyExt;
use serde::Serialize;

use super::failure::Failure;
use crate::transfer::{accepts_gzip, gzip};

/// The largest answer in bytes, as it is carried: Lambda hands on 6 MB of a result in JSON, in which the body is a text.
const LIMIT_BYTES: usize = 6_000_000;
/// The largest answer in bytes before compression: what a function's memory takes, many times over.
pub(super) const LIMIT_IN_MEMORY_BYTES: usize = 48_000_000;

/// `value` as JSON, unless that is too large.
pub(super) fn json(value: &impl Serialize) -> Result<Response, Failure> {
    // Our own types are maps with string keys, which always serialise.
    let body = serde_json::to_vec(value).unwrap_or_default();
    if body.len() > LIMIT_IN_MEMORY_BYTES {
        return Err(Failure::AnswerTooLarge);
    }
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// Compresses the answer to a client that accepts gzip. One that is too large to be carried is refused: Lambda itself would
/// answer 500 in its place.
pub(super) async fn compress(request: Request, next: Next) -> Response {
    let is_accepted = accepts_gzip(request.headers());
    let (mut parts, body) = next.run(request).await.into_parts();
    parts.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    // Every body here is made in memory, so that reading it cannot fail.
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let compressed = if is_accepted && !body.is_empty() { gzip(&body) } else { None };
    let carried = compressed.as_ref().map_or_else(|| as_text(&body), |bytes| bytes.len().div_ceil(3) * 4);
    if carried > LIMIT_BYTES {
        return refused(is_accepted);
    }
    match compressed {
        Some(compressed) => {
            parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(compressed))
        }
        None => Response::from_parts(parts, Body::from(body)),
    }
}

fn refused(is_compressed: bool) -> Response {
    let failure = if is_compressed { Failure::AnswerTooLarge } else { Failure::AnswerTooLargeAsItIs };
    let vary = [(header::VARY, HeaderValue::from_static("accept-encoding"))];
    (vary, failure.into_response()).into_response()
}

/// How many bytes `body` has as a text in JSON, where quotation marks and the like have a backslash before them.
fn as_text(body: &[u8]) -> usize {
    let escaped = |byte: &u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
        0..0x20 => 6,
        _ => 1,
    };
    body.iter().map(escaped).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_weighed_as_lambda_carries_it() {
        for text in ["plain", "{\"a\":\"b\\\\c\n\"}", "\u{1}é"] {
            let in_json = serde_json::to_string(text).unwrap();
            assert_eq!(as_text(text.as_bytes()) + 2, in_json.len(), "{in_json}");
        }
    }
}
