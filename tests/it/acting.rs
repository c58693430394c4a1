//! What people do through the API, and what remains of it.

use alert::Source;
use serde_json::{Value, json};
use tests::{
    Alarm, Answer, Call, Deployment, READ_TOKEN, Reader, Receiver, WRITE_TOKEN, everywhere, secrets,
    webhook_call,
};

/// What somebody with the role `write` is answered.
async fn act(campanile: &dyn Receiver, method: &str, target: &str, body: Value) -> Answer {
    let call = Call::new(method, target).header("content-type", "application/json").bearer(WRITE_TOKEN);
    campanile.answer(&if body.is_null() { call } else { call.body(body.to_string()) }).await
}

/// The same, where it must succeed.
async fn done(campanile: &dyn Receiver, method: &str, target: &str, body: Value) -> Value {
    let answer = act(campanile, method, target, body).await;
    assert!(answer.is_success(), "{method} {target}: {} {}", answer.status, answer.text());
    if answer.body.is_empty() { Value::Null } else { answer.json() }
}

/// Lets alert number `number` fire; its path in the API.
async fn fire(campanile: &dyn Receiver, number: usize) -> String {
    assert_eq!(campanile.answer(&Alarm::raised(number).call()).await.status, 200);
    path_of(&campanile.alerts(&format!("filter=alertname%3Dalert_{number}")).await[0])
}

fn path_of(alert: &Value) -> String {
    format!("/v1/alerts/{}", alert["fingerprint"].as_str().unwrap())
}

/// Who did what with an alert, newest first, with their words.
async fn story(campanile: &dyn Receiver, path: &str) -> Value {
    let notes = campanile.read(&format!("{path}/notes")).await;
    let summary = |note: &Value| json!([note["by"], note["action"], note["text"]]);
    notes["notes"].as_array().unwrap().iter().map(summary).collect()
}

#[tokio::test]
async fn an_alert_is_taken_given_back_and_ended_and_all_of_it_is_remembered() {
    for campanile in everywhere().await {
        let campanile = &*campanile;
        let path = fire(campanile, 1).await;
        let alert = done(campanile, "POST", &format!("{path}/acknowledge"), json!({ "note": "on it" })).await;
        assert_eq!(
            (&alert["handling"], &alert["acknowledgement"]["by"]),
            (&json!("acknowledged"), &json!("writer"))
        );
        assert_eq!(campanile.read(&path).await, alert);
        let note = json!({ "by": "eve", "text": "called the landlord" });
        assert_eq!(act(campanile, "POST", &format!("{path}/notes"), note).await.status, 201);
        let alert = done(campanile, "POST", &format!("{path}/unacknowledge"), json!({ "by": "bob" })).await;
        assert_eq!((&alert["handling"], &alert["condition"]), (&json!("open"), &json!("firing")));
        let alert = done(campanile, "POST", &format!("{path}/resolve"), Value::Null).await;
        assert_eq!((&alert["condition"], &alert["severity"]), (&json!("resolved"), &json!("critical")));

        let late =
            act(campanile, "POST", &format!("{path}/acknowledge"), json!({ "note": "too late" })).await;
        assert_eq!((late.status, &late.json()["error"]["code"]), (409, &json!("conflict")));
        let expected = json!([
            ["writer", "note", "too late"],
            ["writer", "resolve", ""],
            ["bob", "unacknowledge", ""],
            ["eve", "note", "called the landlord"],
            ["writer", "acknowledge", "on it"],
        ]);
        assert_eq!(story(campanile, &path).await, expected);
        let history = campanile.history(path.rsplit('/').next().unwrap()).await;
        let transitions: Vec<_> = history.iter().map(|event| &event["transition"]).collect();
        assert_eq!(transitions, ["resolved", "opened"]);
    }
}

#[tokio::test]
async fn a_silence_acts_at_once_until_it_is_ended() {
    for campanile in everywhere().await {
        let campanile = &*campanile;
        let path = fire(campanile, 1).await;
        let other = fire(campanile, 2).await;
        let matchers = json!([{ "name": "alertname", "value": "alert_1" }]);
        let wanted = json!({ "matchers": matchers, "duration_secs": 3600, "comment": "planned" });
        let silence = done(campanile, "POST", "/v1/silences", wanted).await;
        let target = format!("/v1/silences/{}", silence["id"].as_str().unwrap());
        assert_eq!(campanile.read(&path).await["silenced_by"], json!([silence["id"]]));
        assert_eq!(campanile.read(&other).await["handling"], "open");

        let longer = json!({ "matchers": matchers, "duration_secs": 7200, "comment": "takes longer" });
        let changed = done(campanile, "PUT", &target, longer).await;
        assert_eq!((&changed["id"], &changed["comment"]), (&silence["id"], &json!("takes longer")));
        assert_eq!(campanile.read(&target).await, changed);

        assert_eq!(done(campanile, "DELETE", &target, Value::Null).await["state"], "expired");
        assert_eq!(campanile.read(&path).await["handling"], "open");
        assert_eq!(campanile.read("/v1/silences?state=active").await["silences"], json!([]));
    }
}

