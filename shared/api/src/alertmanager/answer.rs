//! How answers leave: as JSON of a bounded size, deflated where the client takes that.

use std::io::Write;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, header};
use http_body_util::BodyExt;
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

/// Compresses the answer to a client that accepts gzip.
pub(super) async fn compress(request: Request, next: Next) -> Response {
    let is_accepted = accepts_gzip(request.headers());
    let (mut parts, body) = next.run(request).await.into_parts();
    parts.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    // Every body here is made in memory, so that reading it cannot fail.
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    match gzip(&body).filter(|_| is_accepted && !body.is_empty()) {
        Some(compressed) => {
            parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(compressed))
        }
        None => Response::from_parts(parts, Body::from(body)),
    }
}

fn gzip(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}

/// Whether `Accept-Encoding` names gzip, or everything, and does not refuse it with `q=0`.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut codings = values.flat_map(|value| value.split(',')).map(|coding| {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let quality = parameters.trim().strip_prefix("q=").and_then(|quality| quality.parse::<f32>().ok());
        (name.trim().to_ascii_lowercase(), quality.unwrap_or(1.0) > 0.0)
    });
    codings.any(|(name, is_wanted)| is_wanted && matches!(name.as_str(), "gzip" | "x-gzip" | "*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_accepted_where_it_is_named_and_not_refused() {
        for (value, expected) in [
            ("gzip", true),
            ("deflate, GZIP;q=0.5", true),
            ("*", true),
            ("gzip;q=0", false),
            ("gzip; q=0.0, br", false),
            ("identity", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]);
            assert_eq!(accepts_gzip(&headers), expected, "{value}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
