//! A row of Netdata Cloud's list of changes: the same alert and the same event as the webhook of it.

use alert::{AlertEvent, Condition, Severity, Signal, fold};
use normalize::netdata::{UntoldEnd, active_others, untold_end};
use serde_json::{Value, json};

use super::{event, fixture, ids, rejection, time, with};
use crate::post_json;

/// The row of the change that `nested-raised-critical` reports.
fn row() -> Value {
    json!({
        "transition_id": "5B0E6F21-3a94-4d8c-b7e2-f01c69a85d37", "node_id": "A94d0f3b-6c21-4e57-8b9a-0d5e7f3c1b28",
        "alert": "used_swap", "instance": "mem.swap", "instance_n": "mem.swap", "context": "mem.swap", "when": 1_772_507_508,
        "summary": "System swap memory utilization", "info": "Swap memory utilization", "units": "%",
        "new": { "status": "CRITICAL", "value": 99.996_18 },
        "old": { "status": "CLEAR", "value": 29.4, "duration": 2232, "raised_duration": 0 },
        "config_hash_id": "6b1f09d4-c25e-4783-9a60-e48d7f2b3c11", "notification": { "when": 1_772_507_509, "to": "sysadmin" },
    })
}

fn polled() -> Value {
    json!({
        "transition": row(), "space": { "id": "3f7b1c52-9d0e-4a86-b1f4-52c0a7e6d913", "name": "Example", "slug": "example" },
        "node": { "hostname": "web-01.example.net" }, "url": "https://app.netdata.cloud/spaces/example",
    })
}

#[test]
fn a_row_and_the_webhook_of_it_are_one_event_of_one_alert() {
    let (polled, pushed) = (event(&polled()), event(&fixture("nested-raised-critical")));
    assert_eq!(ids(&polled), ids(&pushed));
    let texts = |event: &AlertEvent| {
        (event.title.clone(), event.severity, event.signal, event.service.clone(), event.resource.clone())
    };
    assert_eq!(texts(&polled), texts(&pushed));
    assert_eq!((polled.occurred_at, polled.started_at), (pushed.occurred_at, pushed.started_at));
    assert_eq!(polled.value.as_deref(), Some("100%"));
    for (name, value) in polled.labels.iter().filter(|(name, _)| *name != "rooms") {
        assert_eq!(Some(value), pushed.labels.get(name), "{name}");
    }
    assert_eq!(polled.annotations["prev_value"], "29.4%");
    assert!(!polled.is_unannounced() && !polled.annotations.contains_key("netdata_notified"));
}

#[test]
fn a_recovery_began_as_long_ago_as_it_was_raised() {
    let body = with(polled(), "/transition/new/status", "CLEAR");
    let body = with(with(body, "/transition/old/status", "CRITICAL"), "/transition/old/raised_duration", 200);
    let cleared = event(&with(body, "/transition/when", 1_772_507_708));
    assert_eq!((cleared.signal, cleared.severity), (Signal::Resolved, Severity::Info));
    assert_eq!(cleared.started_at, Some(time("2026-03-03T03:11:48Z")));
    assert_eq!(cleared.ended_at, Some(cleared.occurred_at));
}

#[test]
fn what_was_not_notified_says_so_and_is_unannounced_only_where_that_is_asked_for() {
    let untold = with(polled(), "/notified", "no");
    assert_eq!(event(&untold).annotations["netdata_notified"], "no");
    assert!(!event(&untold).is_unannounced());
    assert!(event(&with(untold, "/unannounced", "yes")).is_unannounced());
}

#[test]
fn a_state_that_nobody_knows_is_no_state() {
    assert_eq!(
        rejection(&with(polled(), "/transition/new/status", "PURPLE")).reason,
        "unknown:transition.new.status"
    );
    assert_eq!(
        rejection(&with(polled(), "/transition/alert", Value::Null)).reason,
        "missing:transition.alert"
    );
}

#[test]
fn an_end_that_nobody_reported_is_one_event_whenever_it_is_found() {
    let raised = event(&polled());
    let alert = fold(None, &raised, raised.occurred_at).alert.unwrap();
    let [early, late] = ["2026-03-03T04:00:00Z", "2026-03-03T05:00:00Z"].map(time);
    let [first, second] = [early, late].map(|at| untold_end(&alert, UntoldEnd::NotActive, at));
    assert_eq!((first.event_id, first.time_as_sent()), (second.event_id, second.time_as_sent()));
    let over = fold(Some(alert), &first.received(early).event, early).alert.unwrap();
    assert_eq!((over.condition, over.ended_at), (Condition::Resolved, Some(early)));
    assert_eq!(over.severity, Severity::Critical);
}

/// What a later notification of the same node lists.
fn listing(entries: &Value, total: usize) -> Value {
    let body = with(fixture("nested-raised-warning"), "/alert/log/entries", entries.clone());
    let body = with(body, "/alert/name", "load_average");
    with(with(body, "/alert/log/total/critical", total), "/alert/log/total/warning", 0)
}

#[test]
fn a_list_lacks_an_alert_only_where_it_is_whole_and_no_entry_can_be_the_alerts() {
    let raised = event(&polled());
    let alert = fold(None, &raised, raised.occurred_at).alert.unwrap();
    let of_another_chart = event(&with(polled(), "/transition/instance", "mem.swap_2"));
    let twin = fold(None, &of_another_chart, raised.occurred_at).alert.unwrap();
    let entry = |name: &str, at: &str| json!({ "name": name, "status": "Critical", "triggered_at": at });
    let lacks = |entries: &Value, open: &[&alert::Alert]| {
        active_others(&post_json(listing(entries, entries.as_array().unwrap().len()).to_string()))
            .unwrap()
            .lacks(&alert, open)
    };
    assert!(lacks(&json!([]), &[&alert]));
    assert!(lacks(&json!([entry("disk", "2026-03-03T03:11:48Z")]), &[&alert]));
    assert!(!lacks(&json!([entry("used_swap", "2026-03-03T03:11:48Z")]), &[&alert]));
    assert!(
        !lacks(&json!([entry("used_swap", "2026-03-03T03:20:00Z")]), &[&alert]),
        "an entry may be later than its alert"
    );
    assert!(
        lacks(&json!([entry("used_swap", "2026-03-03T03:11:48Z")]), &[&alert, &twin]),
        "it is the other chart's"
    );
    assert_eq!(
        active_others(&post_json(listing(&json!([]), 1).to_string())),
        None,
        "a list that is not whole"
    );
    assert_eq!(active_others(&post_json(fixture("flat-v2-warning").to_string())), None);
}
