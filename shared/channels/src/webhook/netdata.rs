//! The body that Netdata Cloud documents for its webhook: flat, and every key always there.

use alert::{Alert, Severity, Source};
use net::sanitize;
use serde_json::{Map, Value, json};

use crate::synthetic::test_token;
use crate::text::{Markup, Room};
use crate::timing::{in_words, seconds};
use crate::wording::{LinkKind, Wording, account, optional_line, own_title};
use crate::{AlertSubject, GroupSubject, Notification, Subject};

/// The body of `notification`.
pub(super) fn body(notification: &Notification) -> Value {
    let wording = Wording::of(notification);
    match &notification.subject {
        Subject::Alert(subject) if is_reachability(&subject.alert) => {
            reachability(notification, &wording, &subject.alert)
        }
        Subject::Alert(subject) => transition(notification, &wording, subject),
        Subject::Group(group) => of_group(notification, &wording, group),
    }
}

/// Whether `alert` says that a Netdata node cannot be reached.
fn is_reachability(alert: &Alert) -> bool {
    alert.source == Source::Netdata
        && alert.labels.get("alertname").is_some_and(|name| name == "node_unreachable")
}

fn transition(notification: &Notification, wording: &Wording, subject: &AlertSubject) -> Value {
    let alert = &subject.alert;
    let label = |name: &str| sanitize::line(alert.labels.get(name).map_or("", String::as_str));
    let or = |text: String, other: Option<&str>| if text.is_empty() { line(other) } else { text };
    let name = or(label("alertname"), Some(&own_title(alert)));
    let url = url(wording, LinkKind::Source);
    let lasted = seconds(alert, notification.event, notification.at).filter(|_| alert.started_at.is_some());
    let mut body = json!({
        "message": title(wording),
        "alarm": name,
        "alert": name,
        "info": wording.explanation,
        "chart": or(label("chart"), alert.service.as_deref()),
        "context": label("context"),
        "family": label("family"),
        "class": label("class"),
        "space": or(label("space"), account(alert).as_deref()),
        "rooms": rooms(alert),
        "severity": severity(notification),
        "date": wording.at.to_string(),
        "duration": lasted.map(in_words).unwrap_or_default(),
        "additional_active_critical_alerts": count(alert, "active_critical"),
        "additional_active_warning_alerts": count(alert, "active_warning"),
        "alarm_url": url,
        "alert_url": url,
    });
    // Netdata's test has them, where receivers look for them.
    if let Some(token) = test_token(alert) {
        body["title"] = "Test Notification".into();
        body["token"] = token.into();
    }
    body
}

fn reachability(notification: &Notification, wording: &Wording, alert: &Alert) -> Value {
    let is_reachable = notification.event.is_end();
    json!({
        "message": title(wording),
        "url": url(wording, LinkKind::Source),
        "host": line(alert.labels.get("instance").map(String::as_str)),
        "severity": if is_reachable { "info" } else { "critical" },
        "status": {
            "reachable": is_reachable,
            "text": if is_reachable { "reachable" } else { "unreachable" },
        },
    })
}

/// A group in the same keys: what fires of it is in `info` and in the two counts.
fn of_group(notification: &Notification, wording: &Wording, group: &GroupSubject) -> Value {
    let critical = group.firing.get(&Severity::Critical).copied().unwrap_or_default();
    let info: Vec<_> = [wording.explanation.clone()].into_iter().chain(wording.plain_list()).collect();
    let label = |name: &str| line(group.labels.get(name).map(String::as_str));
    let url = url(wording, LinkKind::Console);
    json!({
        "message": title(wording),
        "alarm": wording.title,
        "alert": wording.title,
        "info": info.join("\n").trim(),
        "chart": label("chart"),
        "context": label("context"),
        "family": label("family"),
        "class": label("class"),
        "space": group.alerts.first().and_then(account).unwrap_or_else(|| label("account")),
        "rooms": {},
        "severity": severity(notification),
        "date": wording.at.to_string(),
        "duration": "",
        "additional_active_critical_alerts": critical,
        "additional_active_warning_alerts": group.firing_count() - critical,
        "alarm_url": url,
        "alert_url": url,
    })
}

fn title(wording: &Wording) -> String {
    wording.title_line(Room::ANY, Markup::None)
}

fn line(text: Option<&str>) -> String {
    optional_line(text).unwrap_or_default()
}

fn url(wording: &Wording, kind: LinkKind) -> String {
    let link = wording.links.iter().find(|link| link.kind == kind);
    link.map(|link| link.url.clone()).unwrap_or_default()
}

fn severity(notification: &Notification) -> &'static str {
    match notification.severity() {
        _ if notification.event.is_end() => "clear",
        Severity::Critical => "critical",
        _ => "warning",
    }
}

/// Room to URL; we know of no URL.
fn rooms(alert: &Alert) -> Map<String, Value> {
    let rooms = alert.labels.get("rooms").map_or("", String::as_str);
    let rooms = rooms.split(',').map(sanitize::line).filter(|room| !room.is_empty());
    rooms.map(|room| (room, "".into())).collect()
}

fn count(alert: &Alert, annotation: &str) -> u64 {
    alert.annotations.get(annotation).and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}
