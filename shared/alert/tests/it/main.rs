//! What holds of every alert, shown by examples and proved over arbitrary events.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod action;
mod bounds;
mod expiry;
mod fold;
mod last_word;
mod order;
mod schema;
mod silence;
mod texts;

use alert::{Alert, AlertEvent, AutoResolve, EventId, Fingerprint, Severity, Signal, Source, fold};
use jiff::Timestamp;

/// `seconds` after an arbitrary midnight.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_772_323_200 + seconds).unwrap()
}

/// An event of one alert that happened at `seconds`.
pub(crate) fn event(signal: Signal, seconds: i64) -> AlertEvent {
    AlertEvent {
        source: Source::Netdata,
        account: "space".into(),
        fingerprint: Fingerprint::of(["alert"]),
        event_id: EventId::of([format!("{signal:?}{seconds}")]),
        signal,
        severity: Severity::Warning,
        severity_raw: "warning".into(),
        title: format!("event at {seconds}"),
        summary: None,
        resource: None,
        service: None,
        value: None,
        url: None,
        labels: [].into(),
        annotations: [].into(),
        occurred_at: at(seconds),
        started_at: None,
        ended_at: None,
        auto_resolve: AutoResolve::Recovery,
        episode: None,
        expires_at: None,
        order: alert::Order::default(),
    }
}

/// The alert after `events` in this order.
pub(crate) fn folded(events: &[AlertEvent]) -> Alert {
    let start = None;
    let last = events.iter().fold(start, |alert, event| fold(alert, event, at(0)).alert);
    last.expect("at least one event with a lifecycle")
}
