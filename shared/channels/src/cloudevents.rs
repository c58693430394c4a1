//! The body of a [CloudEvent 1.0](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md) in
//! structured mode, with the extensions for recorded time, sequence and severity.

use alert::{Alert, Severity};
use net::sanitize;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::timing::{occurred_at, received_at};
use crate::{Event, GroupSubject, Notification, Subject};

/// What a path segment may hold as it is: RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Most characters of a text in an event that is too large, then of one that still is.
const LONGEST_TEXTS: [usize; 3] = [4096, 512, 128];

/// The event of `notification`, its type beginning with `prefix`.
pub(crate) fn body(notification: &Notification, prefix: &str) -> Value {
    let severity = notification.severity();
    let mut event = match &notification.subject {
        Subject::Alert(subject) => of_alert(&subject.alert, notification, prefix),
        Subject::Group(group) => of_group(group, notification, prefix),
    };
    event["specversion"] = "1.0".into();
    event["datacontenttype"] = "application/json".into();
    event["id"] = notification.id.as_str().into();
    event["time"] = occurred_at(notification).to_string().into();
    event["recordedtime"] = received_at(notification).to_string().into();
    event["severitynumber"] = severity_number(severity).into();
    event["severitytext"] = severity.as_str().to_uppercase().into();
    event["data"]["transition"] = notification.event.as_str().into();
    sanitized(event)
}

/// The event of `notification` in at most `bytes` bytes: where it has more, its texts are cut first, then the alerts of a
/// group are left out, the mildest first.
pub(crate) fn body_within(notification: &Notification, prefix: &str, bytes: usize) -> Value {
    let mut event = body(notification, prefix);
    for chars in LONGEST_TEXTS {
        if event.to_string().len() <= bytes {
            return event;
        }
        event = cut(event, chars);
    }
    while event.to_string().len() > bytes && leave_one_out(&mut event) {}
    if event.to_string().len() > bytes {
        for name in ["labels", "annotations"] {
            event["data"][name] = json!({});
        }
    }
    event
}

/// `value` with every text in it cut to `chars` characters.
fn cut(value: Value, chars: usize) -> Value {
    match value {
        Value::String(text) => match text.char_indices().nth(chars) {
            Some((end, _)) => format!("{}…", &text[..end]).into(),
            None => text.into(),
        },
        Value::Array(items) => items.into_iter().map(|item| cut(item, chars)).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, member)| (name, cut(member, chars))).collect()
        }
        other => other,
    }
}

/// Whether the last alert of a group could be left out.
fn leave_one_out(event: &mut Value) -> bool {
    let last = event["data"]["alerts"].as_array_mut().and_then(Vec::pop);
    if last.as_ref().is_some_and(|alert| alert["condition"] == "firing") {
        let more = event["data"]["more"].as_u64().unwrap_or_default();
        event["data"]["more"] = more.saturating_add(1).into();
    }
    last.is_some()
}

fn of_alert(alert: &Alert, notification: &Notification, prefix: &str) -> Value {
    json!({
        "source": source(alert),
        "type": format!("{prefix}.alert.{}.v1", kind(notification.event)),
        "subject": alert.fingerprint.to_string(),
        "sequence": format!("{:012}", alert.revision),
        "data": alert,
    })
}

/// A whole group: its id ends in the number that orders it.
fn of_group(group: &GroupSubject, notification: &Notification, prefix: &str) -> Value {
    let number = notification.id.rsplit_once('-').and_then(|(_, number)| number.parse::<u64>().ok());
    json!({
        "source": format!("/groups/{}", utf8_percent_encode(&notification.group, SEGMENT)),
        "type": format!("{prefix}.group.{}.v1", kind(notification.event)),
        "subject": notification.group,
        "sequence": format!("{:012}", number.unwrap_or_default()),
        "data": group,
    })
}

/// One source for each alert, as a sequence orders within one source only.
fn source(alert: &Alert) -> String {
    let account = utf8_percent_encode(&alert.account, SEGMENT);
    format!("/sources/{}/{account}/alerts/{}", alert.source, alert.fingerprint)
}

const fn kind(event: Event) -> &'static str {
    match event {
        Event::Acknowledged => "acknowledged",
        Event::Unacknowledged => "unacknowledged",
        Event::Resolved | Event::Expired => "resolved",
        _ => "firing",
    }
}

/// The severity's number in OpenTelemetry's log data model.
const fn severity_number(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 21,
        Severity::High => 17,
        Severity::Warning => 13,
        Severity::Low => 10,
        Severity::Info => 9,
    }
}

/// `value` with every text and name in it sanitized.
fn sanitized(value: Value) -> Value {
    match value {
        Value::String(text) => sanitize::text(&text).into(),
        Value::Array(items) => items.into_iter().map(sanitized).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, member)| (sanitize::text(&name), sanitized(member))).collect()
        }
        other => other,
    }
}
