//! Tencent Cloud Monitor: what every body means, which of them are one event, and which are one alert.

mod identity;
mod meaning;
mod objects;
mod refusals;
mod relations;
mod session;
mod whatever_comes;

use std::path::{Path, PathBuf};

use alert::{AlertEvent, AutoResolve, EventId, Fingerprint, Severity, Signal, fold};
use jiff::Timestamp;
use normalize::{Rejection, SourceConfiguration, tencent};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::{RECEIVED_AT, inbound, outcome, post_json, reviewed};

#[test]
fn every_fixture_means_what_its_snapshot_says() {
    let read = |path: &Path| outcome(tencent::normalize, &inbound(path), &SourceConfiguration::default());
    let meanings = reviewed::meanings(&folder(), |_| true, read);
    reviewed::check("tencent", &meanings, |meaning| {
        let shape = || meaning.1["events"][0]["labels"]["alarm_type"].as_str().unwrap().to_owned();
        reviewed::without_event(meaning).unwrap_or_else(shape)
    });
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/tencent")
}

fn fixtures() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The fixtures that are JSON, read.
fn json_fixtures() -> Vec<(PathBuf, Value)> {
    let read = |path: PathBuf| {
        let body = serde_json::from_slice(&std::fs::read(&path).unwrap()).ok()?;
        Some((path, body))
    };
    fixtures().into_iter().filter_map(read).collect()
}

fn fixture_path(name: &str) -> PathBuf {
    folder().join(format!("{name}.json"))
}

/// The one event of the fixture `name`.
fn event_of(name: &str) -> AlertEvent {
    only_event(inbound(&fixture_path(name)).body)
}

/// The one event of the fixture `name` with `value` at the place that the JSON pointer `path` shows.
fn changed(name: &str, path: &str, value: Value) -> AlertEvent {
    let mut body: Value = serde_json::from_slice(&inbound(&fixture_path(name)).body).unwrap();
    *body.pointer_mut(path).unwrap() = value;
    only_event(body.to_string())
}

fn only_event(body: impl Into<Vec<u8>>) -> AlertEvent {
    let mut events = tencent::normalize(&post_json(body), &SourceConfiguration::default()).unwrap().events;
    assert_eq!(events.len(), 1);
    events.remove(0)
}

fn rejection_of(body: String) -> Rejection {
    tencent::normalize(&post_json(body), &SourceConfiguration::default()).unwrap_err()
}
