//! What a destination answered, or why it did not.

use std::borrow::Cow;
use std::fmt;

use http::HeaderMap;
use serde_json::Value;

use crate::secret::redact;

/// Most bytes of an answer that are read.
pub(crate) const MOST_BYTES: usize = 64 * 1024;
/// Most bytes of an answer that are kept.
const EXCERPT_BYTES: usize = 512;

/// A destination's answer. It may repeat a credential, so printing it shows the status only.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The first [`MOST_BYTES`] of the body.
    pub(crate) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// The destination lies where it may not lie; the text names the address or the rule.
    #[error("the destination may not be reached: {0}")]
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

impl Answer {
    /// The value of header `name`, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }

    /// The number in header `name`.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.header(name)?.parse().ok()
    }

    /// The body as text.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body as JSON; null if it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Whether the status is 2xx.
    pub(crate) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The beginning of the body on one line, with `secrets` hidden.
    pub(crate) fn excerpt(&self, secrets: &[String]) -> String {
        let visible: String = self.text().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let redacted = redact(visible.trim(), secrets);
        redacted[..redacted.floor_char_boundary(EXCERPT_BYTES)].to_owned()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status, self.body.len())
    }
}
