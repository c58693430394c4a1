//! The alert that a test shows: informational, and over at once.

use alert::{Alert, AutoResolve, Condition, Fingerprint, Handling, Labels, Severity, Source, Timeline};
use jiff::Timestamp;

use crate::message::{Kind, Message};

/// The messages of a test of destination `id`: it fires, and it is over. `token` tells one test from another.
pub(crate) fn messages(id: &str, token: &str, at: Timestamp) -> [Message; 2] {
    let opened = alert(id, token, at);
    let mut closed = opened.clone();
    closed.condition = Condition::Resolved;
    closed.ended_at = Some(at);
    closed.revision = 2;
    let closed = Message { is_first: false, ..Message::new(Kind::Resolved, closed, at) };
    [Message::new(Kind::Opened, opened, at), closed]
}

fn alert(id: &str, token: &str, at: Timestamp) -> Alert {
    Alert {
        fingerprint: Fingerprint::of(["campanile/test/1", id, token]),
        source: Source::Campanile,
        account: String::new(),
        condition: Condition::Firing,
        handling: Handling::Open,
        severity: Severity::Info,
        severity_raw: "test".to_owned(),
        title: format!("Test of destination {id}"),
        summary: Some("This is a test notification of Campanile. Nothing is wrong.".to_owned()),
        resource: None,
        service: None,
        value: None,
        url: None,
        labels: Labels::from([("alertname".to_owned(), "test".to_owned())]),
        annotations: Labels::from([("token".to_owned(), token.to_owned())]),
        first_seen: at,
        last_seen: at,
        last_received_at: at,
        condition_since: at,
        started_at: Some(at),
        ended_at: None,
        auto_resolve: AutoResolve::Recovery,
        episode: None,
        expires_at: None,
        occurrences: 1,
        duplicates: 0,
        flaps: 0,
        revision: 1,
        last_transition: None,
        acknowledgement: None,
        silenced_by: Vec::new(),
        timeline: Timeline::default(),
    }
}
