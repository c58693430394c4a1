//! One event is one event, however it is encoded and however often it is sent.

use serde_json::{Value, json};

use super::world::{World, as_form, as_json, as_query, notification};

fn events() -> Vec<Value> {
    let fax = json!({
        "fax_id": "f1", "fax_jobid": "j1", "fax_error": "line dropped & gone?", "fax_timestamp": 63_724_396_853_i64,
        "fax_info": { "fax_result_code": 49, "fax_success": false, "pages": [] }, "fax_notifications": {},
        "callee_id_number": "+15555550100",
    });
    vec![
        json!({
            "hook_event": "channel_destroy", "account_id": "A", "call_id": "c1@198.51.100.7",
            "custom_channel_vars": {}, "hangup_cause": "PROGRESS_TIMEOUT", "hangup_code": "sip:504",
            "timestamp": 63_900_000_000_i64,
        }),
        notification("outbound_fax_error", &fax),
        notification("low_balance", &json!({ "current_balance": -5 })),
        notification(
            "port_comment",
            &json!({
                "port_request_id": "p7", "number": ["+15555550110", "+15555550111"],
                "comment": { "content": "Grüße", "action_required": true, "timestamp": 63_900_000_020_i64 },
            }),
        ),
        json!({ "id": "sms-1", "account_id": "A", "type": "sms", "from": "1", "to": "2", "body": "a=b&c [d]", "origin": "x" }),
    ]
}

#[tokio::test]
async fn an_event_has_one_id_as_form_as_json_and_as_query() {
    for event in events() {
        let world = World::new().await;
        let first = world.deliver(as_form(&event)).await;
        assert_eq!(first["status"], "recorded", "{event}");
        for again in [as_json(&event), as_query(&event), as_form(&event)] {
            let again = world.deliver(again).await;
            assert_eq!((&again["status"], &again["id"]), (&json!("duplicate"), &first["id"]), "{event}");
        }
        assert_eq!(world.history(&[]).await.len(), 1, "{event}");
    }
}
