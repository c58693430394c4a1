//! What each type sends, one file a type: an alert and a group, from the opening to the end.

use std::fmt::Write as _;

use alert::{Alert, Condition, Severity};
use channels::testing::{alert, alerts, channel, group, group_of, notification, notification_of, now};
use channels::{Attempt, CHANNEL_TYPES, Channel, Event, Memory, Next, Notification, Progress, Request};
use http::HeaderMap;
use net::HttpAnswer;
use serde_json::{Value, json};

/// What a destination of type `type_name` remembers of a group, so that it edits.
fn memory(type_name: &str) -> Memory {
    Memory(match type_name {
        "discord" | "webhook" => json!({
            "message": "700",
            "members": {
                alert().fingerprint.to_string(): { "alertname": "used_swap", "severity": "warning" },
            },
        }),
        "telegram" => json!({ "message": 700 }),
        "slack_bot" => json!({ "channel": "C0123456789", "ts": "1503435956.000700" }),
        _ => Value::Null,
    })
}

/// The requests of `notification`, their URLs without the host; of those that follow the first, what is different.
fn sent(channel: &dyn Channel, notification: &Notification) -> String {
    let mut memory = memory(channel.type_name());
    let (mut progress, mut shown, mut first) = (Progress::default(), String::new(), Value::Null);
    for _ in 0..6 {
        let attempt = Attempt { memory: &memory, progress, ..Attempt::first("ops", notification, now()) };
        let Some(request) = channel.request(&attempt) else { return "nothing\n".to_owned() };
        let (line, body) = apart(request);
        if shown.is_empty() {
            writeln!(shown, "{line}\n{body:#}").unwrap();
            first = body.clone();
        } else {
            writeln!(shown, "then {line}").unwrap();
            let difference = difference(&first, &body);
            if difference.as_object().is_some_and(|members| !members.is_empty()) {
                writeln!(shown, "{difference:#}").unwrap();
            }
        }
        let interpretation = channel.interpret(&attempt, &Ok(taken(channel.type_name(), &line)));
        let Next::Request { progress: next, .. } = interpretation.next else { break };
        progress = next;
        memory = interpretation.memory.unwrap_or_else(|| memory.clone());
    }
    shown
}

/// Method and path, and the body.
fn apart(request: Request) -> (String, Value) {
    let request = match request {
        Request::Http(request) => request,
        Request::Aws { service, input } => return (format!("AWS {service}"), opened_up(input)),
    };
    let path = request.url.path();
    let query = request.url.query().filter(|query| !query.contains("sig="));
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let body = serde_json::from_slice(&request.body).unwrap_or_default();
    (format!("{} {path}{query}", request.method), body)
}

/// The members of `body` that `first` has not, or has otherwise.
fn difference(first: &Value, body: &Value) -> Value {
    let Some(members) = body.as_object() else { return body.clone() };
    let is_new = |(name, value): &(&String, &Value)| first.get(name.as_str()) != Some(*value);
    members.iter().filter(is_new).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The vendor took what was sent by `line`.
fn taken(type_name: &str, line: &str) -> HttpAnswer {
    let (status, body) = match type_name {
        "opsgenie" | "jsm" if line.contains("/requests/") => {
            (200, json!({ "data": { "success": true, "isSuccess": true } }))
        }
        "opsgenie" | "jsm" => (202, json!({ "requestId": "r-1" })),
        "telegram" => (200, json!({ "ok": true, "result": { "message_id": 700 } })),
        "slack_bot" => (200, json!({ "ok": true, "channel": "C0123456789", "ts": "1503435956.000700" })),
        _ => (204, Value::Null),
    };
    HttpAnswer::new(status, HeaderMap::new(), body.to_string())
}

/// `value`, in which a text that is JSON is shown as such.
fn opened_up(value: Value) -> Value {
    match value {
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(inner @ Value::Object(_)) => json!({ "(as text)": opened_up(inner) }),
            _ => text.into(),
        },
        Value::Array(items) => items.into_iter().map(opened_up).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, member)| (name, opened_up(member))).collect()
        }
        other => other,
    }
}

