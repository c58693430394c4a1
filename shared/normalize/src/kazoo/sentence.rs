//! The titles: what has happened to what, and whose it is, in words for people.
//!
//! A title is a subject with what has happened to it (`Balance of account Example is low: 4.10`). What ends an alert
//! is mostly another thing altogether, such as a payment, so the title of a recovery is the subject alone: it says no
//! more than the alert has said, which therefore keeps its own words. No title shows an id that nobody knows by heart.

use alert::{Severity, Signal};

use super::identity::Title;
use super::names::{capitalised, of_account, shown};
use super::notifications::{balance, box_usage};
use super::table::Statement;
use super::{Payload, parties};
use crate::value;

/// The title of what `event` says of its alert.
pub(super) fn title(payload: &Payload, event: &str, statement: &Statement) -> String {
    match statement.kind.title {
        Title::Sentence(sentence) => sentence(payload),
        Title::Subject(subject) if statement.signal == Signal::Resolved => subject(payload),
        Title::Subject(subject) => match happened(payload, event, statement) {
            Some(happened) => format!("{} {happened}", subject(payload)),
            None => format!("{}: {event}", subject(payload)),
        },
    }
}

/// What `event` says has happened; `None` for an event that is not listed.
fn happened(payload: &Payload, event: &str, statement: &Statement) -> Option<String> {
    let words = match event {
        "port_comment" if payload.is_true("comment.action_required") => "asks for an action",
        "deregister" => "was lost",
        "low_balance" => return Some(measured("is low", balance(payload))),
        "transaction" | "topup" | "top_up" => "failed",
        "voicemail_full" => return Some(measured("is full", box_usage(payload))),
        "voicemail_new" => "has a new message",
        "voicemail_saved" => "had a message saved",
        "voicemail_deleted" => "had a message deleted",
        "inbound_fax_error" | "outbound_fax_error" => return Some(between(payload, "failed")),
        "inbound_fax" => return Some(between(payload, "arrived")),
        "outbound_fax" => return Some(between(payload, "was sent")),
        "outbound_smtp_fax_error" => "was refused",
        "denied_emergency_bridge" => return Some(between(payload, "was denied")),
        "emergency_bridge" => return Some(between(payload, "was placed")),
        "webhook_disabled" if statement.severity == Severity::Critical => {
            "was disabled: KAZOO sends Campanile nothing more"
        }
        "webhook_disabled" => "was disabled",
        "number_feature_manual_action" => return Some(wanted(payload)),
        _ => of_a_port(event).or_else(|| of_anything_else(payload, event))?,
    };
    Some(words.to_owned())
}

fn of_a_port(event: &str) -> Option<&'static str> {
    Some(match event {
        "port_rejected" => "was rejected",
        "port_cancel" => "was cancelled",
        "port_pending" => "is pending",
        "port_scheduled" => "is scheduled",
        "ported" => "is complete",
        "port_request" => "was submitted",
        "port_unconfirmed" => "is not confirmed yet",
        "port_comment" => "has a new comment",
        _ => return None,
    })
}

fn of_anything_else(payload: &Payload, event: &str) -> Option<&'static str> {
    Some(match event {
        "channel_create" | "stream_start" => "began",
        "channel_answer" => "was answered",
        "channel_bridge" => "was connected",
        "channel_hold" => "was put on hold",
        "channel_unhold" => "was taken off hold",
        "missed_call" if payload.is_true("message_left") => "was missed, with a message left",
        "missed_call" => "was missed",
        "callflow" => "came through a callflow",
        "park_parked" => "was parked",
        "park_retrieved" => "was retrieved",
        "park_abandoned" => "was abandoned",
        "stream_stop" if payload.text("error_message").is_some() => "failed",
        "stream_stop" | "channel_destroy" | "cdr" => "ended",
        "sms" | "mms" | "inbound" => "arrived",
        "doc_created" => "was created",
        "doc_edited" | "doc_updated" | "object" => "was changed",
        "doc_deleted" => "was deleted",
        _ => return None,
    })
}

/// ` on 2024-12-21`.
fn due(payload: &Payload) -> String {
    payload.time("due_date").map(|due| format!(" on {}", due.strftime("%F"))).unwrap_or_default()
}

fn measured(what: &str, value: Option<String>) -> String {
    value.map_or_else(|| what.to_owned(), |value| format!("{what}: {value}"))
}

/// `from … to … failed`.
fn between(payload: &Payload, what: &str) -> String {
    parties::phrase(payload).map_or_else(|| what.to_owned(), |parties| format!("{parties} {what}"))
}

/// `needs a manual action: add e911`.
fn wanted(payload: &Payload) -> String {
    let parts = ["feature.action", "feature.feature"].iter().filter_map(|part| payload.text(part));
    let feature = parts.collect::<Vec<_>>().join(" ");
    measured("needs a manual action", Some(feature).filter(|feature| !feature.is_empty()))
}

pub(super) fn registration(payload: &Payload) -> String {
    let device = [payload.text("username"), payload.text("realm").map(|realm| realm.to_lowercase())];
    format!("Registration of {}", device.into_iter().flatten().collect::<Vec<_>>().join("@"))
}

