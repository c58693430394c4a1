//! A request as data, before anything is sent.

use std::fmt;

use http::{HeaderName, HeaderValue, Method, header};
use serde_json::Value;
use url::Url;

/// One HTTP request. URL, headers and body may hold credentials, so printing it shows method and host only.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Request {
    /// The method.
    pub(crate) method: Method,
    /// Where to; its path and query may be a credential.
    pub(crate) url: Url,
    /// What goes with it, besides what every request has.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// The bytes that are sent, and that a signature covers.
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Asks for `url`, without a body.
    pub(crate) const fn get(url: Url) -> Self {
        Self { method: Method::GET, url, headers: Vec::new(), body: Vec::new() }
    }

    /// Sends `body` to `url` as JSON.
    pub(crate) fn json(method: Method, url: Url, body: &Value) -> Self {
        let content_type = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self { method, url, headers: vec![content_type], body: body.to_string().into_bytes() }
    }

    /// Posts `body` to `url` as JSON.
    pub(crate) fn post(url: Url, body: &Value) -> Self {
        Self::json(Method::POST, url, body)
    }

    /// The same with one more header.
    #[must_use]
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        write!(f, "Request({} {host}, {} bytes)", self.method, self.body.len())
    }
}

/// `members` without those that are null; null if none is left.
pub(crate) fn unless_empty(members: Value) -> Value {
    let pruned = pruned(members);
    if pruned.as_object().is_some_and(serde_json::Map::is_empty) { Value::Null } else { pruned }
}

/// `value` without members that are null, at any depth: what is empty is left out.
pub(crate) fn pruned(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(name, member)| (name, pruned(member)))
            .collect(),
        Value::Array(items) => items.into_iter().map(pruned).collect(),
        other => other,
    }
}
