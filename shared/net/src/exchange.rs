//! A request and its answer, as data.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;

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
    /// The beginning of the body, 64 KiB at most.
    pub body: Vec<u8>,
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
