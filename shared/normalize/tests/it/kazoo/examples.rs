//! The examples of the reference, field by field.

use alert::{AlertEvent, Fingerprint, Severity, Signal};

use super::{event, events, fixture};
use crate::RECEIVED_AT;

fn check(event: &AlertEvent, signal: Signal, severity: Severity, identity: &[&str], occurred_at: &str) {
    assert_eq!((event.signal, event.severity), (signal, severity), "{}", event.title);
    let fields = ["kazoo/1"].iter().chain(identity);
    assert_eq!(event.fingerprint, Fingerprint::of(fields), "{}", event.title);
    assert_eq!(event.occurred_at, occurred_at.parse().unwrap(), "{}", event.title);
}

#[test]
fn a_call_that_a_carrier_failed() {
    let event = event(&fixture("channel-destroy-failed-by-a-carrier.form"));
    let identity = ["A", "hangup", "PROGRESS_TIMEOUT", "", ""];
    check(&event, Signal::Firing, Severity::High, &identity, "2024-11-28T08:00:00Z");
    assert_eq!(event.started_at, Some("2024-11-28T07:59:51Z".parse().unwrap()));
    assert_eq!(event.ended_at, Some("2024-11-28T08:00:00Z".parse().unwrap()));
    assert_eq!(event.annotations["token"], "[redacted]");
}

#[test]
fn the_same_call_ended_normally() {
    let event = event(&fixture("channel-destroy-normal.form"));
    let identity = ["A", "call", "c1@198.51.100.7"];
    check(&event, Signal::Notice, Severity::Info, &identity, "2024-11-28T08:00:00Z");
}

#[test]
fn a_registration_lost_and_back() {
    let identity = ["A", "registration", "pbx.example.com", "device-3"];
    let lost = event(&fixture("deregister.form"));
    check(&lost, Signal::Firing, Severity::Warning, &identity, "2017-07-11T00:47:56Z");
    let back = event(&fixture("register.form"));
    check(&back, Signal::Resolved, Severity::Info, &identity, "2017-07-11T00:53:20Z");
}

#[test]
fn a_low_balance_and_a_payment() {
    let low = event(&fixture("low-balance.json"));
    check(&low, Signal::Firing, Severity::High, &["A", "balance"], RECEIVED_AT);
    assert_eq!(low.value.as_deref(), Some("34.00"));

    let paid = events(&fixture("transaction-succeeded.json"));
    let [balance, transaction] = paid.as_slice() else { panic!("two events of {paid:?}") };
    check(balance, Signal::Resolved, Severity::Info, &["A", "balance"], "2024-11-28T08:00:09Z");
    check(transaction, Signal::Resolved, Severity::Info, &["A", "transaction"], "2024-11-28T08:00:09Z");
    assert_eq!(balance.annotations["card_last_four"], "[redacted]");
}

#[test]
fn a_fax_that_failed() {
    let event = event(&fixture("outbound-fax-error.form"));
    check(&event, Signal::Firing, Severity::Warning, &["A", "fax", "j1"], "2019-05-06T21:20:53Z");
}

#[test]
fn objects_deleted_and_edited() {
    let deleted = event(&fixture("object-device-deleted.form"));
    check(&deleted, Signal::Notice, Severity::Warning, &["A", "object", "device", "d1"], RECEIVED_AT);
    let edited = event(&fixture("object-user-edited.query"));
    check(&edited, Signal::Notice, Severity::Info, &["A", "object", "user", "d1"], RECEIVED_AT);
}

#[test]
fn a_system_alert_and_a_notification_that_nobody_knows() {
    let blocked = event(&fixture("system-alert-blocked-call.json"));
    let identity = ["A", "system_alert", "blocked ~s to ~s"];
    check(&blocked, Signal::Firing, Severity::Warning, &identity, RECEIVED_AT);
    let unknown = event(&fixture("unknown-notification.json"));
    check(&unknown, Signal::Notice, Severity::Info, &["A", "unknown", "brand_new"], RECEIVED_AT);
}
