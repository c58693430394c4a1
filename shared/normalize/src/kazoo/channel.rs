//! Calls: all of them are history, and one that failed by somebody's fault is an alert as well.

use alert::Severity;

use super::table::{Row, Statement, firing, notice};
use super::{Payload, causes, kinds, names, time};
use crate::SourceConfiguration;

/// Any event of a call but its end.
pub(super) static COURSE: Row = Row::depends("channel", course, CALL_KEY, "calls");

/// The end of a call.
pub(super) static END: Row = Row::depends("channel_destroy", end, CALL_KEY, "calls")
    .valued(|payload| payload.text("hangup_code"))
    .timed(time::of_call);

const CALL_KEY: &[&str] = &["call_id", "timestamp"];

/// The row for a channel event called `event`.
pub(super) fn row(event: &str) -> &'static Row {
    if event == END.event { &END } else { &COURSE }
}

/// The title of failing calls: the same for each of them, since a storm of them is one alert.
pub(super) fn failure_title(payload: &Payload) -> String {
    let calls = if is_emergency(payload) { "Emergency calls" } else { "Calls" };
    let whose = names::account_name(payload).map(|name| format!(" of account {name}")).unwrap_or_default();
    let trunk =
        payload.text("local_resource_id").map(|trunk| format!(" (through {trunk})")).unwrap_or_default();
    format!("{calls}{whose} fail: {}{trunk}", failure_cause(payload))
}

/// The cause; with the carrier's answer where the cause alone would look like a normal end.
fn failure_cause(payload: &Payload) -> String {
    match (payload.text("hangup_cause"), payload.text("hangup_code")) {
        (Some(cause), Some(code)) if causes::severity(&cause).is_none() => format!("{cause} ({code})"),
        (cause, code) => cause.or(code).unwrap_or_default(),
    }
}

/// The identity field that keeps failing emergency calls apart from all others.
pub(super) fn emergency_mark(payload: &Payload) -> Option<String> {
    is_emergency(payload).then(|| "emergency".to_owned())
}

fn course(payload: &Payload, _: &SourceConfiguration) -> Vec<Statement> {
    vec![notice(graded(Severity::Info, payload), &kinds::CALL)]
}

fn end(payload: &Payload, configuration: &SourceConfiguration) -> Vec<Statement> {
    match failure(payload) {
        Some(severity) if !payload.is_true("is_internal_leg") => {
            vec![firing(graded(severity, payload), &kinds::HANGUP)]
        }
        _ => course(payload, configuration),
    }
}

/// How bad it is that the call ended so; `None` if that is normal.
fn failure(payload: &Payload) -> Option<Severity> {
    if payload.text("hangup_code").is_some_and(|code| is_server_failure(&code)) {
        return Some(Severity::High);
    }
    causes::severity(&payload.text("hangup_cause")?)
}

/// Whether `code` is `sip:5xx`.
fn is_server_failure(code: &str) -> bool {
    let status = code.to_ascii_lowercase();
    let Some(digits) = status.strip_prefix("sip:5") else {
        return false;
    };
    digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// `severity`, one step up for a call to the emergency services.
fn graded(severity: Severity, payload: &Payload) -> Severity {
    match severity {
        severity if !is_emergency(payload) => severity,
        Severity::Info | Severity::Low => Severity::Warning,
        Severity::Warning => Severity::High,
        Severity::High | Severity::Critical => Severity::Critical,
    }
}

fn is_emergency(payload: &Payload) -> bool {
    payload.is_true("emergency_resource_used")
}
