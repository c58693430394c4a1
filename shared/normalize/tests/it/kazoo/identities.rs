//! Which requests are one event, and which are two.

use alert::EventId;
use jiff::ToSpan;
use normalize::InboundRequest;
use normalize::kazoo::{normalize, redact};
use serde_json::{Value, json};

use super::encoder::{form, get};
use super::{events, fixture, fixtures, post, settings};
use crate::inbound;

fn event_ids(inbound: &InboundRequest) -> Vec<EventId> {
    events(inbound).iter().map(|event| event.event_id).collect()
}

/// Whether the ids of `inbound` are made of its bytes, for want of anything better.
fn goes_by_its_bytes(inbound: &InboundRequest) -> bool {
    let mut spaced = inbound.clone();
    spaced.body.push(b' ');
    event_ids(&spaced) != event_ids(inbound)
}

#[test]
fn an_event_has_one_id_as_form_as_json_and_as_get() {
    let mut compared = 0;
    for path in fixtures().iter().filter(|path| path.extension().is_some_and(|ending| ending == "json")) {
        let as_json = inbound(path);
        if normalize(&redact(as_json.clone()), &settings()).is_err() || goes_by_its_bytes(&as_json) {
            continue;
        }
        let body: Value = serde_json::from_slice(&as_json.body).unwrap();
        let expected = event_ids(&as_json);
        assert_eq!(event_ids(&form(&body)), expected, "{}", path.display());
        assert_eq!(event_ids(&get("hook=all", &body)), expected, "{}", path.display());
        compared += 1;
    }
    assert!(compared > 40, "only {compared} fixtures were compared");
}

#[test]
fn two_statements_of_one_request_have_two_ids() {
    for path in fixtures() {
        let Ok(normalized) = normalize(&redact(inbound(&path)), &settings()) else { continue };
        let ids: std::collections::BTreeSet<_> =
            normalized.events.iter().map(|event| event.event_id).collect();
        assert_eq!(ids.len(), normalized.events.len(), "{}", path.display());
    }
}

#[test]
fn a_stored_request_redacted_and_read_again_says_the_same() {
    for path in fixtures() {
        let kept = redact(inbound(&path));
        let again = redact(kept.clone());
        assert_eq!(again, kept, "{}", path.display());
        assert_eq!(normalize(&again, &settings()), normalize(&kept, &settings()), "{}", path.display());
    }
}

#[test]
fn one_event_seen_by_two_hooks_is_one() {
    let seen = fixture("channel-create.form");
    let by_other = InboundRequest {
        query: "hook=all".into(),
        headers: [("x-hook-id".into(), "other".into()), ("x-account-id".into(), "parent".into())].into(),
        ..seen.clone()
    };
    assert_eq!(event_ids(&by_other), event_ids(&seen));
}

#[test]
fn one_event_by_v1_and_by_v2_is_one() {
    let data = json!({ "account_id": "A", "call_id": "c", "timestamp": 63_900_000_000_u64, "hangup_cause": "CRASH" });
    let mut by_v1 = data.clone();
    by_v1["hook_event"] = "channel_destroy".into();
    let by_v2 = json!({ "action": "event", "name": "CHANNEL_DESTROY", "data": data, "timestamp": 63_900_000_001_u64 });
    assert_eq!(event_ids(&post(&by_v1)), event_ids(&post(&by_v2)));
}

#[test]
fn msg_id_and_node_and_cluster_are_not_part_of_an_alert() {
    let with = |msg_id: &str| json!({ "account_id": "A", "event_name": "low_balance", "msg_id": msg_id, "node": msg_id, "cluster_id": msg_id });
    let (first, second) = (&events(&post(&with("m1")))[0], &events(&post(&with("m2")))[0]);
    assert_eq!(first.fingerprint, second.fingerprint);
    assert_ne!(first.event_id, second.event_id);
}

/// `inbound` as it comes in `seconds` later.
fn later(inbound: &InboundRequest, seconds: i64) -> InboundRequest {
    InboundRequest {
        received_at: inbound.received_at.checked_add(seconds.seconds()).unwrap(),
        ..inbound.clone()
    }
}

#[test]
fn edits_and_parkings_that_are_equal_byte_by_byte_are_distinguished_by_the_minute() {
    for name in ["object-user-edited.query", "parking-parked.form", "unknown-notification.json"] {
        let first = fixture(name);
        assert_eq!(event_ids(&later(&first, 59)), event_ids(&first), "{name}");
        assert_ne!(event_ids(&later(&first, 60)), event_ids(&first), "{name}");
    }
}

#[test]
fn an_object_of_v2_goes_by_its_revision_whenever_it_comes() {
    let first = fixture("v2-object-with-its-whole-document.json");
    assert_eq!(event_ids(&later(&first, 3600)), event_ids(&first));
}

#[test]
fn a_callflow_action_goes_by_the_number_in_place_of_its_hook() {
    let sent = |number: &str| InboundRequest {
        headers: [("x-hook-id".into(), number.into())].into(),
        ..fixture("callflow-action.form")
    };
    assert_eq!(event_ids(&later(&sent("7"), 3600)), event_ids(&sent("7")));
    assert_ne!(event_ids(&sent("8")), event_ids(&sent("7")));
}

#[test]
fn a_request_of_a_registration_is_named_by_call_and_time() {
    let registered = |at: u64| json!({ "account_id": "A", "event_name": "register", "realm": "r", "username": "u", "call_id": "c", "event_timestamp": at, "msg_id": at });
    let with_other_msg_id = |at: u64| {
        let mut body = registered(at);
        body["msg_id"] = "x".into();
        body
    };
    assert_eq!(
        event_ids(&post(&registered(63_900_000_000))),
        event_ids(&post(&with_other_msg_id(63_900_000_000)))
    );
    assert_ne!(event_ids(&post(&registered(63_900_000_000))), event_ids(&post(&registered(63_900_000_001))));
}

#[test]
fn a_fax_keeps_the_id_of_its_notice_and_says_its_recovery_under_another() {
    let [notice, resolved] = events(&fixture("outbound-fax.form")).try_into().unwrap();
    assert_eq!(notice.fingerprint, resolved.fingerprint);
    let fingerprint = notice.fingerprint.to_string();
    let fields = ["kazoo/1", &fingerprint, "outbound_fax", "f1", "63900000033"];
    assert_eq!(notice.event_id, EventId::of(fields));
    assert_eq!(resolved.event_id, EventId::of(fields.iter().chain(&["resolved"])));
}
