//! What KAZOO sends, from the request to what the API shows.

use serde_json::{Value, json};
use tests::{Answer, Call, Reader, Receiver, everywhere, notification, token, webhook_call};

async fn send(campanile: &dyn Receiver, call: &Call) -> Answer {
    let answer = campanile.answer(call).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer
}

async fn deliver(campanile: &dyn Receiver, situation: &str) -> Answer {
    send(campanile, &notification("kazoo", situation)).await
}

/// A call that failed.
fn failed_call() -> Value {
    json!({
        "hook_event": "channel_destroy", "account_id": "A", "call_id": "c1",
        "hangup_cause": "GATEWAY_DOWN", "timestamp": 63_900_000_000_i64,
    })
}

/// `event` as pairs, as KAZOO sends it where nobody has asked for JSON.
fn pairs(event: &Value) -> String {
    let members = event.as_object().unwrap().iter();
    let pairs = members.map(|(name, value)| match value {
        Value::String(text) => format!("{name}={text}"),
        value => format!("{name}={value}"),
    });
    pairs.collect::<Vec<_>>().join("&")
}

async fn transitions(campanile: &dyn Receiver, alert: &Value) -> Vec<Value> {
    let history = campanile.history(alert["fingerprint"].as_str().unwrap()).await;
    history.iter().map(|event| event["transition"].clone()).collect()
}

#[tokio::test]
async fn a_port_is_rejected_and_then_done() {
    for campanile in everywhere().await {
        deliver(&*campanile, "port-rejected").await;
        let alert = campanile.only_alert().await;
        assert_eq!([&alert["condition"], &alert["labels"]["kind"]], ["firing", "port"]);

        deliver(&*campanile, "ported").await;
        let alert = campanile.only_alert().await;
        assert_eq!(alert["condition"], "resolved");
        assert_eq!(transitions(&*campanile, &alert).await, ["resolved", "opened"]);
    }
}

#[tokio::test]
async fn an_event_is_one_event_as_a_form_as_json_and_as_a_query() {
    let json = webhook_call("kazoo", failed_call().to_string().into_bytes());
    let form = Call::new("POST", "/kazoo").header("content-type", "application/x-www-form-urlencoded");
    let form = form.bearer(token("kazoo")).body(pairs(&failed_call()));
    let query = Call::get(&format!("/kazoo?{}", pairs(&failed_call()))).bearer(token("kazoo"));
    for campanile in everywhere().await {
        let first = send(&*campanile, &form).await.json();
        assert_eq!(first["status"], "recorded");
        for again in [&json, &query, &form] {
            let again = send(&*campanile, again).await.json();
            assert_eq!([&again["status"], &again["id"]], [&json!("duplicate"), &first["id"]]);
        }
        let alert = campanile.only_alert().await;
        assert_eq!(alert["title"], "Calls fail: GATEWAY_DOWN");
        assert_eq!(transitions(&*campanile, &alert).await, ["opened"]);
    }
}

#[tokio::test]
async fn a_hundred_normal_calls_open_nothing_and_leave_a_hundred_notices() {
    for campanile in everywhere().await {
        for number in 0..100 {
            let call = json!({
                "hook_event": "channel_destroy", "account_id": "A", "call_id": format!("c{number}"),
                "hangup_cause": "NORMAL_CLEARING", "timestamp": 63_900_000_000_i64,
            });
            send(&*campanile, &webhook_call("kazoo", call.to_string().into_bytes())).await;
        }
        assert!(campanile.alerts("").await.is_empty());
        let notices = campanile.events("").await;
        assert_eq!(notices.len(), 100);
        assert!(notices.iter().all(|notice| notice["signal"] == "notice"));
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_kept_with_its_reason_and_the_answer_says_so() {
    for campanile in everywhere().await {
        let answer = deliver(&*campanile, "rejected-broken").await;
        assert_eq!(answer.json()["status"], "quarantined");
        assert_eq!(campanile.quarantine().await.len(), 1);
        assert!(campanile.alerts("").await.is_empty());
    }
}
