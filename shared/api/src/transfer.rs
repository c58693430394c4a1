//! What an answer costs on the way: an unchanged one is not sent again, and a large one is compressed where that is asked for.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use sha2::{Digest, Sha256};

/// Below this many bytes compression saves no packet.
const WORTH_COMPRESSING: usize = 1_024;
/// How many bytes of the hash are in an ETag: enough that no two answers share one.
const TAG_BYTES: usize = 16;

/// What a request says of the answer that it wants.
pub(crate) struct Wanted {
    is_get: bool,
    known: Vec<String>,
    takes_gzip: bool,
}

impl Wanted {
    pub(crate) fn of(method: &Method, headers: &HeaderMap) -> Self {
        Self {
            is_get: method == Method::GET,
            known: words(headers, &header::IF_NONE_MATCH).map(str::to_owned).collect(),
            takes_gzip: accepts_gzip(headers),
        }
    }

    /// `answer` with an ETag, or 304 where the one who asks knows it already.
    pub(crate) fn tagged(&self, mut answer: Response<Bytes>) -> Response<Bytes> {
        if !self.is_get || answer.status() != StatusCode::OK {
            return answer;
        }
        let tag = tag(answer.body());
        let is_known = self.known.iter().any(|known| known == "*" || opaque(known) == opaque(&tag));
        if is_known {
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
            *answer.body_mut() = Bytes::new();
            for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
                answer.headers_mut().remove(name);
            }
        }
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            answer.headers_mut().insert(header::ETAG, tag);
        }
        answer
    }

    /// `answer`, compressed where that is asked for and saves something.
    pub(crate) fn compressed(&self, mut answer: Response<Bytes>) -> Response<Bytes> {
        answer.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
        let is_small = answer.body().len() < WORTH_COMPRESSING;
        if !self.takes_gzip || is_small {
            return answer;
        }
        if let Some(compressed) = gzip(answer.body()) {
            *answer.body_mut() = compressed;
            answer.headers_mut().remove(header::CONTENT_LENGTH);
            answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        answer
    }
}

/// `body`, compressed; it is written to memory, so that it cannot fail.
pub(crate) fn gzip(body: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

/// Weak: the same answer may be sent compressed or not.
fn tag(body: &[u8]) -> String {
    let hash = Sha256::digest(body);
    format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&hash[..TAG_BYTES]))
}

fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// Whether `Accept-Encoding` names gzip, or everything, and does not refuse it with `q=0`.
pub(crate) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let mut codings = words(headers, &header::ACCEPT_ENCODING).map(|coding| {
        let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
        let quality = parameters.trim().strip_prefix("q=").and_then(|quality| quality.parse::<f32>().ok());
        (name.trim().to_ascii_lowercase(), quality.unwrap_or(1.0) > 0.0)
    });
    codings.any(|(name, is_wanted)| is_wanted && matches!(name.as_str(), "gzip" | "x-gzip" | "*"))
}

/// What stands between the commas of a header.
fn words<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    fn wanted(headers: &[(header::HeaderName, &str)]) -> Wanted {
        let headers =
            headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()));
        Wanted::of(&Method::GET, &headers.collect())
    }

    fn answer(body: &str) -> Response<Bytes> {
        Response::new(Bytes::from(body.to_owned()))
    }

    #[test]
    fn who_knows_the_answer_gets_none() {
        let first = wanted(&[]).tagged(answer("alerts"));
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!((first.status(), first.body().as_ref()), (StatusCode::OK, &b"alerts"[..]));
        for known in [tag.clone(), tag.replace("W/", ""), format!("\"other\", {tag}"), "*".to_owned()] {
            let again = wanted(&[(header::IF_NONE_MATCH, &known)]).tagged(answer("alerts"));
            assert_eq!((again.status(), again.body().len()), (StatusCode::NOT_MODIFIED, 0), "{known}");
            assert_eq!(again.headers()[header::ETAG], tag.as_str());
        }
        let changed = wanted(&[(header::IF_NONE_MATCH, &tag)]).tagged(answer("other alerts"));
        assert_eq!(changed.status(), StatusCode::OK);
    }

    #[test]
    fn a_failure_has_no_tag() {
        let mut failure = answer("no");
        *failure.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        let failure = wanted(&[(header::IF_NONE_MATCH, "*")]).tagged(failure);
        assert_eq!(failure.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(!failure.headers().contains_key(header::ETAG));
    }

    #[test]
    fn a_large_answer_is_compressed_for_those_who_ask() {
        let body = "alert ".repeat(1_000);
        for (coding, is_compressed) in [
            ("gzip", true),
            ("deflate, GZIP;q=0.5", true),
            ("*", true),
            ("br", false),
            ("gzip;q=0", false),
            ("gzip; q=0.0, br", false),
            ("identity", false),
            ("", false),
        ] {
            let sent = wanted(&[(header::ACCEPT_ENCODING, coding)]).compressed(answer(&body));
            assert_eq!(sent.headers().contains_key(header::CONTENT_ENCODING), is_compressed, "{coding}");
            assert_eq!(sent.headers()[header::VARY], "accept-encoding");
            if is_compressed {
                let mut text = String::new();
                GzDecoder::new(sent.body().as_ref()).read_to_string(&mut text).unwrap();
                assert_eq!(text, body);
                assert!(sent.body().len() < 200);
            }
        }
        let small = wanted(&[(header::ACCEPT_ENCODING, "gzip")]).compressed(answer("small"));
        assert_eq!(small.body().as_ref(), b"small");
    }
}
