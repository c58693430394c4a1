//! A request and its answer, as data.

use std::borrow::Cow;
use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::{Redactor, sanitize};

/// Most bytes of an excerpt.
const EXCERPT_BYTES: usize = 512;

/// One HTTP request. URL, headers and body may hold credentials, so printing it shows method and host only.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// Where to; its path and query may be a credential.
    pub url: Url,
    /// What goes with it, besides what every request has.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The bytes that are sent, and that a signature covers.
    pub body: Vec<u8>,
}

/// A server's answer. It may repeat a credential, so printing it shows the status only.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The beginning of the body, up to the client's limit.
    pub body: Vec<u8>,
    /// Whether `body` is all of it: false where it was too long, broke off, or did not end in time.
    pub is_complete: bool,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// The server lies where requests may not go; the text names the address or the rule.
    #[error("the server may not be reached: {0}")]
    Denied(String),
    /// Name resolution, connection or TLS failed; the text is the innermost cause.
    #[error("no connection: {0}")]
    Connect(String),
    /// It took too long.
    #[error("no answer in time")]
    Timeout,
    /// The connection broke, or spoke no HTTP; the text is the innermost cause.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// Somebody wanted the whole answer, and it has more than so many bytes.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
}

impl HttpRequest {
    /// Asks for `url`, without a body.
    pub const fn get(url: Url) -> Self {
        Self { method: Method::GET, url, headers: Vec::new(), body: Vec::new() }
    }

    /// Sends `body` to `url` as JSON.
    pub fn json(method: Method, url: Url, body: &Value) -> Self {
        let content_type = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self { method, url, headers: vec![content_type], body: body.to_string().into_bytes() }
    }

    /// Posts `members` to `url` as a form.
    pub fn form<'a>(url: Url, members: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let content_type =
            (header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
        Self { method: Method::POST, url, headers: vec![content_type], body: body.into_bytes() }
    }

    /// Posts `body` to `url` as JSON.
    pub fn post(url: Url, body: &Value) -> Self {
        Self::json(Method::POST, url, body)
    }

    /// The same with one more header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl HttpAnswer {
    /// A complete answer.
    pub fn new(status: u16, headers: HeaderMap, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers, body: body.into(), is_complete: true }
    }

    /// The value of header `name`, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }

    /// The number in header `name`.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.header(name)?.parse().ok()
    }

    /// The body as text.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether the status is 2xx.
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The beginning of the body on one line, with what `redactor` knows hidden: 512 bytes at most.
    pub fn excerpt(&self, redactor: &Redactor) -> String {
        let redacted = redactor.redact(&sanitize::line(&self.text()));
        redacted[..redacted.floor_char_boundary(EXCERPT_BYTES)].to_owned()
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        write!(f, "HttpRequest({} {host}, {} bytes)", self.method, self.body.len())
    }
}

impl fmt::Debug for HttpAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpAnswer({}, {} bytes)", self.status, self.body.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_request_nor_answer_prints_what_it_holds() {
        let url = Url::parse("https://hooks.example.com/hidden?key=hidden").unwrap();
        let request = HttpRequest::post(url, &Value::from("hidden"))
            .with_header(header::AUTHORIZATION, HeaderValue::from_static("hidden"));
        assert_eq!(format!("{request:?}"), "HttpRequest(POST hooks.example.com, 8 bytes)");
        let answer = HttpAnswer::new(200, HeaderMap::new(), "hidden");
        assert_eq!(format!("{answer:?}"), "HttpAnswer(200, 6 bytes)");
    }

    #[test]
    fn an_excerpt_is_one_short_line_and_redacted_before_it_is_cut() {
        let body = format!("{}hidden-key\r\nX\u{202E}", "é".repeat(253));
        let answer = HttpAnswer::new(500, HeaderMap::new(), body);
        let excerpt = answer.excerpt(&Redactor::new(["hidden-key"]));
        assert!(excerpt.ends_with("é[redac"), "{excerpt}");
        assert!(excerpt.len() <= 512);
    }
}
