//! The notifications, one row each, and the few whose meaning depends on more than their name.

use alert::Severity::{Critical, High, Info, Warning};

use super::kinds::{
    BALANCE, CALL, EMERGENCY_CALL, EMERGENCY_DENIED, FACT, FAX, FAX_WITHOUT_ID, NUMBER_FEATURE, PORT,
    PORT_ACTION, PREVIEW, REGISTRATION, SMTP_FAX, TRANSACTION, VOICEMAIL, VOICEMAIL_FULL, WEBHOOK_DISABLED,
};
use super::table::{Row, Statement, firing, notice, resolved};
use super::{Payload, system_alert, time};
use crate::SourceConfiguration;

/// A request key that is the message's id alone.
const MSG_ID: &[&str] = &["msg_id"];

/// A template of mail shown to somebody who edits it, whatever event it is filled with.
pub(super) static TEMPLATE_PREVIEW: Row =
    Row::new("preview", &[notice(Info, &PREVIEW)], MSG_ID, "config").without_account();

#[rustfmt::skip] // One line is one row.
static ROWS: &[Row] = &[
    Row::new("deregister", &[firing(Warning, &REGISTRATION)], REGISTRATION_KEY, "registration").timed(time::end_of_registration),
    Row::new("register", &[resolved(&REGISTRATION)], REGISTRATION_KEY, "registration"),

    Row::new("low_balance", &[firing(High, &BALANCE)], MSG_ID, "billing").valued(balance),
    Row::depends("transaction", payment, PAYMENT_KEY, "billing"),
    Row::depends("topup", payment, PAYMENT_KEY, "billing"),
    Row::depends("top_up", payment, PAYMENT_KEY, "billing"),
    Row::new("bill_reminder", A_FACT, MSG_ID, "billing"),
    Row::new("service_added", A_FACT, MSG_ID, "billing"),

    Row::new("port_rejected", &[firing(High, &PORT)], MSG_ID, "numbers"),
    Row::new("port_cancel", &[firing(High, &PORT)], MSG_ID, "numbers"),
    Row::new("port_pending", THE_PORT_GOES_ON, MSG_ID, "numbers"),
    Row::new("port_scheduled", THE_PORT_GOES_ON, MSG_ID, "numbers"),
    Row::new("ported", THE_PORT_GOES_ON, MSG_ID, "numbers"),
    Row::new("port_request", &[notice(Info, &PORT)], MSG_ID, "numbers"),
    Row::new("port_unconfirmed", &[notice(Info, &PORT)], MSG_ID, "numbers"),
    Row::depends("port_comment", port_comment, &["comment.timestamp", "msg_id"], "numbers"),
    Row::new("number_feature_manual_action", &[firing(Warning, &NUMBER_FEATURE)], MSG_ID, "numbers"),
    Row::new("cnam_request", A_FACT, MSG_ID, "numbers"),

    Row::new("inbound_fax_error", &[firing(Warning, &FAX_WITHOUT_ID)], FAX_KEY, "fax"),
    Row::new("outbound_fax_error", &[firing(Warning, &FAX)], &["fax_jobid", "fax_timestamp"], "fax").without_account(),
    Row::new("inbound_fax", A_FAX_WENT_THROUGH, FAX_KEY, "fax"),
    Row::new("outbound_fax", A_FAX_WENT_THROUGH, FAX_KEY, "fax"),
    Row::new("outbound_smtp_fax_error", &[firing(Warning, &SMTP_FAX)], &["timestamp", "msg_id"], "fax"),

    Row::new("voicemail_full", &[firing(Warning, &VOICEMAIL_FULL)], MSG_ID, "voicemail").valued(box_usage),
    Row::new("voicemail_new", &[notice(Info, &VOICEMAIL), resolved(&VOICEMAIL_FULL)], &["voicemail_id"], "voicemail"),
    Row::new("voicemail_saved", &[notice(Info, &VOICEMAIL)], MSG_ID, "voicemail"),
    Row::new("voicemail_deleted", &[notice(Info, &VOICEMAIL)], MSG_ID, "voicemail"),

    Row::depends("missed_call", missed_call, &["call_id", "timestamp"], "calls"),
    Row::new("cf_notification", A_FACT, MSG_ID, "calls"),
    Row::new("denied_emergency_bridge", &[firing(Critical, &EMERGENCY_DENIED)], &["call_id"], "emergency"),
    Row::depends("emergency_bridge", emergency_bridge, &["call_id"], "emergency"),

    Row::depends("system_alert", system_alert::says, MSG_ID, "platform").without_account(),
    Row::depends("webhook_disabled", webhook_disabled, MSG_ID, "platform"),
    Row::new("account_zone_change", &[notice(Warning, &FACT)], MSG_ID, "config"),
    Row::new("account_deleted", &[notice(Warning, &FACT)], MSG_ID, "config"),
    Row::new("customer_update", A_FACT, MSG_ID, "config"),
    Row::new("first_occurrence", A_FACT, MSG_ID, "config"),
    Row::new("new_account", A_FACT, MSG_ID, "config"),
    Row::new("new_user", A_FACT, MSG_ID, "config"),
    Row::new("password_recovery", A_FACT, MSG_ID, "config"),
];

