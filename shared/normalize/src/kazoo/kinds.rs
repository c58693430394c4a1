//! The kinds of alerts and facts that KAZOO's events are about.

use alert::AutoResolve::{Person, Quiet, Recovery};

use super::identity::{Kind, optional, required};
use super::{Payload, channel, system_alert};

pub(super) static REGISTRATION: Kind =
    Kind::new("registration", &[required(&["realm"]).made_by(realm), required(&["username"])], Recovery);
pub(super) static BALANCE: Kind = Kind::new("balance", &[], Recovery);
pub(super) static TRANSACTION: Kind = Kind::new("transaction", &[], Recovery);
pub(super) static PORT: Kind = Kind::new("port", &[required(&["port_request_id"])], Recovery);
pub(super) static PORT_ACTION: Kind = Kind::new("port_action", &[required(&["port_request_id"])], Recovery);
pub(super) static FAX: Kind = Kind::new("fax", &[required(&["fax_jobid", "fax_id", "call_id"])], Quiet);
/// A fax that failed on its way in may have got no id at all.
pub(super) static FAX_WITHOUT_ID: Kind =
    Kind::new("fax", &[optional(&["fax_jobid", "fax_id", "call_id"])], Quiet);
pub(super) static SMTP_FAX: Kind =
    Kind::new("smtp_fax", &[required(&["faxbox_id", "fax_from_email"])], Quiet);
pub(super) static VOICEMAIL_FULL: Kind =
    Kind::new("voicemail_full", &[required(&["voicemail_box"])], Recovery);
pub(super) static VOICEMAIL: Kind = Kind::new("voicemail", &[required(&["voicemail_box"])], Quiet);
pub(super) static EMERGENCY_DENIED: Kind = Kind::new("emergency_denied", &[required(&["call_id"])], Person);
pub(super) static EMERGENCY_CALL: Kind = Kind::new("emergency_call", &[required(&["call_id"])], Person);
pub(super) static SYSTEM_ALERT: Kind =
    Kind::new("system_alert", &[required(&["subject"]).made_by(system_alert::identity)], Quiet)
        .titled(system_alert::title);
pub(super) static WEBHOOK_DISABLED: Kind = Kind::new("webhook_disabled", &[required(&["hook_id"])], Person);
pub(super) static NUMBER_FEATURE: Kind = Kind::new("number_feature", &[required(&["number"])], Person);
pub(super) static FACT: Kind = Kind::new("fact", &[required(&["event_name"]).made_by(event_name)], Quiet);
pub(super) static PREVIEW: Kind =
    Kind::new("preview", &[required(&["event_name"]).made_by(event_name)], Quiet);

pub(super) static CALL: Kind = Kind::new("call", &[required(&["call_id"])], Quiet);
pub(super) static HANGUP: Kind = Kind::new(
    "hangup",
    &[
        optional(&["hangup_cause"]),
        optional(&["local_resource_id"]),
        optional(&["emergency"]).made_by(channel::emergency_mark),
    ],
    Quiet,
)
.titled(channel::failure_title);
pub(super) static PARKING: Kind = Kind::new("parking", &[required(&["parking_slot"])], Quiet);
pub(super) static OBJECT: Kind = Kind::new("object", &[required(&["type"]), required(&["id"])], Quiet);
pub(super) static MESSAGE: Kind = Kind::new("message", &[required(&["id"])], Quiet);
pub(super) static STREAM: Kind = Kind::new("stream", &[required(&["stream_id", "call_id"])], Quiet);
pub(super) static UNKNOWN_EVENT: Kind =
    Kind::new("unknown", &[required(&["event_name"]).made_by(any_name)], Quiet);
pub(super) static UNKNOWN_HOOK: Kind = Kind::new("unknown", &[required(&["hook"]).made_by(hook)], Quiet);

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
