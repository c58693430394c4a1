//! KAZOO: each fixture by its snapshot, the published examples, alerts from opening to end, which requests are
//! one, what must not be read by anybody, and that no bytes panic.

mod encoder;
mod examples;
mod identities;
mod lifecycles;
mod recognition;
mod robustness;
mod secrets;
mod titles;

use std::path::{Path, PathBuf};

use alert::AlertEvent;
use normalize::kazoo::{normalize, redact};
use normalize::{InboundRequest, SourceConfiguration};
use serde_json::Value;

use crate::{inbound, outcome, post_json, reviewed};

/// The id of the hook that points at us.
const OUR_HOOK: &str = "b7e1d4c09a5f4e2db3c8a6f1e0d9c8b7";

#[test]
fn every_fixture_means_what_its_snapshot_says() {
    let meanings = reviewed::meanings(&fixture_folder(), |_| true, |path| meaning(&inbound(path)));
    reviewed::check("kazoo", &meanings, |meaning| {
        reviewed::without_event(meaning).unwrap_or_else(|| part_of_the_platform(&meaning.1).to_owned())
    });
}

/// The snapshot that an event of a service stands in.
fn part_of_the_platform(outcome: &Value) -> &'static str {
    match outcome["events"][0]["service"].as_str() {
        Some("calls" | "emergency" | "messaging") => "calls",
        Some("fax" | "voicemail") => "fax-and-voicemail",
        Some("billing" | "numbers") => "billing-and-numbers",
        _ => "platform",
    }
}

/// What becomes of `inbound`, and how it is kept if that is not how it came.
fn meaning(inbound: &InboundRequest) -> Value {
    let kept = redact(inbound.clone());
    let mut meaning = outcome(normalize, &kept, &settings());
    if kept.body != inbound.body {
        meaning["kept_body"] = String::from_utf8_lossy(&kept.body).into();
    }
    if kept.query != inbound.query {
        meaning["kept_query"] = kept.query.into();
    }
    meaning
}

fn settings() -> SourceConfiguration {
    SourceConfiguration { own_hook_ids: vec![OUR_HOOK.to_owned()], ..SourceConfiguration::default() }
}

/// What `inbound` says, taken in as the pipeline does.
fn events(inbound: &InboundRequest) -> Vec<AlertEvent> {
    normalize(&redact(inbound.clone()), &settings()).unwrap().events
}

/// The only thing that `inbound` says.
fn event(inbound: &InboundRequest) -> AlertEvent {
    let [event] = events(inbound).try_into().unwrap();
    event
}

fn fixture(name: &str) -> InboundRequest {
    inbound(&fixture_folder().join(name))
}

fn fixtures() -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        std::fs::read_dir(fixture_folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn fixture_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/kazoo")
}

fn post(body: &Value) -> InboundRequest {
    post_json(body.to_string())
}
