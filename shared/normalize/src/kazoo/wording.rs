//! The summaries: what the title leaves out of who spoke to whom, what went wrong, and what ended the alert.

use alert::Signal;

use super::names::capitalised;
use super::table::Statement;
use super::{Payload, parties};
use crate::value;

/// Fields that say in words what happened, the plainest first.
const REASONS: [&str; 10] = [
    "fax_error",
    "fax_result_text",
    "fax_info.fax_result_text",
    "error_message",
    "reason",
    "reason.content",
    "comment.content",
    "message",
    "response",
    "disable_reason",
];

/// What `event` says beside its `title`; `None` if that is all.
pub(super) fn summary(payload: &Payload, event: &str, statement: &Statement, title: &str) -> Option<String> {
    let is_new = |text: &String| !title.to_lowercase().contains(&text.to_lowercase());
    let happened = happened(parties::phrase(payload).filter(is_new), reason(payload).filter(is_new));
    let ending = (statement.signal == Signal::Resolved).then(|| ending(event)).flatten();
    let sentences = [ending.map(str::to_owned), happened, device(payload), place(payload)];
    let sentences: Vec<_> = sentences.into_iter().flatten().map(|text| sentence(&text)).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn happened(parties: Option<String>, reason: Option<String>) -> Option<String> {
    match (parties, reason) {
        (Some(parties), Some(reason)) => Some(format!("{parties}: {reason}")),
        (parties, reason) => parties.or(reason),
    }
}

/// What has ended the alert, as that is not what the alert is about.
fn ending(event: &str) -> Option<&'static str> {
    Some(match event {
        "register" => "It is registered again",
        "transaction" | "topup" | "top_up" => "A payment went through",
        "port_pending" => "It is pending",
        "port_scheduled" => "It is scheduled",
        "ported" => "It is complete",
        "inbound_fax" | "outbound_fax" => "It went through",
        "voicemail_new" => "It took a new message",
        "system_alert" => "It is connected again",
        _ => return None,
    })
}

fn reason(payload: &Payload) -> Option<String> {
    hangup(payload).or_else(|| payload.first_text(&REASONS)).or_else(|| errors(payload))
}

fn hangup(payload: &Payload) -> Option<String> {
    match (payload.text("hangup_cause"), payload.text("hangup_code")) {
        (Some(cause), Some(code)) => Some(format!("{cause} ({code})")),
        (cause, code) => cause.or(code),
    }
}

fn errors(payload: &Payload) -> Option<String> {
    let all: Vec<_> = payload.fields.get("errors")?.as_array()?.iter().filter_map(value::text).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// The device of a registration, which has neither parties nor a reason.
fn device(payload: &Payload) -> Option<String> {
    payload.text("username").filter(|_| payload.text("realm").is_some())?;
    match (payload.first_text(&["network_ip", "contact"]), payload.text("user_agent")) {
        (Some(address), Some(device)) => Some(format!("Last seen at {address}, {device}")),
        (Some(address), None) => Some(format!("Last seen at {address}")),
        (None, device) => device,
    }
}

/// Where an emergency call comes from.
fn place(payload: &Payload) -> Option<String> {
    let street = ["emergency_address_street_1", "emergency_address_street_2", "emergency_address_city"];
    let parts: Vec<_> =
        std::iter::once("device_name").chain(street).filter_map(|part| payload.text(part)).collect();
    (payload.text("emergency_caller_id_number").is_some() && !parts.is_empty()).then(|| parts.join(", "))
}

fn sentence(text: &str) -> String {
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{end}", capitalised(text))
}
