//! The event that opens an incident, or adds to an open one.

use alert::{Alert, Severity, alert_name};
use net::sanitize;
use serde_json::{Value, json};

use crate::json::{pruned, unless_empty};
use crate::text::{Markup, Room, fit};
use crate::wording::{LinkKind, Wording, account, optional_line};
use crate::{AlertSubject, GroupSubject, Notification, Subject};

const SUMMARY_UNITS: usize = 1024;
/// Our own cut of the other texts, for which no limit is documented.
const TEXT_UNITS: usize = 1024;
/// Largest body; above it the details are left out.
const BODY_BYTES: usize = 512_000;
const LEFT_OUT: &str = "the details were too large for PagerDuty and were left out by Campanile";

/// `event` with everything that is known.
pub(super) fn complete(mut event: Value, notification: &Notification) -> Value {
    let wording = Wording::of(notification);
    let console = wording.links.iter().find(|link| link.kind == LinkKind::Console);
    event["client"] = "Campanile".into();
    event["client_url"] = console.map(|link| link.url.as_str()).into();
    event["payload"] = payload(notification, &wording);
    event["links"] = links(&wording);
    let mut event = pruned(event);
    if event.to_string().len() > BODY_BYTES {
        event["payload"]["custom_details"] = json!({ "note": LEFT_OUT });
    }
    event
}

fn payload(notification: &Notification, wording: &Wording) -> Value {
    let mut payload = match &notification.subject {
        Subject::Alert(subject) => of_alert(subject, wording),
        Subject::Group(group) => of_group(group, wording),
    };
    payload["summary"] = wording.title_line(Room::units(SUMMARY_UNITS), Markup::None).into();
    payload["severity"] = severity(notification.severity()).into();
    payload["timestamp"] = wording.at.to_string().into();
    payload
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "error",
        Severity::Warning | Severity::Low => "warning",
        Severity::Info => "info",
    }
}

fn of_alert(subject: &AlertSubject, wording: &Wording) -> Value {
    let alert = &subject.alert;
    json!({
        "source": source(alert),
        "component": text(Some(alert_name(alert))),
        "group": account(alert).map(|account| cut(&account)),
        "class": alert.source.as_str(),
        "custom_details": details(subject, wording),
    })
}

/// PagerDuty demands one.
fn source(alert: &Alert) -> String {
    text(alert.resource.as_deref())
        .or_else(|| text(alert.service.as_deref()))
        .unwrap_or_else(|| alert.source.to_string())
}

fn details(subject: &AlertSubject, wording: &Wording) -> Value {
    let alert = &subject.alert;
    let map = |labels| Some(sanitize::map(labels)).filter(|labels| !labels.is_empty());
    unless_empty(json!({
        "summary": Some(&wording.explanation).filter(|text| !text.is_empty()),
        "service": text(alert.service.as_deref()),
        "value": text(alert.value.as_deref()),
        "since": wording.fact("Since"),
        "duration": wording.fact("Duration"),
        "labels": map(&alert.labels),
        "annotations": map(&alert.annotations),
        "flapped": (subject.flapped > 0).then_some(subject.flapped),
    }))
}

fn of_group(group: &GroupSubject, wording: &Wording) -> Value {
    let first = group.alerts.first();
    json!({
        "source": text(group.labels.get("resource").map(String::as_str))
            .or_else(|| first.map(source))
            .unwrap_or_else(|| "Campanile".to_owned()),
        "group": first.and_then(account).map(|account| cut(&account)),
        "class": first.map(|alert| alert.source.as_str()),
        "custom_details": {
            "summary": wording.explanation,
            "alerts": wording.plain_list(),
            "labels": sanitize::map(&group.labels),
        },
    })
}

/// All links but the console's, which is the client's.
fn links(wording: &Wording) -> Value {
    let links = wording.links.iter().filter(|link| link.kind != LinkKind::Console);
    unless_empty(links.map(|link| json!({ "href": link.url, "text": link.label })).collect())
}

fn text(raw: Option<&str>) -> Option<String> {
    optional_line(raw).map(|line| cut(&line))
}

fn cut(line: &str) -> String {
    fit(line, Room::units(TEXT_UNITS), Markup::None)
}
