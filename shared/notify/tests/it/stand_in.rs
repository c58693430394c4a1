//! Servers that stand in for destinations, and what is sent to them.

use std::time::Duration;

use alert::{
    Acknowledgement, Alert, AutoResolve, Condition, Fingerprint, Handling, Labels, Severity, Source, Timeline,
};
use jiff::Timestamp;
use notify::{Attempt, Courier, Deadlines, Destination, Kind, Message, Outcome, Reach, Settings};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// Path and query that no test may find in an error.
pub(crate) const PATH: &str = "/hooks/0123456789secret";

/// When attempts are made.
pub(crate) fn now() -> Timestamp {
    "2026-01-02T03:20:00Z".parse().unwrap()
}

/// Local servers are reached, and waited for less long than real ones.
pub(crate) fn local() -> Reach {
    Reach::public().and_loopback()
}

/// Deadlines that no test waits for, and that a busy machine keeps.
fn patient() -> Deadlines {
    let long = Duration::from_secs(20);
    Deadlines { connect: long, whole: long, challenge: long, settle: Duration::from_millis(1) }
}

/// Deadlines for a test that waits for them.
pub(crate) fn impatient() -> Deadlines {
    let short = Duration::from_millis(300);
    Deadlines { connect: short, whole: short, challenge: short, ..patient() }
}

/// The settings that each type needs to reach a server at `base`.
pub(crate) fn settings_of(kind: &str, base: &str) -> Value {
    let url = format!("{base}{PATH}");
    match kind {
        "pagerduty" => json!({ "integration_key": "0123456789abcdef0123456789abcdef", "api_url": url }),
        "opsgenie" => json!({ "api_key": "11111111-2222-3333-4444-555555555555", "api_url": base }),
        "webhook" => json!({ "url": format!("{url}?team=ops"), "auth": "bearer", "token": "token-of-ours" }),
        _ => json!({ "webhook_url": url }),
    }
}

/// A destination of type `kind` at `base`, with `more` in its settings.
pub(crate) fn destination(kind: &str, base: &str, more: &Value) -> Destination {
    let mut settings = settings_of(kind, base);
    for (name, value) in more.as_object().unwrap() {
        settings[name] = value.clone();
    }
    let secret = json!({ "destinations": [{ "id": "ops", "type": kind, "settings": settings }] });
    let settings = Settings::read(&secret.to_string(), &local());
    assert_eq!(settings.mistakes, []);
    settings.destinations.into_iter().next().unwrap()
}

