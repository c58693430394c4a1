//! What an operations team sees of the events that belong together: one alert, that ends by itself.

use alert::{Condition, Signal, Transition};
use serde_json::{Value, json};

use super::world::{World, as_form, as_json, gregorian, notification};

/// Sees that `fired` opens one alert of `kind` and `resolved` ends it, whatever encoding they come in.
async fn check(kind: &str, fired: &Value, resolved: &Value) {
    for [fired, resolved] in [[as_json(fired), as_json(resolved)], [as_form(fired), as_form(resolved)]] {
        let world = World::new().await;
        world.deliver(fired).await;
        let [open] = world.alerts().await.try_into().unwrap();
        assert_eq!((open.condition, open.labels["kind"].as_str()), (Condition::Firing, kind));

        world.deliver(resolved).await;
        let [ended] = world.alerts().await.try_into().unwrap();
        assert_eq!((ended.fingerprint, ended.condition), (open.fingerprint, Condition::Resolved));
        let history = world.history(&[Signal::Firing, Signal::Resolved]).await;
        let of_alert = history.iter().filter(|entry| entry.event.fingerprint == open.fingerprint);
        let transitions: Vec<_> = of_alert.map(|entry| entry.transition).collect();
        assert_eq!(transitions, [Some(Transition::Resolved), Some(Transition::Opened)]);
    }
}

#[tokio::test]
async fn a_device_that_drops_out_and_registers_again_is_one_alert_that_ends() {
    let device = |call_id: &str, at: i64| json!({ "realm": "Pbx.example.com", "username": "d-3", "call_id": call_id, "event_timestamp": at, "expires": 480 });
    let lost = notification("deregister", &device("r1", 63_666_952_796));
    let back = notification("register", &device("r2", 63_666_953_600));
    check("registration", &lost, &back).await;
}

#[tokio::test]
async fn a_low_balance_ends_with_a_successful_transaction() {
    let low = notification("low_balance", &json!({ "current_balance": 340_000 }));
    // A low balance names no time: it is as old as its request.
    let paid = json!({
        "id": "t1", "success": true, "amount": 200_000, "response": "approved", "timestamp": gregorian(30),
        "card_last_four": "1111", "billing_address": { "postal_code": "94110" },
    });
    check("balance", &low, &notification("transaction", &paid)).await;
}

#[tokio::test]
async fn a_fax_that_fails_and_then_goes_through_is_one_alert_that_ends() {
    let fax = |at: i64, info: Value| json!({ "fax_id": "f1", "fax_jobid": "j1", "from_user": "1", "to_user": "2", "fax_info": info, "fax_timestamp": at });
    let failed = fax(63_724_396_853, json!({ "fax_result_code": 49, "fax_result_text": "dropped" }));
    let sent = fax(63_724_397_000, json!({ "fax_total_pages": 3 }));
    for [error, success] in [["outbound_fax_error", "outbound_fax"], ["inbound_fax_error", "inbound_fax"]] {
        check("fax", &notification(error, &failed), &notification(success, &sent)).await;
    }
}

#[tokio::test]
async fn a_port_that_is_rejected_and_then_done_is_one_alert_that_ends() {
    let port = |state: &str, at: i64| {
        json!({
            "port_request_id": "p7", "number": ["+15555550110"], "number_state": state,
            "reason": { "content": "Account number mismatch", "timestamp": at },
        })
    };
    let rejected = notification("port_rejected", &port("rejected", 63_900_000_020));
    check("port", &rejected, &notification("ported", &port("completed", 63_900_000_024))).await;
}

fn call(number: usize, cause: &str) -> Value {
    json!({
        "hook_event": "channel_destroy", "account_id": "A", "call_id": format!("c{number}@198.51.100.7"),
        "call_direction": "inbound", "caller_id_number": "+15555550100", "callee_id_number": "2001",
        "custom_channel_vars": {}, "duration_seconds": 9, "hangup_cause": cause, "timestamp": gregorian(0),
    })
}

#[tokio::test]
async fn a_hundred_normal_calls_open_nothing_and_leave_a_hundred_notices() {
    let world = World::new().await;
    for number in 0..100 {
        assert_eq!(world.deliver(as_form(&call(number, "NORMAL_CLEARING"))).await["status"], "recorded");
    }
    assert_eq!(world.alerts().await, []);
    assert_eq!(world.history(&[Signal::Notice]).await.len(), 100);
    assert_eq!(world.history(&[]).await.len(), 100);
}

#[tokio::test]
async fn a_storm_of_failing_calls_is_one_alert() {
    let world = World::new().await;
    for number in 0..20 {
        world.deliver(as_json(&call(number, "GATEWAY_DOWN"))).await;
    }
    let [storm] = world.alerts().await.try_into().unwrap();
    assert_eq!((storm.occurrences, storm.title.as_str()), (20, "Calls fail: GATEWAY_DOWN"));
}