#[tokio::test]
async fn a_stored_request_is_read_again_and_counts_once() {
    for campanile in everywhere().await {
        let campanile = &*campanile;
        let path = fire(campanile, 1).await;
        let event = campanile.history(path.rsplit('/').next().unwrap()).await.remove(0);
        let target = format!("{path}/events/{}/replay", event["event_id"].as_str().unwrap());
        for _ in 0..2 {
            let replayed = done(campanile, "POST", &target, Value::Null).await;
            assert_eq!(replayed, json!({ "recorded": 0, "duplicates": 1 }));
        }
        assert_eq!(campanile.events("").await.len(), 1);
        assert_eq!(campanile.read(&path).await["occurrences"], 1);
    }
}

#[tokio::test]
async fn what_was_not_understood_can_be_read_again_and_deleted() {
    for campanile in everywhere().await {
        let campanile = &*campanile;
        assert_eq!(campanile.answer(&webhook_call("netdata", b"{}".to_vec())).await.status, 422);
        let entry = campanile.quarantine().await.remove(0);
        let target = format!("/v1/quarantine/{}", entry["id"].as_str().unwrap());
        assert_eq!(campanile.read(&target).await, entry);

        let replayed = act(campanile, "POST", &format!("{target}/replay"), Value::Null).await;
        assert_eq!((replayed.status, &replayed.json()["error"]["code"]), (422, &json!("not_understood")));
        assert_eq!(campanile.quarantine().await.len(), 1);
        let deleted = act(campanile, "DELETE", &target, Value::Null).await;
        assert_eq!((deleted.status, deleted.body.len()), (204, 0));
        assert_eq!(act(campanile, "DELETE", &target, Value::Null).await.status, 404);
        campanile.assert_empty().await;
    }
}

#[tokio::test]
async fn what_is_understood_by_now_fires_once_and_leaves_the_quarantine() {
    let campanile = Deployment::start(&secrets()).await;
    let body = Alarm::raised(1).body();
    campanile.cloud().quarantine(Source::Netdata, &body).await;
    let entry = campanile.quarantine().await.remove(0);
    assert_eq!(entry["body"], body);
    let target = format!("/v1/quarantine/{}/replay", entry["id"].as_str().unwrap());

    let replayed = done(&campanile, "POST", &target, Value::Null).await;
    assert_eq!(replayed, json!({ "recorded": 1, "duplicates": 0 }));
    let alert = campanile.only_alert().await;
    assert_eq!((&alert["condition"], &alert["occurrences"]), (&json!("firing"), &json!(1)));
    assert!(campanile.quarantine().await.is_empty());
    assert_eq!(act(&campanile, "POST", &target, Value::Null).await.status, 404);

    // The webhook knows the same request when it comes again.
    let again = campanile.answer(&Alarm::raised(1).call()).await;
    assert_eq!(again.text(), r#"{"status":"ok","recorded":0,"duplicates":1}"#);
}

#[tokio::test]
async fn who_may_only_read_changes_nothing() {
    for campanile in everywhere().await {
        let campanile = &*campanile;
        let path = fire(campanile, 1).await;
        let before = campanile.read(&path).await;
        let event = campanile.history(path.rsplit('/').next().unwrap()).await.remove(0);
        let replay = format!("{path}/events/{}/replay", event["event_id"].as_str().unwrap());
        let uuid = "01890000-0000-7000-8000-000000000000";
        for (method, target) in [
            ("POST", format!("{path}/acknowledge")),
            ("POST", format!("{path}/unacknowledge")),
            ("POST", format!("{path}/resolve")),
            ("POST", format!("{path}/notes")),
            ("POST", replay),
            ("POST", "/v1/silences".to_owned()),
            ("PUT", format!("/v1/silences/{uuid}")),
            ("DELETE", format!("/v1/silences/{uuid}")),
            ("DELETE", format!("/v1/quarantine/{uuid}")),
            ("POST", format!("/v1/quarantine/{uuid}/replay")),
            ("POST", format!("/v1/notifications/{}-1-ops/retry", "0".repeat(32))),
            ("POST", "/v1/alertmanager".to_owned()),
            ("POST", "/api/v2/alerts".to_owned()),
            ("POST", "/api/v2/silences".to_owned()),
            ("DELETE", format!("/api/v2/silence/{uuid}")),
        ] {
            let call = Call::new(method, &target).header("content-type", "application/json");
            for (call, status) in [(call.clone().bearer(READ_TOKEN), 403), (call, 401)] {
                assert_eq!(campanile.answer(&call.body("{}")).await.status, status, "{method} {target}");
            }
        }
        assert_eq!(campanile.read(&path).await, before);
    }
}

#[tokio::test]
async fn everything_works_behind_a_stage_too() {
    let campanile = Deployment::start(&secrets()).await;
    let path = fire(&campanile, 1).await;
    let page = campanile.answer(&Call::get("/prod/")).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(campanile.read(&format!("/prod{path}")).await, campanile.read(&path).await);
    let served = campanile.read("/prod/api/v2/alerts").await;
    assert_eq!(served[0]["labels"]["alertname"], "alert_1");
    let alert = done(&campanile, "POST", &format!("/prod{path}/acknowledge"), json!({})).await;
    assert_eq!(alert["handling"], "acknowledged");
    let version = campanile.answer(&Call::get("/prod/metrics")).await;
    assert!(version.text().contains("alertmanager_build_info"), "{}", version.text());
    for nothing_of_ours in ["/alertmanager/api/v2/status", "/api/v1/status/buildinfo"] {
        let answer = campanile.answer(&Call::get(nothing_of_ours).bearer(READ_TOKEN)).await;
        assert_eq!(answer.status, 404, "{nothing_of_ours}");
    }
}
