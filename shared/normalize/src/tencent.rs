//! Tencent Cloud Monitor (TCOP): alarm callbacks, EventBridge events and user-written notification templates.
//!
//! The same URL may be given all of them, and nothing in a request but its body distinguishes them. What the
//! published pages say about the body, and where real requests differ, is written beside the code that
//! copes with it: <https://www.tencentcloud.com/document/product/248/38919>.

mod cloud_event;
mod conditions;
mod content;
mod default_body;
mod dimensions;
mod document;
mod entries;
mod history;
mod identity;
mod refusal;
mod region;
mod resource;
mod shape;
mod state;
mod template;
mod time;
mod unfolding;
mod wording;

use std::collections::BTreeMap;

use alert::{AlertEvent, Severity};
use serde_json::value::RawValue;

use crate::value::plain;
use crate::{InboundRequest, Normalized, Rejection, SourceConfiguration, json};
use document::{Document, Section};
use shape::Shape;

pub use history::{HistoryEnd, ended, has_history};
pub use refusal::VERIFICATION_PROBE;

/// What the names of labels begin with that distinguish objects.
const DIMENSION_PREFIX: &str = "dim_";

const NO_OBJECT: &str = "the alarm names no object: equal alarms of different objects are taken for one";

/// Reads one request, whatever its `Content-Type` says.
///
/// An empty body and `{}` are probes of the address: understood, and no event. A rejection's reason is one of
/// `not_json`, `unknown_source`, `no_identity`, `no_time`, `unknown_shape` and [`VERIFICATION_PROBE`].
pub fn normalize(
    request: &InboundRequest,
    configuration: &SourceConfiguration,
) -> Result<Normalized, Rejection> {
    let body = plain(&request.body);
    if body.is_empty() {
        return Ok(Normalized::default());
    }
    let Document { mut members, warning } =
        document::read(&body).map_err(|error| refusal::not_json(&error))?;
    unfolding::unfold(&mut members);
    let document = Section::from(&members);
    let default_severity = configuration.default_severity.unwrap_or(Severity::Warning);

    let event = match Shape::of(document) {
        Shape::Probe => return Ok(Normalized::default()),
        Shape::DefaultBody => default_body::read(document, default_severity)?,
        Shape::CloudEvent => cloud_event::read(document, default_severity)?,
        Shape::Template => template::read(document, default_severity)?,
        Shape::ForeignCloudEvent => return Err(refusal::unknown_source()),
        Shape::Verification => return Err(refusal::verification_probe()),
        Shape::Unknown => return Err(refusal::unknown_shape()),
    };
    let normalized = Normalized { warnings: warnings(&event), events: vec![event] };
    Ok(normalized.with_warning(warning))
}

/// An alarm that says nothing of its object is kept all the same.
fn warnings(event: &AlertEvent) -> Vec<&'static str> {
    let names_object = event.labels.keys().any(|name| name.starts_with(DIMENSION_PREFIX));
    if names_object { Vec::new() } else { vec![NO_OBJECT] }
}

/// The JSON value that a request gave as its `sessionId`, to be echoed as it is; `""` where there is none.
///
/// Asks of the body no more than that it is a JSON object: the reply to a rejected request echoes it too.
pub fn session_id(body: &[u8]) -> Box<RawValue> {
    received_session_id(body).or_else(|| RawValue::from_string("\"\"".to_owned()).ok()).unwrap_or_default()
}

fn received_session_id(body: &[u8]) -> Option<Box<RawValue>> {
    let body = json::strict(body).ok()?;
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(body.bytes()).ok()?;
    let alike =
        || members.iter().find(|(key, _)| key.eq_ignore_ascii_case("sessionId")).map(|(_, value)| value);
    members.get("sessionId").or_else(alike).map(|value| (*value).to_owned())
}
