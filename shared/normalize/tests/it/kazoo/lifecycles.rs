//! What an operator sees of several events: one alert, opened and resolved.

use alert::{Alert, AlertEvent, Condition, Signal, Transition, fold};
use normalize::InboundRequest;
use serde_json::{Value, json};

use super::{events, post};

/// What all events about the alert that `requests` open make of it together.
fn folded(requests: &[InboundRequest]) -> (Option<Alert>, Vec<Transition>) {
    let all: Vec<AlertEvent> = requests.iter().flat_map(events).collect();
    let opened = all.iter().find(|event| event.signal == Signal::Firing).map(|event| event.fingerprint);
    let mut transitions = Vec::new();
    let mut alert = None;
    for event in all.iter().filter(|event| Some(event.fingerprint) == opened) {
        let folded = fold(alert, event, requests[0].received_at);
        alert = folded.alert;
        transitions.extend(folded.transition);
    }
    (alert, transitions)
}

fn check(fired: &Value, resolved: &Value) {
    let (opened, _) = folded(&[post(fired)]);
    let (alert, transitions) = folded(&[post(fired), post(resolved)]);
    assert_eq!(transitions, [Transition::Opened, Transition::Resolved], "{fired} {resolved}");
    let said = |alert: &Alert| (alert.title.clone(), alert.severity_raw.clone(), alert.resource.clone());
    let (opened, alert) = (opened.unwrap(), alert.unwrap());
    assert_eq!(alert.condition, Condition::Resolved);
    assert_eq!(said(&alert), said(&opened), "an alert keeps its own words");
}

fn notification(event_name: &str, fields: Value) -> Value {
    let mut body = json!({
        "account_id": "A", "event_category": "notification", "event_name": event_name, "msg_id": event_name,
    });
    if let (Some(body), Value::Object(fields)) = (body.as_object_mut(), fields) {
        body.extend(fields);
    }
    body
}

#[test]
fn a_device_that_registers_again_ends_its_alert() {
    let device = |at: u64| json!({ "realm": "r", "username": "u", "call_id": "c", "event_timestamp": at, "expires": 60 });
    check(
        &notification("deregister", device(63_900_000_000)),
        &notification("register", device(63_900_000_100)),
    );
}

#[test]
fn a_registration_lost_again_right_after_it_was_renewed_opens_the_alert() {
    let device =
        json!({ "realm": "r", "username": "u", "event_timestamp": 63_900_000_000_u64, "expires": 60 });
    let (alert, _) =
        folded(&[post(&notification("register", device.clone())), post(&notification("deregister", device))]);
    assert_eq!(alert.map(|alert| alert.condition), Some(Condition::Firing));
}

#[test]
fn a_payment_ends_the_alert_of_a_low_balance() {
    check(
        &notification("low_balance", json!({ "current_balance": 100, "timestamp": 63_900_000_000_u64 })),
        &notification("transaction", json!({ "success": true, "id": "t", "timestamp": 63_900_000_001_u64 })),
    );
}

#[test]
fn a_payment_ends_the_alert_of_a_declined_one() {
    check(
        &notification(
            "transaction",
            json!({ "success": false, "id": "t1", "timestamp": 63_900_000_000_u64 }),
        ),
        &notification("top_up", json!({ "success": true, "id": "t2", "timestamp": 63_900_000_001_u64 })),
    );
}

#[test]
fn a_fax_that_goes_through_in_the_end_ends_its_alert() {
    let fax = |at: u64| json!({ "fax_id": "f", "fax_jobid": "j", "fax_timestamp": at });
    check(
        &notification("outbound_fax_error", fax(63_900_000_000)),
        &notification("outbound_fax", fax(63_900_000_060)),
    );
    let fax = |at: u64| json!({ "fax_id": "f", "from_user": "1", "to_user": "2", "fax_timestamp": at });
    check(
        &notification("inbound_fax_error", fax(63_900_000_000)),
        &notification("inbound_fax", fax(63_900_000_060)),
    );
}

#[test]
fn a_port_that_goes_on_ends_the_alert_of_its_rejection_and_of_a_question() {
    let port = |at: u64| json!({ "port_request_id": "p", "reason": { "timestamp": at } });
    for going_on in ["port_pending", "port_scheduled", "ported"] {
        let going_on = notification(going_on, port(63_900_000_060));
        check(&notification("port_rejected", port(63_900_000_000)), &going_on);
        check(&notification("port_cancel", port(63_900_000_000)), &going_on);
        let question = json!({ "action_required": true, "timestamp": 63_900_000_000_u64 });
        check(
            &notification("port_comment", json!({ "port_request_id": "p", "comment": question })),
            &going_on,
        );
    }
}

#[test]
fn a_voicemail_box_that_takes_a_message_is_no_longer_full() {
    let full = json!({ "voicemail_box": "b", "timestamp": 63_900_000_000_u64 });
    let new = json!({ "voicemail_box": "b", "voicemail_id": "m", "voicemail_timestamp": 63_900_000_001_u64 });
    check(&notification("voicemail_full", full), &notification("voicemail_new", new));
}

#[test]
fn a_node_that_is_back_ends_the_alert_of_its_loss() {
    let said = |subject: &str, at: u64| json!({ "subject": subject, "msg_id": subject, "timestamp": at });
    check(
        &notification("system_alert", said("System Alert: node a@b disconnected from c@d", 63_900_000_000)),
        &notification("system_alert", said("System Alert: node a@b connected to c@d", 63_900_000_001)),
    );
}

#[test]
fn a_storm_of_failing_calls_is_one_alert() {
    let calls: Vec<_> = (0..100)
        .map(|call| {
            post(&json!({
                "hook_event": "channel_destroy", "account_id": "A", "call_id": format!("c{call}"),
                "hangup_cause": "GATEWAY_DOWN", "timestamp": 63_900_000_000_u64 + call,
            }))
        })
        .collect();
    let (alert, transitions) = folded(&calls);
    assert_eq!(alert.map(|alert| alert.occurrences), Some(100));
    assert_eq!(transitions.iter().filter(|transition| **transition != Transition::Repeated).count(), 1);
}

#[test]
fn a_hundred_normal_calls_are_a_hundred_notices_and_open_nothing() {
    let notices: Vec<_> = (0..100)
        .flat_map(|call| {
            events(&post(&json!({
                "hook_event": "channel_destroy", "account_id": "A", "call_id": format!("c{call}"),
                "hangup_cause": "NORMAL_CLEARING", "timestamp": 63_900_000_000_u64,
            })))
        })
        .collect();
    assert_eq!(notices.len(), 100);
    for event in &notices {
        assert_eq!(event.signal, Signal::Notice);
        assert_eq!(fold(None, event, event.occurred_at).alert, None);
    }
    let ids: std::collections::BTreeSet<_> = notices.iter().map(|event| event.event_id).collect();
    assert_eq!(ids.len(), 100);
}
