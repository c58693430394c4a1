//! Netdata Cloud: each fixture by its snapshot, how the ids of requests relate, and that no body panics.

mod flat_alerts;
mod nested_alerts;
mod reachability;
mod robustness;
mod test_notification;
mod transitions;

use std::path::{Path, PathBuf};

use alert::{AlertEvent, EventId, Fingerprint};
use jiff::{Timestamp, ToSpan};
use normalize::netdata::normalize;
use normalize::{InboundRequest, Normalized, Rejection, SourceConfiguration};
use serde_json::Value;

use crate::{inbound, outcome, post_json, reviewed};

const SPACE: &str = "3f7b1c52-9d0e-4a86-b1f4-52c0a7e6d913";
const NODE: &str = "id:a94d0f3b-6c21-4e57-8b9a-0d5e7f3c1b28";
const OTHER_NODE: &str = "id:c1e83d70-24fa-4b6d-9f15-7a2b8e904c36";
const TRANSITION: &str = "5b0e6f21-3a94-4d8c-b7e2-f01c69a85d37";

#[test]
fn every_fixture_means_what_its_snapshot_says() {
    let read = |path: &Path| outcome(normalize, &inbound(path), &SourceConfiguration::default());
    let meanings = reviewed::meanings(&fixture_folder(), |_| true, read);
    reviewed::check("netdata", &meanings, |meaning| {
        let shapes = ["nested", "flat", "reachability"];
        let shape = shapes.into_iter().find(|shape| meaning.0.starts_with(shape)).unwrap_or("test");
        reviewed::without_event(meaning).unwrap_or_else(|| shape.to_owned())
    });
}

fn fixture_folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../tests/fixtures/netdata"].iter().collect()
}

/// The body of the fixture `name`, to be changed by a test.
#[expect(clippy::unwrap_used, reason = "a fixture that is no JSON fails its test")]
fn fixture(name: &str) -> Value {
    let path = fixture_folder().join(format!("{name}.json"));
    serde_json::from_slice(&inbound(&path).body).unwrap()
}

/// `body` with `value` at `pointer`.
#[expect(clippy::unwrap_used, reason = "a place that the fixture does not have fails its test")]
fn with(mut body: Value, pointer: &str, value: impl Into<Value>) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[key] = value.into();
    body
}

#[expect(clippy::unwrap_used, reason = "a rejected body fails its test")]
fn normalized(body: &Value) -> Normalized {
    normalize(&post_json(body.to_string()), &SourceConfiguration::default()).unwrap()
}

/// The single event of `body`.
#[expect(clippy::unwrap_used, reason = "none or several events fail the test")]
fn event(body: &Value) -> AlertEvent {
    let [event] = normalized(body).events.try_into().unwrap();
    event
}

fn ids(event: &AlertEvent) -> (Fingerprint, EventId) {
    (event.fingerprint, event.event_id)
}

fn renamed(body: Value, from: &str, to: &str) -> Value {
    let Value::Object(mut fields) = body else {
        return body;
    };
    if let Some(value) = fields.remove(from) {
        fields.insert(to.to_owned(), value);
    }
    fields.into()
}

#[expect(clippy::unwrap_used, reason = "a time that is none fails its test")]
fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[expect(clippy::unwrap_used, reason = "a rejected body fails its test")]
fn received_later(body: &Value, milliseconds: i64) -> AlertEvent {
    let on_time = post_json(body.to_string());
    let received_at = on_time.received_at + milliseconds.milliseconds();
    let normalized =
        normalize(&InboundRequest { received_at, ..on_time }, &SourceConfiguration::default()).unwrap();
    normalized.events[0].clone()
}

/// The rejection of `body`.
#[expect(clippy::unwrap_used, reason = "a body that is understood fails its test")]
fn rejection(body: &Value) -> Rejection {
    normalize(&post_json(body.to_string()), &SourceConfiguration::default()).unwrap_err()
}
