//! What the **Test** button of an integration's form sends; its token must come back and be readable afterwards,
//! or the form cannot be saved.

use alert::{AlertEvent, AutoResolve, EventId, Fingerprint, Labels, Severity, Signal, Source};
use jiff::Timestamp;

use super::body::Body;
use super::identifier::canonical;
use super::{UNKNOWN_ACCOUNT, present};

const TOKEN: &str = "token";

/// The token of a test notification among `events`, which the reply echoes; `None` if there is none.
pub fn test_token(events: &[AlertEvent]) -> Option<&str> {
    let test = events.iter().find(|event| event.fingerprint == fingerprint())?;
    test.annotations.get(TOKEN).map(String::as_str)
}

/// Reads a body that has nothing but a token to go by.
pub(super) fn read(body: &Body, receive_second: Timestamp) -> AlertEvent {
    let token = body.text(TOKEN).unwrap_or_default();
    AlertEvent {
        source: Source::Netdata,
        account: UNKNOWN_ACCOUNT.to_owned(),
        fingerprint: fingerprint(),
        event_id: EventId::of(["netdata/test/v1", &canonical(token.clone()).unwrap_or_default()]),
        signal: Signal::Notice,
        severity: Severity::Info,
        severity_raw: "test".to_owned(),
        title: body.text("title").unwrap_or_else(|| "Test Notification".to_owned()),
        summary: body.text("message"),
        resource: None,
        service: None,
        value: None,
        url: None,
        labels: Labels::new(),
        annotations: present([(TOKEN, Some(token))]),
        occurred_at: receive_second,
        started_at: None,
        ended_at: None,
        auto_resolve: AutoResolve::Quiet,
        episode: None,
        expires_at: None,
        source_time: None,
    }
}

fn fingerprint() -> Fingerprint {
    Fingerprint::of(["netdata/test/v1", UNKNOWN_ACCOUNT])
}
