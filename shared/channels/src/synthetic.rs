//! The notification that a test of a destination sends: of an informational alert that is over at once.

use alert::{
    Alert, AutoResolve, Condition, Fingerprint, Handling, Labels, Severity, Source, Timeline, alert_name,
};
use jiff::Timestamp;

use crate::{AlertSubject, Channel, Event, Links, Notification, Subject};

/// The notifications of a test of `channel`, called `id` in the settings: something fires, and it is over. Its body is
/// the one that real notifications have. `token` distinguishes tests and can be found at the destination.
pub fn test_notifications(channel: &dyn Channel, id: &str, token: &str, at: Timestamp) -> [Notification; 2] {
    let opened = alert(channel, id, token, at);
    let mut closed = opened.clone();
    closed.condition = Condition::Resolved;
    closed.ended_at = Some(at);
    closed.revision = 2;
    [notification(Event::Opened, opened, at), notification(Event::Resolved, closed, at)]
}

/// The token of `alert`, if it is that of a test.
pub(crate) fn test_token(alert: &Alert) -> Option<&str> {
    let is_test = alert.source == Source::Campanile && alert_name(alert) == "test";
    alert.labels.get("token").filter(|_| is_test).map(String::as_str)
}

fn notification(event: Event, alert: Alert, at: Timestamp) -> Notification {
    Notification {
        id: format!("{}-{}", alert.fingerprint, alert.revision),
        group: alert.fingerprint.to_string(),
        event,
        is_first: event == Event::Opened,
        subject: Subject::Alert(Box::new(AlertSubject {
            alert,
            previous_severity: None,
            flapped: 0,
            announced: None,
            by: None,
            note: None,
        })),
        at,
        links: Links::default(),
    }
}

fn alert(channel: &dyn Channel, id: &str, token: &str, at: Timestamp) -> Alert {
    let type_name = channel.type_name();
    Alert {
        fingerprint: Fingerprint::of(["campanile/test/1", id, token]),
        source: Source::Campanile,
        account: String::new(),
        condition: Condition::Firing,
        handling: Handling::Open,
        severity: Severity::Info,
        severity_raw: "test".to_owned(),
        title: format!("Test of destination {id}"),
        summary: Some(format!(
            "This is a test notification of Campanile to a destination of type {type_name}. Nothing is wrong."
        )),
        resource: Some(id.to_owned()),
        service: None,
        value: None,
        url: None,
        labels: Labels::from([
            ("alertname".to_owned(), "test".to_owned()),
            ("token".to_owned(), token.to_owned()),
        ]),
        annotations: Labels::new(),
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
        last_transition: None,
        revision: 1,
        acknowledgement: None,
        silenced_by: Vec::new(),
        inhibited_by: Vec::new(),
        timeline: Timeline::default(),
    }
}