/// Twelve alerts of one node: nine fire, three have ended since.
fn changed(event: Event, most: usize) -> Notification {
    let mut alerts = alerts(12);
    let (fire, ended) = alerts.split_at_mut(9);
    for alert in ended {
        alert.condition = Condition::Resolved;
        alert.ended_at = Some(now());
    }
    let mut firing = std::collections::BTreeMap::new();
    for alert in fire {
        *firing.entry(alert.severity).or_insert(0) += 1;
    }
    group_of(event, alerts, firing, most)
}

/// An alert of which only what must be is known.
fn bare() -> Alert {
    Alert {
        severity: Severity::Info,
        summary: None,
        resource: None,
        service: None,
        value: None,
        url: None,
        labels: channels::testing::labels(&[]),
        annotations: channels::testing::labels(&[]),
        ..alert()
    }
}

fn story(type_name: &str, more: &Value) -> String {
    let parts = [
        ("one alert", notification(Event::Opened)),
        ("one alert, nothing known", notification_of(Event::Opened, bare())),
        ("worse", notification(Event::Escalated)),
        ("milder", notification(Event::Deescalated)),
        ("a reminder", notification(Event::Reminder)),
        ("acknowledged", notification(Event::Acknowledged)),
        ("acknowledgement withdrawn", notification(Event::Unacknowledged)),
        ("resolved", notification(Event::Resolved)),
        ("expired", notification(Event::Expired)),
        ("a group of 12", group(Event::Opened, 12, 10)),
        ("a group of 500", group(Event::Opened, 500, 10)),
        ("a group, changed", changed(Event::Updated, 10)),
        ("a group, worse", changed(Event::Escalated, 10)),
        ("a group, a reminder", group(Event::Reminder, 12, 10)),
        ("a group, acknowledged", group(Event::Acknowledged, 12, 10)),
        ("a group, all over", group(Event::Resolved, 12, 10)),
    ];
    rendered(type_name, more, &parts)
}

/// The same of a body that machines read, with less repeated.
fn short_story(type_name: &str, more: &Value) -> String {
    let parts = [
        ("one alert", notification(Event::Opened)),
        ("worse", notification(Event::Escalated)),
        ("acknowledged", notification(Event::Acknowledged)),
        ("expired", notification(Event::Expired)),
        ("resolved", notification(Event::Resolved)),
        ("a reminder", notification(Event::Reminder)),
        ("a group of 12, two by name", group(Event::Opened, 12, 2)),
        ("a group of 12, a reminder, one by name", group(Event::Reminder, 12, 1)),
        ("a group of 500, three by name", group(Event::Opened, 500, 3)),
        ("a group, changed, two by name", changed(Event::Updated, 2)),
        ("a group, all over", group(Event::Resolved, 2, 2)),
    ];
    rendered(type_name, more, &parts)
}

fn rendered(type_name: &str, more: &Value, parts: &[(&str, Notification)]) -> String {
    let channel = channel(type_name, "https://vendor.example.com", more);
    let mut story = String::new();
    for (title, notification) in parts {
        writeln!(story, "=== {title}\n{}", sent(&*channel, notification)).unwrap();
    }
    story
}

/// What of a type has a snapshot of its own: its name, and the settings that choose it.
fn forms(type_name: &str) -> Vec<(&str, Value)> {
    let topic = "arn:aws:sns:eu-central-1:123456789012:alerts.fifo";
    match type_name {
        "webhook" => vec![
            ("webhook_netdata", json!({})),
            ("webhook_alertmanager", json!({ "body": "alertmanager" })),
            ("webhook_cloudevents", json!({ "body": "cloudevents" })),
        ],
        "sns" => vec![
            ("sns", json!({})),
            ("sns_json", json!({ "format": "json", "topic_arn": topic })),
            ("sns_q", json!({ "format": "q" })),
        ],
        _ => vec![(type_name, json!({}))],
    }
}

/// A type that is new has a story without a snapshot, which fails until somebody has reviewed one.
#[test]
fn what_every_type_says_from_the_opening_to_the_end() {
    for channel_type in CHANNEL_TYPES {
        for (name, more) in forms(channel_type.name) {
            let is_for_machines =
                matches!(name, "webhook_alertmanager" | "webhook_cloudevents" | "sns_json" | "eventbridge");
            let story = if is_for_machines { short_story } else { story };
            insta::assert_snapshot!(name, story(channel_type.name, &more));
        }
    }
}
