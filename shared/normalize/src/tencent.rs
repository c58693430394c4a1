//! Tencent Cloud Monitor (TCOP): alarm callbacks, EventBridge events and user-written notification templates.
//!
//! The same URL may be given all of them, and nothing in a request but its body tells them apart. What the
//! published pages say about the body, and where real deliveries differ, is written beside the code that
//! copes with it: <https://www.tencentcloud.com/document/product/248/38919>.

mod cloud_event;
mod conditions;
mod default_body;
mod dimensions;
mod document;
mod entries;
mod identity;
mod refusal;
mod region;
mod shape;
mod state;
mod template;
mod time;
mod wording;

use std::collections::BTreeMap;

use alert::Severity;
use serde_json::value::RawValue;

use crate::value::trim_bytes;
use crate::{InboundRequest, Normalized, Rejection, Settings};
use document::Section;
use shape::Shape;

pub use refusal::VERIFICATION_PROBE;

/// Reads one request, whatever its `Content-Type` says.
///
/// An empty body and `{}` are probes of the address: understood, and no event. A rejection's reason is one of
/// `not_json`, `unknown_source`, `no_identity`, `no_time`, `unknown_shape` and [`VERIFICATION_PROBE`].
pub fn normalize(request: &InboundRequest, settings: &Settings) -> Result<Normalized, Rejection> {
    let body = trim_bytes(&request.body);
    if body.is_empty() {
        return Ok(Normalized::default());
    }
    let document = document::read(body).map_err(|error| refusal::not_json(&error))?;
    let document = Section::from(&document);
    let default_severity = settings.default_severity.unwrap_or(Severity::Warning);

    let event = match Shape::of(document) {
        Shape::Probe => return Ok(Normalized::default()),
        Shape::DefaultBody => default_body::read(document, default_severity)?,
        Shape::CloudEvent => cloud_event::read(document, default_severity)?,
        Shape::Template => template::read(document, default_severity)?,
        Shape::ForeignCloudEvent => return Err(refusal::unknown_source()),
        Shape::Verification => return Err(refusal::verification_probe()),
        Shape::Unknown => return Err(refusal::unknown_shape()),
    };
    Ok(vec![event].into())
}

/// The JSON value that a request gave as its `sessionId`, to be echoed as it is; `""` where there is none.
///
/// Asks of the body no more than that it is a JSON object: the reply to a rejected request echoes it too.
pub fn session_id(body: &[u8]) -> Box<RawValue> {
    received_session_id(body).or_else(|| RawValue::from_string("\"\"".to_owned()).ok()).unwrap_or_default()
}

fn received_session_id(body: &[u8]) -> Option<Box<RawValue>> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(trim_bytes(body)).ok()?;
    let alike =
        || members.iter().find(|(key, _)| key.eq_ignore_ascii_case("sessionId")).map(|(_, value)| value);
    members.get("sessionId").or_else(alike).map(|value| (*value).to_owned())
}
