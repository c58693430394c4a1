//! Events that are neither calls nor notifications: parking, objects, messages, streams, callflows, strangers.

use alert::Severity::{self, Info, Warning};

use super::Payload;
use super::kinds::{CALL, MESSAGE, OBJECT, PARKING, STREAM, UNKNOWN_EVENT, UNKNOWN_HOOK};
use super::table::{Row, Statement, firing, notice};
use crate::SourceConfiguration;

pub(super) static PARKING_EVENT: Row = Row::depends("parking", parking, &[], "calls").keyed(parking_key);
pub(super) static OBJECT_EVENT: Row = Row::depends("object", object, &[], "config").keyed(object_key);
pub(super) static MESSAGE_EVENT: Row = Row::new("message", &[notice(Info, &MESSAGE)], &["id"], "messaging");
pub(super) static STREAM_EVENT: Row = Row::depends("stream", stream, &["stream_id", "timestamp"], "calls");
pub(super) static CALLFLOW_ACTION: Row =
    Row::new("callflow", &[notice(Info, &CALL)], &[], "calls").keyed(callflow_key);
/// An event that we do not know, from a sender that we do.
pub(super) static UNKNOWN: Row = Row::depends("unknown", unknown, &["msg_id"], "platform").without_account();

/// Objects without which somebody cannot make a call.
const VITAL_TYPES: [&str; 4] = ["account", "callflow", "device", "user"];

/// An abandoned caller hung up before anybody fetched the call.
fn parking(payload: &Payload, _: &SourceConfiguration) -> Vec<Statement> {
    let is_abandoned = payload.event_name().is_some_and(|name| name == "park_abandoned");
    vec![notice(if is_abandoned { Warning } else { Info }, &PARKING)]
}

fn object(payload: &Payload, _: &SourceConfiguration) -> Vec<Statement> {
    vec![notice(object_severity(payload).unwrap_or(Info), &OBJECT)]
}

fn object_severity(payload: &Payload) -> Option<Severity> {
    let object_type = payload.text("type")?;
    let is_vital = VITAL_TYPES.iter().any(|vital| vital.eq_ignore_ascii_case(&object_type));
    (payload.name("action")? == "doc_deleted" && is_vital).then_some(Warning)
}

fn stream(payload: &Payload, _: &SourceConfiguration) -> Vec<Statement> {
    let is_stop = payload.event_name().is_some_and(|name| name == "stream_stop");
    let failed = is_stop && payload.text("error_message").is_some();
    vec![if failed { firing(Warning, &STREAM) } else { notice(Info, &STREAM) }]
}

fn unknown(payload: &Payload, _: &SourceConfiguration) -> Vec<Statement> {
    vec![notice(Info, if payload.any_name().is_some() { &UNKNOWN_EVENT } else { &UNKNOWN_HOOK })]
}

/// Parking events have neither id nor time, and the same caller can be parked twice in one slot.
fn parking_key(payload: &Payload) -> Option<Vec<String>> {
    Some(vec![
        payload.text("call_id")?,
        payload.event_name()?,
        payload.text("parking_slot")?,
        payload.minute(),
    ])
}

/// Objects have a revision in v2 alone; in v1 two true edits are equal byte by byte.
fn object_key(payload: &Payload) -> Option<Vec<String>> {
    if payload.is_enveloped() {
        return Some(vec![payload.text("rev")?]);
    }
    Some(vec![payload.text("id")?, payload.text("action")?, payload.text("type")?, payload.minute()])
}

/// What a callflow sends carries a number in place of the hook's id, the same in each try.
fn callflow_key(payload: &Payload) -> Option<Vec<String>> {
    Some(vec![payload.text("call_id")?, payload.header("x-hook-id")?])
}
