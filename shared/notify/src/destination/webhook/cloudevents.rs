//! The body of a [CloudEvent 1.0](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md) in
//! structured mode, with the extensions for recorded time, sequence and severity.

use alert::Severity;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::message::{Kind, Message};

/// What a path segment may hold as it is: RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The event of `message`, its type beginning with `prefix`.
pub(super) fn body(message: &Message, prefix: &str) -> Value {
    let alert = &message.alert;
    json!({
        "specversion": "1.0",
        "datacontenttype": "application/json",
        "id": message.id(),
        "source": source(message),
        "type": format!("{prefix}.alert.{}.v1", subject_of(message.kind)),
        "subject": alert.fingerprint.to_string(),
        "time": message.occurred_at().to_string(),
        "recordedtime": message.received_at().to_string(),
        "sequence": format!("{:012}", alert.revision),
        "severitynumber": severity_number(alert.severity),
        "severitytext": alert.severity.as_str().to_uppercase(),
        "data": data(message),
    })
}

/// One source for each alert, as a sequence orders within one source only.
fn source(message: &Message) -> String {
    let alert = &message.alert;
    let account = utf8_percent_encode(&alert.account, SEGMENT);
    format!("/sources/{}/{account}/alerts/{}", alert.source, alert.fingerprint)
}

const fn subject_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Opened | Kind::Reopened | Kind::Escalated | Kind::Deescalated => "firing",
        Kind::Resolved | Kind::Expired => "resolved",
        Kind::Acknowledged => "acknowledged",
        Kind::Unacknowledged => "unacknowledged",
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

fn data(message: &Message) -> Value {
    let mut data = json!(message.alert);
    data["transition"] = message.kind.as_str().into();
    data
}
