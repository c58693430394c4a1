//! The reply to a sender.

use alert::AlertEvent;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use crate::Quarantined;

/// What became of a request that is durable now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It was understood.
    Recorded {
        /// What it says.
        events: Vec<AlertEvent>,
        /// How many of the events were new.
        recorded: usize,
        /// How many were known already.
        duplicates: usize,
    },
    /// It was not understood and is kept whole.
    Quarantined(Box<Quarantined>),
}

/// A status and a body with its content type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
}

impl Reply {
    /// A JSON body.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Self {
        // Our own reply types are maps with string keys; were one ever not, the status still says what matters.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self { status, content_type: "application/json", body }
    }

    /// A plain text body.
    pub fn text(status: StatusCode, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type: "text/plain", body: body.into() }
    }

    /// The reply as an HTTP response, with `Allow` where the method was wrong.
    pub(crate) fn into_response(self, allow: &str) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::METHOD_NOT_ALLOWED
            && let Ok(allow) = HeaderValue::from_str(allow)
        {
            headers.insert(header::ALLOW, allow);
        }
        response
    }
}
