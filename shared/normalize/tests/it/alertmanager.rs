//! Prometheus and Alertmanager: each fixture by its snapshot, which bodies are one event and which one alert, what
//! the fields mean, and that no body panics.

mod events;
mod meaning;
mod robustness;

use std::path::PathBuf;

use alert::AlertEvent;
use jiff::{SignedDuration, Timestamp};
use normalize::alertmanager::{Batch, TOKEN_NAME, normalize, split};
use normalize::{InboundRequest, Rejection, SourceConfiguration};
use serde_json::{Value, json};

use crate::{RECEIVED_AT, inbound, post_json, reviewed};

#[test]
fn every_fixture_means_what_its_snapshot_says() {
    let meanings = reviewed::meanings(&folder(), |_| true, |path| outcome(&inbound(path)));
    reviewed::check("alertmanager", &meanings, |meaning| {
        let form = if meaning.0.starts_with("webhook-") { "webhook" } else { "api" };
        reviewed::without_event(meaning).unwrap_or_else(|| form.to_owned())
    });
}

/// What becomes of a body, as the JSON that the snapshots hold.
fn outcome(inbound: &InboundRequest) -> Value {
    let batch = match split(inbound, &settings()) {
        Ok(batch) => batch,
        Err(rejection) => return json!({ "rejected": rejection.reason, "because": rejection.message }),
    };
    let refused = batch.refused.iter().map(|refused| {
        let because = &refused.rejection.message;
        json!({ "position": refused.position, "refused": refused.rejection.reason, "because": because })
    });
    let events = batch.understood.iter().map(|understood| &understood.event);
    json!({ "events": events.collect::<Vec<_>>(), "refused": refused.collect::<Vec<_>>() })
}

fn settings() -> SourceConfiguration {
    SourceConfiguration { account: Some("prometheus-1".into()), ..SourceConfiguration::default() }
}

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../tests/fixtures/alertmanager"].iter().collect()
}

fn fixture(name: &str) -> InboundRequest {
    inbound(&folder().join(format!("{name}.json")))
}

fn batch(inbound: &InboundRequest) -> Batch {
    split(inbound, &settings()).unwrap()
}

fn events(inbound: &InboundRequest) -> Vec<AlertEvent> {
    batch(inbound).understood.into_iter().map(|understood| understood.event).collect()
}

/// The one event of the fixture `name`.
fn event_of(name: &str) -> AlertEvent {
    let [event] = events(&fixture(name)).try_into().unwrap();
    event
}

/// The one event of the alert `body`.
fn event(body: &Value) -> AlertEvent {
    let [event] = events(&post_json(body.to_string())).try_into().unwrap();
    event
}

/// The request as it would have come in `seconds` later.
fn later(inbound: &InboundRequest, seconds: i64) -> InboundRequest {
    let received_at = inbound.received_at + SignedDuration::from_secs(seconds);
    InboundRequest { received_at, ..inbound.clone() }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Why the body, or else its first alert, was not understood.
fn rejection(body: impl Into<Vec<u8>>) -> Rejection {
    match split(&post_json(body), &settings()) {
        Ok(batch) => batch.refused[0].rejection.clone(),
        Err(rejection) => rejection,
    }
}
