//! Every hook and notification is known, and what surrounds an event is read.

use std::collections::BTreeSet;

use normalize::InboundRequest;
use normalize::kazoo::{normalize, redact};

use super::{event, fixture, fixtures, settings};
use crate::{inbound, post_json};

/// Everything that KAZOO can be asked to send, by the name under which it arrives.
const EVENTS: &str = "
    channel_create channel_answer channel_bridge channel_destroy channel_hold channel_unhold cdr
    park_parked park_retrieved park_abandoned sms mms inbound stream_start stream_stop callflow
    doc_created doc_edited doc_deleted
    deregister register low_balance transaction topup top_up port_rejected port_cancel port_pending
    port_scheduled ported port_request port_unconfirmed port_comment inbound_fax_error outbound_fax_error
    inbound_fax outbound_fax outbound_smtp_fax_error voicemail_full voicemail_new voicemail_saved
    voicemail_deleted missed_call denied_emergency_bridge emergency_bridge system_alert webhook_disabled
    number_feature_manual_action account_zone_change account_deleted bill_reminder service_added cnam_request
    cf_notification customer_update first_occurrence new_account new_user password_recovery";

#[test]
fn each_hook_and_each_notification_has_a_fixture_and_a_meaning() {
    let mut missing: BTreeSet<&str> = EVENTS.split_whitespace().collect();
    for path in fixtures() {
        let normalized = normalize(&redact(inbound(&path)), &settings()).unwrap_or_default();
        for event in normalized.events.iter().filter(|event| event.labels["kind"] != "unknown") {
            missing.remove(event.annotations["event"].as_str());
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

#[test]
fn the_hook_is_noted_and_its_account_stands_in_for_a_missing_one() {
    let event = event(&InboundRequest {
        query: "hook=channel_create".into(),
        headers: [("x-hook-id".into(), "h1".into()), ("x-account-id".into(), "parent".into())].into(),
        ..post_json(r#"{"call_id":"c"}"#)
    });
    assert_eq!(event.account, "parent");
    assert_eq!(event.labels["account_id"], "parent");
    assert_eq!(event.annotations["hook"], "channel_create");
    assert_eq!(event.annotations["hook_id"], "h1");
    assert_eq!(event.annotations["hook_account_id"], "parent");
}

#[test]
fn the_accounts_own_id_wins_over_the_one_of_its_hook() {
    let event = event(&InboundRequest {
        headers: [("x-account-id".into(), "parent".into())].into(),
        ..post_json(r#"{"hook_event":"cdr","call_id":"c","custom_channel_vars":{"Account-ID":"child"}}"#)
    });
    assert_eq!(event.account, "child");
}

#[test]
fn a_callflow_action_is_no_hook_of_ours_though_it_names_one() {
    let event = event(&InboundRequest {
        headers: [("x-hook-id".into(), "1234567".into())].into(),
        ..fixture("callflow-action.form")
    });
    assert_eq!(event.labels["kind"], "call");
    assert_eq!(event.annotations["hook_id"], "1234567");
}

#[test]
fn the_hook_called_all_does_not_say_what_an_event_is() {
    let foreign = |query: &str| InboundRequest { query: query.into(), ..post_json(r#"{"foo":1}"#) };
    for query in ["", "hook=all", "hook=channel_create"] {
        let rejection = normalize(&foreign(query), &settings()).unwrap_err();
        assert_eq!(rejection.reason, "unrecognised", "{query}");
    }
}

#[test]
fn a_long_field_is_cut_to_what_an_annotation_holds() {
    let event = event(&post_json(format!(
        r#"{{"account_id":"A","event_name":"customer_update","html":"{}"}}"#,
        "é".repeat(5000)
    )));
    assert_eq!(event.annotations["html"].chars().count(), 1024);
}
