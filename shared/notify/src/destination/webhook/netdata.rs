//! The body that Netdata Cloud documents for its webhook: flat, and every key always there.

use serde_json::{Map, Value, json};

use crate::message::{self, Message, in_words, is_reachability};
use crate::text::{self, Markup, Room};

/// The body of `message`.
pub(super) fn body(message: &Message) -> Value {
    if is_reachability(&message.alert) { reachability(message) } else { transition(message) }
}

fn transition(message: &Message) -> Value {
    let alert = &message.alert;
    let label = |name: &str| text::line(alert.labels.get(name).map_or("", String::as_str));
    let or = |text: String, other: Option<&str>| if text.is_empty() { line(other) } else { text };
    let name = or(label("alertname"), Some(&message::title_without_state(message)));
    let url = message::link(message).unwrap_or_default();
    json!({
        "message": title(message),
        "alarm": name,
        "alert": name,
        "info": message::summary(message).unwrap_or_default(),
        "chart": or(label("chart"), alert.service.as_deref()),
        "context": label("context"),
        "family": label("family"),
        "class": label("class"),
        "space": or(label("space"), Some(&alert.account)),
        "rooms": rooms(message),
        "severity": severity(message),
        "date": message.occurred_at().to_string(),
        "duration": duration(message),
        "additional_active_critical_alerts": count(message, "active_critical"),
        "additional_active_warning_alerts": count(message, "active_warning"),
        "alarm_url": url,
        "alert_url": url,
    })
}

fn reachability(message: &Message) -> Value {
    let is_reachable = message.kind.is_end();
    json!({
        "message": title(message),
        "url": message::link(message).unwrap_or_default(),
        "host": line(message.alert.labels.get("instance").map(String::as_str)),
        "severity": if is_reachable { "info" } else { "critical" },
        "status": {
            "reachable": is_reachable,
            "text": if is_reachable { "reachable" } else { "unreachable" },
        },
    })
}

fn title(message: &Message) -> String {
    message::title(message, Room::units(usize::MAX), Markup::None)
}

fn line(text: Option<&str>) -> String {
    message::optional_line(text).unwrap_or_default()
}

fn severity(message: &Message) -> &'static str {
    match message.alert.severity {
        _ if message.kind.is_end() => "clear",
        alert::Severity::Critical => "critical",
        _ => "warning",
    }
}

fn duration(message: &Message) -> String {
    let known = message.alert.started_at.and_then(|_| message.seconds());
    known.map(in_words).unwrap_or_default()
}

/// Room to URL; we know of no URL.
fn rooms(message: &Message) -> Map<String, Value> {
    let rooms = message.alert.labels.get("rooms").map_or("", String::as_str);
    rooms.split(',').map(text::line).filter(|room| !room.is_empty()).map(|room| (room, "".into())).collect()
}

fn count(message: &Message, annotation: &str) -> u64 {
    message.alert.annotations.get(annotation).and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}
