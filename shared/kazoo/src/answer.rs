//! Crossbar's envelope around every answer.

use jiff::Timestamp;
use net::Secret;
use serde_json::Value;

use crate::document::text;

/// An answer: its HTTP status, and its envelope if it has one.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) envelope: Option<Envelope>,
}

/// What Crossbar puts around its data.
#[derive(Default)]
pub(crate) struct Envelope {
    pub(crate) data: Value,
    /// Beside the data in KAZOO 5, where older ones write into the document.
    pub(crate) metadata: Value,
    pub(crate) auth_token: Option<Secret>,
    pub(crate) request_id: Option<String>,
    pub(crate) message: String,
    pub(crate) next_start_key: Option<String>,
    pub(crate) timestamp: Option<Timestamp>,
    /// The envelope's own word on failure, which counts where a proxy changed the HTTP status.
    error: Option<u16>,
}

impl Answer {
    pub(crate) fn read(status: u16, body: &[u8]) -> Self {
        Self { status, envelope: serde_json::from_slice(body).ok().as_ref().and_then(Envelope::read) }
    }

    /// The status that counts: HTTP's, or the envelope's where HTTP says that all is well.
    pub(crate) fn status(&self) -> u16 {
        let own_error = self.envelope.as_ref().and_then(|envelope| envelope.error);
        own_error.filter(|_| self.is_http_success()).unwrap_or(self.status)
    }

    fn is_http_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Envelope {
    fn read(body: &Value) -> Option<Self> {
        let failed = matches!(text(body, "status").as_deref(), Some("error" | "fatal"));
        let envelope = Self {
            metadata: body.get("metadata").cloned().unwrap_or_default(),
            auth_token: text(body, "auth_token").filter(|token| !token.is_empty()).map(Secret::new),
            request_id: text(body, "request_id").filter(|id| is_request_id(id)),
            message: text(body, "message").unwrap_or_default(),
            next_start_key: body.get("next_start_key").and_then(start_key),
            timestamp: text(body, "timestamp").and_then(|time| time.parse().ok()),
            error: text(body, "error").and_then(|code| code.parse().ok()).filter(|_| failed),
            data: body.get("data").cloned().unwrap_or_default(),
        };
        body.is_object().then_some(envelope)
    }
}

// A text as a rule; older servers give the view's bare key, which they take back as JSON.
fn start_key(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(key) => Some(key.clone()).filter(|key| !key.is_empty()),
        key => Some(key.to_string()),
    }
}

fn is_request_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_error_in_the_envelope_counts_where_http_says_success() {
        let answer = |status, body: &str| Answer::read(status, body.as_bytes()).status();
        assert_eq!(answer(200, r#"{"status":"error","error":"404","data":{}}"#), 404);
        assert_eq!(answer(502, r#"{"status":"error","error":"404","data":{}}"#), 502);
        assert_eq!(answer(200, r#"{"status":"success","error":"404","data":{}}"#), 200);
        assert_eq!(answer(503, "<html>"), 503);
    }

    #[test]
    fn an_empty_token_is_none() {
        let envelope = Answer::read(200, br#"{"auth_token":"","data":[]}"#).envelope.unwrap();
        assert_eq!(envelope.auth_token, None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer(status: u16, body: Vec<u8>) {
            Answer::read(status, &body).status();
        }
    }
}
