//! Every fixture of every source, normalized; the snapshot beside it is what it must mean.

#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test ends where it fails")]

mod alertmanager;
mod damage;
mod kazoo;
mod last_word;
mod netdata;
mod reviewed;
mod site24x7;
mod tencent;

use std::path::Path;

use jiff::Timestamp;
use normalize::{InboundRequest, Normalized, Rejection, SourceConfiguration};

/// The moment at which every fixture came in.
pub const RECEIVED_AT: &str = "2026-11-01T12:00:00.5Z";

/// A normalizer of any source.
pub type Normalizer = fn(&InboundRequest, &SourceConfiguration) -> Result<Normalized, Rejection>;

/// A POST of `body` as JSON.
pub fn post_json(body: impl Into<Vec<u8>>) -> InboundRequest {
    InboundRequest {
        method: "POST".into(),
        query: String::new(),
        content_type: Some("application/json".into()),
        headers: [].into(),
        body: body.into(),
        received_at: RECEIVED_AT.parse::<Timestamp>().unwrap(),
    }
}

/// The request that a fixture file stands for, by its ending: `.json` and `.form` are bodies of a POST,
/// `.query` is the query of a GET, anything else a body of no known type.
pub fn inbound(path: &Path) -> InboundRequest {
    let content = std::fs::read(path).unwrap();
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("json") => post_json(content),
        Some("form") => InboundRequest {
            content_type: Some("application/x-www-form-urlencoded".into()),
            ..post_json(content.trim_ascii_end())
        },
        Some("query") => InboundRequest {
            method: "GET".into(),
            query: String::from_utf8(content).unwrap().trim().into(),
            content_type: None,
            ..post_json("")
        },
        _ => InboundRequest { content_type: None, ..post_json(content) },
    }
}

/// What `normalize` makes of `inbound`, as the JSON that the snapshots hold.
pub fn outcome(
    normalize: Normalizer,
    inbound: &InboundRequest,
    settings: &SourceConfiguration,
) -> serde_json::Value {
    match normalize(inbound, settings) {
        Ok(normalized) => {
            serde_json::json!({ "events": normalized.events, "warnings": normalized.warnings })
        }
        Err(rejection) => serde_json::json!({ "rejected": rejection.reason, "because": rejection.message }),
    }
}
