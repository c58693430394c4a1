//! What Site24x7 sends, from the request to what the API shows.

use serde_json::Value;
use tests::{Call, Reader, Receiver, everywhere, fixture, notification, token, webhook_call};

async fn send(campanile: &dyn Receiver, call: &Call) {
    let answer = campanile.answer(call).await;
    assert_eq!((answer.status, answer.text()), (200, r#"{"status":"ok"}"#));
}

async fn deliver(campanile: &dyn Receiver, situation: &str) {
    send(campanile, &notification("site24x7", situation)).await;
}

/// The notification `down` in each form that an integration can be set to.
fn down_in_every_form() -> [Call; 3] {
    let form = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/site24x7/down.form")).unwrap();
    let query = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/site24x7/down.query"))
        .unwrap();
    let form = Call::new("POST", "/site24x7")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.trim_ascii_end().to_vec());
    let query = Call::get(&format!("/site24x7?{}", query.trim()));
    [notification("site24x7", "down"), form.bearer(token("site24x7")), query.bearer(token("site24x7"))]
}

async fn transitions(campanile: &dyn Receiver, alert: &Value) -> Vec<Value> {
    let history = campanile.history(alert["fingerprint"].as_str().unwrap()).await;
    history.iter().map(|event| event["transition"].clone()).collect()
}

#[tokio::test]
async fn a_monitor_goes_down_and_up_again() {
    for campanile in everywhere().await {
        deliver(&*campanile, "down").await;
        let alert = campanile.only_alert().await;
        assert_eq!(
            ["condition", "severity", "started_at"].map(|name| &alert[name]),
            ["firing", "critical", "2026-03-01T04:45:27.166Z"]
        );
        assert_eq!(alert["labels"]["monitor_id"], "123456000000025013");

        deliver(&*campanile, "up-with-resolved-reason").await;
        let alert = campanile.only_alert().await;
        assert_eq!([&alert["condition"], &alert["ended_at"]], ["resolved", "2026-03-01T04:50:05Z"]);
        assert_eq!(transitions(&*campanile, &alert).await, ["resolved", "opened"]);
    }
}

#[tokio::test]
async fn a_notification_is_one_event_as_json_as_a_form_and_as_a_query() {
    for campanile in everywhere().await {
        for call in down_in_every_form() {
            send(&*campanile, &call).await;
        }
        assert_eq!(transitions(&*campanile, &campanile.only_alert().await).await, ["opened"]);
    }
}

#[tokio::test]
async fn monitors_whose_ids_differ_beyond_what_a_float_holds_are_two_alerts() {
    for campanile in everywhere().await {
        for id in ["123456000000025013", "123456000000025014"] {
            let body = fixture("site24x7", "down").replace("123456000000025013", id);
            send(&*campanile, &webhook_call("site24x7", body.into_bytes())).await;
        }
        let alerts = campanile.alerts("").await;
        let mut ids: Vec<_> =
            alerts.iter().map(|alert| alert["labels"]["monitor_id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["123456000000025013", "123456000000025014"]);
    }
}

#[tokio::test]
async fn the_test_button_opens_nothing_and_is_in_the_history() {
    for campanile in everywhere().await {
        deliver(&*campanile, "test-button").await;
        assert!(campanile.alerts("").await.is_empty());
        assert_eq!(campanile.events("").await[0]["signal"], "notice");
    }
}

#[tokio::test]
async fn a_body_of_own_parameters_alone_is_kept_with_what_to_tick() {
    for campanile in everywhere().await {
        let answer = campanile.answer(&notification("site24x7", "custom-parameters-only")).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("tick \\\"Send Incident Parameters\\\""), "{}", answer.text());
        let kept = campanile.quarantine().await;
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0]["id"], answer.json()["quarantine_id"]);
    }
}
