//! The kinds of alerts and facts that KAZOO's events are about.

use alert::AutoResolve::{Person, Quiet, Recovery};

use super::identity::Title::{Sentence, Subject};
use super::identity::{AlertKind, Part, optional, required};
use super::{Payload, channel, sentence, system_alert};

const PORT_ID: &[Part] = &[required(&["port_request_id"])];
const BOX: &[Part] = &[required(&["voicemail_box"])];
const CALL_ID: &[Part] = &[required(&["call_id"])];
const EVENT_NAME: &[Part] = &[required(&["event_name"]).made_by(event_name)];

pub(super) static REGISTRATION: AlertKind = AlertKind::new(
    "registration",
    &[required(&["realm"]).made_by(realm), required(&["username"])],
    Recovery,
    Subject(sentence::registration),
);
pub(super) static BALANCE: AlertKind =
    AlertKind::new("balance", &[], Recovery, Subject(sentence::balance_of));
pub(super) static TRANSACTION: AlertKind =
    AlertKind::new("transaction", &[], Recovery, Subject(sentence::payment));
pub(super) static PORT: AlertKind = AlertKind::new("port", PORT_ID, Recovery, Subject(sentence::port));
pub(super) static PORT_ACTION: AlertKind =
    AlertKind::new("port_action", PORT_ID, Recovery, Subject(sentence::port));
pub(super) static FAX: AlertKind =
    AlertKind::new("fax", &[required(&["fax_jobid", "fax_id", "call_id"])], Quiet, Subject(sentence::fax));
/// A fax that failed on its way in may have got no id at all.
pub(super) static FAX_WITHOUT_ID: AlertKind =
    AlertKind::new("fax", &[optional(&["fax_jobid", "fax_id", "call_id"])], Quiet, Subject(sentence::fax));
pub(super) static SMTP_FAX: AlertKind = AlertKind::new(
    "smtp_fax",
    &[required(&["faxbox_id", "fax_from_email"])],
    Quiet,
    Subject(sentence::fax_by_mail),
);
pub(super) static VOICEMAIL_FULL: AlertKind =
    AlertKind::new("voicemail_full", BOX, Recovery, Subject(sentence::voicemail));
pub(super) static VOICEMAIL: AlertKind =
    AlertKind::new("voicemail", BOX, Quiet, Subject(sentence::voicemail));
pub(super) static EMERGENCY_DENIED: AlertKind =
    AlertKind::new("emergency_denied", CALL_ID, Person, Subject(sentence::emergency_call))
        .affecting(emergency_caller);
pub(super) static EMERGENCY_CALL: AlertKind =
    AlertKind::new("emergency_call", CALL_ID, Person, Subject(sentence::emergency_call))
        .affecting(emergency_caller);
pub(super) static SYSTEM_ALERT: AlertKind = AlertKind::new(
    "system_alert",
    &[required(&["subject"]).made_by(system_alert::identity)],
    Quiet,
    Sentence(system_alert::title),
)
.affecting(system_alert::resource);
pub(super) static WEBHOOK_DISABLED: AlertKind =
    AlertKind::new("webhook_disabled", &[required(&["hook_id"])], Person, Subject(sentence::webhook));
pub(super) static NUMBER_FEATURE: AlertKind =
    AlertKind::new("number_feature", &[required(&["number"])], Person, Subject(sentence::number));
pub(super) static FACT: AlertKind =
    AlertKind::new("fact", EVENT_NAME, Quiet, Sentence(sentence::fact)).affecting(number);
pub(super) static PREVIEW: AlertKind =
    AlertKind::new("preview", EVENT_NAME, Quiet, Sentence(sentence::preview)).affecting(nothing);

pub(super) static CALL: AlertKind = AlertKind::new("call", CALL_ID, Quiet, Subject(sentence::call));
pub(super) static HANGUP: AlertKind =
    AlertKind::new("hangup", HANGUP_PARTS, Quiet, Sentence(channel::failure_title)).affecting(trunk);
pub(super) static PARKING: AlertKind =
    AlertKind::new("parking", &[required(&["parking_slot"])], Quiet, Subject(sentence::parked_call));
pub(super) static OBJECT: AlertKind =
    AlertKind::new("object", &[required(&["type"]), required(&["id"])], Quiet, Subject(sentence::object));
pub(super) static MESSAGE: AlertKind =
    AlertKind::new("message", &[required(&["id"])], Quiet, Subject(sentence::message));
pub(super) static STREAM: AlertKind =
    AlertKind::new("stream", &[required(&["stream_id", "call_id"])], Quiet, Subject(sentence::stream));
pub(super) static UNKNOWN_EVENT: AlertKind = AlertKind::new(
    "unknown",
    &[required(&["event_name"]).made_by(any_name)],
    Quiet,
    Sentence(sentence::unknown_event),
)
.affecting(nothing);
pub(super) static UNKNOWN_HOOK: AlertKind =
    AlertKind::new("unknown", &[required(&["hook"]).made_by(hook)], Quiet, Sentence(sentence::unknown_hook))
        .affecting(nothing);

const HANGUP_PARTS: &[Part] = &[
    optional(&["hangup_cause"]),
    optional(&["local_resource_id"]),
    optional(&["emergency"]).made_by(channel::emergency_mark),
];

/// Realms are host names, and devices are not consistent in their case.
fn realm(payload: &Payload) -> Option<String> {
    payload.text("realm").map(|realm| realm.to_lowercase())
}

fn event_name(payload: &Payload) -> Option<String> {
    payload.event_name()
}

fn any_name(payload: &Payload) -> Option<String> {
    payload.any_name()
}

fn hook(payload: &Payload) -> Option<String> {
    payload.hook()
}

/// The carrier's trunk that calls fail on.
fn trunk(payload: &Payload) -> Option<String> {
    payload.text("local_resource_id")
}

fn number(payload: &Payload) -> Option<String> {
    payload.text("number")
}

fn emergency_caller(payload: &Payload) -> Option<String> {
    payload.first_text(&["emergency_caller_id_number", "outbound_caller_id_number", "call_id"])
}

/// Nothing but the account.
fn nothing(_: &Payload) -> Option<String> {
    None
}