/// A server that answers everything with `answer`.
pub(crate) async fn server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// The answer of a destination of type `kind` that took the message.
pub(crate) fn success(kind: &str) -> ResponseTemplate {
    let text = |status, body: &str| ResponseTemplate::new(status).set_body_string(body);
    match kind {
        "discord" => text(200, r#"{"id":"700","channel_id":"600"}"#),
        "pagerduty" => text(202, r#"{"status":"success","message":"Event processed","dedup_key":"k"}"#),
        "opsgenie" => text(202, r#"{"result":"Request will be processed","took":0.1,"requestId":"r-1"}"#),
        "rocketchat" => text(200, r#"{"success":true}"#),
        "webhook" => text(204, ""),
        _ => text(200, "ok"),
    }
}

pub(crate) fn courier(destination: &Destination) -> Courier {
    Courier::new(std::slice::from_ref(destination), local(), patient()).unwrap()
}

pub(crate) fn impatient_courier(destination: &Destination) -> Courier {
    Courier::new(std::slice::from_ref(destination), local(), impatient()).unwrap()
}

/// One attempt to send `message`.
pub(crate) async fn deliver(destination: &Destination, message: &Message) -> Outcome {
    courier(destination).deliver(destination, &Attempt::first(message, now())).await
}

/// How an attempt ends when a destination of type `kind` answers with `answer`.
pub(crate) async fn outcome(kind: &str, answer: ResponseTemplate) -> Outcome {
    let server = server(answer).await;
    let destination = destination(kind, &server.uri(), &json!({}));
    deliver(&destination, &message(Kind::Opened)).await
}

/// The body of a captured request.
pub(crate) fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

/// The one alert of the tests: swap is used up on db-1.
pub(crate) fn alert() -> Alert {
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    Alert {
        fingerprint: Fingerprint::of(["used_swap", "db-1"]),
        source: Source::Netdata,
        account: "space-1".to_owned(),
        condition: Condition::Firing,
        handling: Handling::Open,
        severity: Severity::Critical,
        severity_raw: "Critical".to_owned(),
        title: "used_swap on db-1".to_owned(),
        summary: Some("Swap is 93 % full\nand grows".to_owned()),
        resource: Some("db-1".to_owned()),
        service: Some("mem.swap".to_owned()),
        value: Some("93 %".to_owned()),
        url: Some("https://app.netdata.cloud/x?a=1&b=2".to_owned()),
        labels: labels(&[
            ("alertname", "used_swap"),
            ("instance", "db-1"),
            ("chart", "mem.swap"),
            ("context", "mem.swap"),
            ("class", "Utilization"),
            ("space", "Example"),
            ("rooms", "all-nodes,production"),
        ]),
        annotations: labels(&[("active_critical", "2"), ("active_warning", "1"), ("info", "Swap use")]),
        first_seen: time("2026-01-02T03:00:00Z"),
        last_seen: time("2026-01-02T03:04:05Z"),
        last_received_at: time("2026-01-02T03:04:06Z"),
        condition_since: time("2026-01-02T03:04:05Z"),
        started_at: Some(time("2026-01-02T03:04:05Z")),
        ended_at: None,
        auto_resolve: AutoResolve::Recovery,
        episode: None,
        expires_at: None,
        occurrences: 1,
        duplicates: 0,
        flaps: 0,
        revision: 7,
        last_transition: None,
        acknowledgement: None,
        silenced_by: Vec::new(),
        timeline: Timeline::default(),
    }
}

/// That a Netdata node cannot be reached.
pub(crate) fn reachability() -> Alert {
    Alert {
        title: "db-1 is unreachable".to_owned(),
        summary: Some("Example/db-1 is unreachable".to_owned()),
        service: None,
        value: None,
        labels: labels(&[("alertname", "node_unreachable"), ("instance", "db-1")]),
        annotations: Labels::new(),
        ..alert()
    }
}

pub(crate) fn labels(labels: &[(&str, &str)]) -> Labels {
    labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The alert's message of `kind`, as the course of one episode would bring it.
pub(crate) fn message(kind: Kind) -> Message {
    message_of(kind, alert())
}

pub(crate) fn message_of(kind: Kind, mut alert: Alert) -> Message {
    let later: Timestamp = "2026-01-02T03:14:17Z".parse().unwrap();
    let mut previous_severity = None;
    match kind {
        Kind::Reopened => alert.flaps = 1,
        Kind::Escalated => previous_severity = Some(Severity::Warning),
        Kind::Deescalated => {
            alert.severity = Severity::Warning;
            previous_severity = Some(Severity::Critical);
        }
        Kind::Resolved => end(&mut alert, Condition::Resolved, later),
        Kind::Expired => end(&mut alert, Condition::Expired, later),
        Kind::Acknowledged => {
            alert.handling = Handling::Acknowledged;
            let note = Some("I look at it".to_owned());
            alert.acknowledgement = Some(Acknowledgement { by: "ada".to_owned(), note, at: later });
        }
        Kind::Opened | Kind::Unacknowledged => {}
    }
    let is_handling = matches!(kind, Kind::Acknowledged | Kind::Unacknowledged);
    if matches!(kind, Kind::Escalated | Kind::Deescalated) {
        alert.last_seen = later;
        alert.last_received_at = later;
    }
    Message {
        previous_severity,
        is_first: matches!(kind, Kind::Opened | Kind::Reopened),
        by: is_handling.then(|| "ada".to_owned()),
        note: is_handling.then(|| "I look at it".to_owned()),
        ..Message::new(kind, alert, later)
    }
}

fn end(alert: &mut Alert, condition: Condition, at: Timestamp) {
    alert.condition = condition;
    alert.condition_since = at;
    alert.ended_at = Some(at);
    if condition == Condition::Resolved {
        alert.last_seen = at;
        alert.last_received_at = at;
    }
}
