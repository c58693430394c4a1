//! Site24x7's fixtures and what they must mean, by webhook and polled.

#![expect(clippy::unwrap_used, reason = "what is missing in a fixture fails its test")]

mod agreement;
mod late;
mod poll;
mod reconcile;
mod redaction;
mod robustness;
mod webhook;

use std::path::{Path, PathBuf};

use alert::AlertEvent;
use jiff::Timestamp;
use normalize::site24x7::{LogEvents, LogWindow, MonitorNames, StatusRow};
use normalize::site24x7::{alert_logs, current_status, normalize, redact};
use normalize::{InboundRequest, Normalized, Rejection, SourceConfiguration};
use serde_json::{Value, json};

use super::{inbound, outcome, reviewed};

/// The account that the fixtures are read for.
const ACCOUNT: &str = "us";
/// The API root that the fixtures are read from.
const API_ROOT: &str = "https://www.site24x7.com/api";
/// How the names of polled fixtures begin.
const CURRENT_STATUS: &str = "current-status";
const ALERT_LOGS: &str = "alert-logs";
/// When the fixtures' polls were due.
const SCHEDULED_AT: &str = "2026-03-01T05:05:00Z";

#[test]
fn every_fixture_means_what_its_snapshot_says() {
    let read = |path: &Path| outcome(receive, &inbound(path), &SourceConfiguration::default());
    let mut meanings = reviewed::meanings(&fixture(""), |_| true, read);
    meanings.extend(reviewed::meanings(
        &fixture("poll"),
        |name| name.starts_with(CURRENT_STATUS),
        |path| {
            let rows = current_status(&json_in(path), ACCOUNT, API_ROOT, at(SCHEDULED_AT));
            rows.iter().map(shown_row).collect()
        },
    ));
    meanings.extend(reviewed::meanings(
        &fixture("poll"),
        |name| name.starts_with(ALERT_LOGS),
        |path| shown_logs(&logs(&json_in(path))),
    ));
    reviewed::check("site24x7", &meanings, |meaning| {
        let polled = [CURRENT_STATUS, ALERT_LOGS].into_iter().find(|shape| meaning.0.starts_with(shape));
        let shape = || polled.unwrap_or("webhook").to_owned();
        reviewed::without_event(meaning).unwrap_or_else(shape)
    });
}

/// What the pipeline does with a request.
fn receive(inbound: &InboundRequest, settings: &SourceConfiguration) -> Result<Normalized, Rejection> {
    normalize(&redact(inbound.clone()), settings)
}

/// The one event of the webhook fixture `name`.
fn webhook(name: &str) -> AlertEvent {
    let normalized = receive(&inbound(&fixture(name)), &SourceConfiguration::default()).unwrap();
    let [event] = <[_; 1]>::try_from(normalized.events).unwrap();
    event
}

/// The rows of the current status fixture `name`.
fn status(name: &str) -> Vec<StatusRow> {
    current_status(&json_in(&fixture(name)), ACCOUNT, API_ROOT, at(SCHEDULED_AT))
}

/// The events of the answer `body`, all of whose minutes are over.
fn logs(body: &Value) -> LogEvents {
    let rows = body["data"].as_array().unwrap();
    alert_logs(rows, &names(), ACCOUNT, API_ROOT, everything())
}

fn names() -> MonitorNames {
    let mut names = MonitorNames::default();
    names.learn_monitors(&json_in(&fixture("poll/monitors.json")));
    names
}

fn everything() -> LogWindow {
    LogWindow { from: Timestamp::MIN, now: Timestamp::MAX }
}

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/site24x7").join(name)
}

fn json_in(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn shown_row(row: &StatusRow) -> Value {
    json!({
        "monitor_id": row.monitor_id, "name": row.name, "code": row.code, "status": row.status.word(),
        "outage_id": row.outage_id, "last_polled_at": row.last_polled_at, "event": row.event, "raw": row.raw,
    })
}

fn shown_logs(logs: &LogEvents) -> Value {
    let events = logs
        .events
        .iter()
        .map(|logged| json!({ "monitor_id": logged.monitor_id, "event": logged.event, "rows": logged.rows }));
    let unreadable = logs.unreadable.iter().map(|unreadable| {
        json!({ "row": unreadable.row, "rejected": unreadable.rejection.reason, "because": unreadable.rejection.message })
    });
    json!({
        "events": events.collect::<Vec<_>>(),
        "unreadable": unreadable.collect::<Vec<_>>(),
        "unresolved_rows": logs.unresolved_rows,
        "utc_offset": logs.utc_offset.map(|offset| offset.to_string()),
    })
}