pub(super) fn balance_of(payload: &Payload) -> String {
    format!("Balance{}", of_account(payload))
}

pub(super) fn payment(payload: &Payload) -> String {
    format!("Payment{}", of_account(payload))
}

pub(super) fn port(payload: &Payload) -> String {
    let numbers = || {
        payload
            .text("number")
            .or_else(|| value::texts(payload.fields.get("number")?))
            .map(|numbers| format!(" of {numbers}"))
    };
    let id = || shown(payload.text("port_request_id")).map(|id| format!(" {id}"));
    format!("Port request{}", numbers().or_else(id).unwrap_or_default())
}

pub(super) fn fax(payload: &Payload) -> String {
    let direction = match payload.event_name().as_deref() {
        Some("inbound_fax" | "inbound_fax_error") => "Inbound fax",
        _ => "Outbound fax",
    };
    direction.to_owned()
}

pub(super) fn fax_by_mail(payload: &Payload) -> String {
    let sender = payload.text("fax_from_email").map(|sender| format!(" from {sender}"));
    format!("Fax by mail{}", sender.unwrap_or_default())
}

pub(super) fn voicemail(payload: &Payload) -> String {
    let name = || payload.first_text(&["voicemail_name", "voicemail_number", "mailbox", "to_user"]);
    let shown = shown(payload.text("voicemail_box")).or_else(name);
    let name = shown.map(|name| format!(" {name}")).unwrap_or_default();
    format!("Voicemail box{name}{}", of_account(payload))
}

pub(super) fn emergency_call(payload: &Payload) -> String {
    let is_test = payload.is_true("emergency_test_call");
    if is_test { "Test of an emergency call".to_owned() } else { "Emergency call".to_owned() }
}

pub(super) fn webhook(payload: &Payload) -> String {
    let name = payload.first_text(&["hook_name", "name"]).or_else(|| shown(payload.text("hook_id")));
    let name = name.map(|name| format!(" {name}")).unwrap_or_default();
    format!("Webhook{name}{}", of_account(payload))
}

pub(super) fn number(payload: &Payload) -> String {
    format!("Number {}", payload.text("number").unwrap_or_default())
}

pub(super) fn call(payload: &Payload) -> String {
    parties::phrase(payload).map_or_else(|| "Call".to_owned(), |parties| format!("Call {parties}"))
}

pub(super) fn parked_call(payload: &Payload) -> String {
    format!("{} in parking slot {}", call(payload), payload.text("parking_slot").unwrap_or_default())
}

pub(super) fn object(payload: &Payload) -> String {
    let object_type = payload.text("type").unwrap_or_default();
    let name = payload.first_text(&["doc.name", "doc.username", "name"]);
    let name = name.or_else(|| shown(payload.text("id"))).map(|name| format!(" {name}"));
    format!("{}{}", capitalised(&object_type.replace('_', " ")), name.unwrap_or_default())
}

pub(super) fn message(payload: &Payload) -> String {
    let kind = payload
        .text("type")
        .or_else(|| payload.hook())
        .filter(|kind| kind.len() == 3)
        .map(|kind| kind.to_uppercase());
    let kind = kind.unwrap_or_else(|| "Message".to_owned());
    parties::phrase(payload).map_or_else(|| kind.clone(), |parties| format!("{kind} {parties}"))
}

pub(super) fn stream(payload: &Payload) -> String {
    let name = payload.text("stream_name").or_else(|| shown(payload.text("stream_id")));
    name.map_or_else(|| "Stream".to_owned(), |name| format!("Stream {name}"))
}

pub(super) fn preview(payload: &Payload) -> String {
    format!("Preview of the mail template {}", payload.event_name().unwrap_or_default())
}

pub(super) fn unknown_event(payload: &Payload) -> String {
    format!("Unknown event {}{}", payload.any_name().unwrap_or_default(), of_account(payload))
}

pub(super) fn unknown_hook(payload: &Payload) -> String {
    format!("Unknown event of the hook {}{}", payload.hook().unwrap_or_default(), of_account(payload))
}

/// A fact, by its event.
pub(super) fn fact(payload: &Payload) -> String {
    let event = payload.event_name().unwrap_or_default();
    let account = of_account(payload);
    let about = |names: &[&str]| payload.first_text(names).map(|text| format!(" {text}")).unwrap_or_default();
    match event.as_str() {
        "bill_reminder" => format!("A bill{account} is due{}", due(payload)),
        "service_added" => format!("Services{account} were added"),
        "cnam_request" => format!("Caller name of the number{} is requested", about(&["number"])),
        "cf_notification" => format!("Call forwarding notice{account}"),
        "account_zone_change" => format!("Zones{account} were changed"),
        "account_deleted" => format!("Account{} was deleted", about(&["account_name"])),
        "new_account" => format!("Account{} was created", about(&["account_name"])),
        "new_user" => format!("User{} was created", about(&["username", "email"])),
        "password_recovery" => format!("A password{account} is to be reset"),
        "customer_update" => format!("Message to customers:{}", about(&["subject"])),
        "first_occurrence" => format!("First{}{account}", about(&["occurrence"])),
        _ => format!("{event}{account}"),
    }
}