const REGISTRATION_KEY: &[&str] = &["call_id", "event_timestamp"];
const PAYMENT_KEY: &[&str] = &["id", "timestamp"];
const FAX_KEY: &[&str] = &["fax_id", "fax_timestamp"];
const A_FACT: &[Statement] = &[notice(Info, &FACT)];
const A_FAX_WENT_THROUGH: &[Statement] = &[notice(Info, &FAX), resolved(&FAX)];
const THE_PORT_GOES_ON: &[Statement] = &[resolved(&PORT), resolved(&PORT_ACTION)];

/// The row of the notification called `event`.
pub(super) fn row(event: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.event == event)
}

/// A payment that went through also ends the alert of a low balance.
fn payment(payload: &Payload, _: &SourceConfiguration) -> Vec<Statement> {
    if payload.is_true("success") {
        vec![resolved(&BALANCE), resolved(&TRANSACTION)]
    } else {
        vec![firing(High, &TRANSACTION)]
    }
}

/// A comment may ask somebody to act.
fn port_comment(payload: &Payload, _: &SourceConfiguration) -> Vec<Statement> {
    if payload.is_true("comment.action_required") {
        vec![firing(Warning, &PORT_ACTION)]
    } else {
        vec![notice(Info, &PORT_ACTION)]
    }
}

/// A caller who left a message was not lost.
fn missed_call(payload: &Payload, _: &SourceConfiguration) -> Vec<Statement> {
    let severity = if payload.is_true("message_left") { Info } else { Warning };
    vec![notice(severity, &CALL)]
}

/// Emergency calls can be tried out.
fn emergency_bridge(payload: &Payload, _: &SourceConfiguration) -> Vec<Statement> {
    if payload.is_true("emergency_test_call") {
        vec![notice(Info, &EMERGENCY_CALL)]
    } else {
        vec![firing(High, &EMERGENCY_CALL)]
    }
}

/// Nothing is heard of KAZOO any more once it has switched off a hook that points at us.
fn webhook_disabled(payload: &Payload, configuration: &SourceConfiguration) -> Vec<Statement> {
    let is_ours =
        payload.text("hook_id").is_some_and(|hook_id| configuration.own_hook_ids.contains(&hook_id));
    vec![firing(if is_ours { Critical } else { High }, &WEBHOOK_DISABLED)]
}

/// The balance in dollars; KAZOO counts ten thousandths of one.
pub(super) fn balance(payload: &Payload) -> Option<String> {
    let sent = payload.text("current_balance")?;
    let Ok(units) = sent.parse::<i64>() else {
        return Some(sent);
    };
    let cents = units.unsigned_abs().saturating_add(50) / 100;
    let sign = if units < 0 && cents > 0 { "-" } else { "" };
    Some(format!("{sign}{}.{:02}", cents / 100, cents % 100))
}

/// How many messages a voicemail box holds, and how many it can.
pub(super) fn box_usage(payload: &Payload) -> Option<String> {
    Some(format!("{}/{}", payload.text("message_count")?, payload.text("max_message_count")?))
}
