//! What each type sends, one file a type: an alert and a group, from the opening to the end.

use std::fmt::Write as _;

use alert::{Alert, Condition, Severity};
use channels::testing::{alert, alerts, channel, group, group_of, notification, notification_of, now};
use channels::{Attempt, Channel, Event, Memory, Notification, Request};
use serde_json::{Value, json};

/// What a Discord destination remembers, so that it edits.
fn memory() -> Memory {
    Memory(json!({
        "message": "700",
        "members": { alert().fingerprint.to_string(): { "alertname": "used_swap", "severity": "warning" } },
    }))
}

/// The request of `notification`, its URL without the host.
fn sent(channel: &dyn Channel, notification: &Notification) -> String {
    let memory = memory();
    let attempt = Attempt { memory: &memory, ..Attempt::first("ops", notification, now()) };
    let request = match channel.request(&attempt) {
        Some(Request::Http(request)) => request,
        Some(Request::Aws { service, input }) => return format!("AWS {service}\n{:#}\n", opened_up(input)),
        None => return "nothing\n".to_owned(),
    };
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let path = request.url.path();
    let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{} {path}{query}\n{body:#}\n", request.method)
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

fn story(type_name: &str) -> String {
    story_of(type_name, &json!({}))
}

fn story_of(type_name: &str, more: &Value) -> String {
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
    told(type_name, more, &parts)
}

/// The same of a body that machines read, with less repeated.
fn short_story(type_name: &str, more: &Value) -> String {
    let parts = [
        ("one alert", notification(Event::Opened)),
        ("worse", notification(Event::Escalated)),
        ("acknowledged", notification(Event::Acknowledged)),
        ("expired", notification(Event::Expired)),
        ("resolved", notification(Event::Resolved)),
        ("a group of 12, a reminder, one by name", group(Event::Reminder, 12, 1)),
        ("a group of 500, three by name", group(Event::Opened, 500, 3)),
        ("a group, changed, two by name", changed(Event::Updated, 2)),
        ("a group, all over", group(Event::Resolved, 2, 2)),
    ];
    told(type_name, more, &parts)
}

fn told(type_name: &str, more: &Value, parts: &[(&str, Notification)]) -> String {
    let channel = channel(type_name, "https://vendor.example.com", more);
    let mut story = String::new();
    for (title, notification) in parts {
        writeln!(story, "=== {title}\n{}", sent(&*channel, notification)).unwrap();
    }
    story
}

#[test]
fn slack() {
    insta::assert_snapshot!(story("slack"));
}

#[test]
fn discord() {
    insta::assert_snapshot!(story("discord"));
}

#[test]
fn mattermost() {
    insta::assert_snapshot!(story("mattermost"));
}

#[test]
fn rocketchat() {
    insta::assert_snapshot!(story("rocketchat"));
}

#[test]
fn pagerduty() {
    insta::assert_snapshot!(story("pagerduty"));
}

#[test]
fn opsgenie() {
    insta::assert_snapshot!(story("opsgenie"));
}

#[test]
fn jsm() {
    insta::assert_snapshot!(story("jsm"));
}

#[test]
fn teams() {
    insta::assert_snapshot!(story("teams"));
}

#[test]
fn telegram() {
    insta::assert_snapshot!(story("telegram"));
}

#[test]
fn slack_bot() {
    insta::assert_snapshot!(told(
        "slack_bot",
        &json!({}),
        &[("one alert", notification(Event::Opened)), ("a group, all over", group(Event::Resolved, 12, 10))],
    ));
}

#[test]
fn webhook_netdata() {
    insta::assert_snapshot!(story("webhook"));
}

#[test]
fn webhook_alertmanager() {
    insta::assert_snapshot!(short_story("webhook", &json!({ "body": "alertmanager" })));
}

#[test]
fn webhook_cloudevents() {
    insta::assert_snapshot!(short_story("webhook", &json!({ "body": "cloudevents" })));
}

#[test]
fn wecom() {
    insta::assert_snapshot!(story("wecom"));
}

#[test]
fn dingtalk() {
    insta::assert_snapshot!(story("dingtalk"));
}

#[test]
fn feishu() {
    insta::assert_snapshot!(story("feishu"));
}

#[test]
fn ntfy() {
    insta::assert_snapshot!(story("ntfy"));
}

#[test]
fn sns() {
    insta::assert_snapshot!(story("sns"));
}

#[test]
fn email() {
    insta::assert_snapshot!(story("email"));
}

#[test]
fn sns_json() {
    let topic = "arn:aws:sns:eu-central-1:123456789012:alerts.fifo";
    insta::assert_snapshot!(short_story("sns", &json!({ "format": "json", "topic_arn": topic })));
}

#[test]
fn sns_q() {
    insta::assert_snapshot!(story_of("sns", &json!({ "format": "q" })));
}

#[test]
fn eventbridge() {
    insta::assert_snapshot!(short_story("eventbridge", &json!({})));
}
