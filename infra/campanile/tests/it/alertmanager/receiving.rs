//! What a Prometheus and an Alertmanager send.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use intake::LIMIT_BYTES;

use super::*;

impl Server {
    async fn stored(&self) -> Vec<Value> {
        self.get("/v1/alerts").await.json()["alerts"].as_array().unwrap().clone()
    }

    async fn quarantined(&self) -> Vec<Value> {
        self.get("/v1/quarantine").await.json()["quarantine"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn each_alert_of_a_batch_is_kept_with_its_own_body() {
    let server = Server::start().await;
    let [a, b] = ["A", "B"].map(|name| firing(&json!({ "alertname": name, "severity": "page" })));
    server.fire(&json!([a, b])).await;

    let stored = server.stored().await;
    assert_eq!(stored.len(), 2);
    for alert in stored {
        assert_eq!(alert["source"], "alertmanager");
        assert_eq!(alert["account"], "prometheus-1");
        assert_eq!((&alert["condition"], &alert["severity"]), (&json!("firing"), &json!("critical")));
        let fingerprint = alert["fingerprint"].as_str().unwrap();
        let history = server.get(&format!("/v1/alerts/{fingerprint}/events?raw=true")).await.json();
        let raw: Value = serde_json::from_str(history["events"][0]["raw"].as_str().unwrap()).unwrap();
        let expected = if alert["title"] == "A" { &a } else { &b };
        assert_eq!((&raw, history["events"].as_array().unwrap().len()), (expected, 1));
    }
}

#[tokio::test]
async fn what_is_kept_is_the_same_event_when_it_is_read_again() {
    let server = Server::start().await;
    server.fire(&json!([firing(&json!({ "alertname": "A" })), firing(&json!({ "alertname": "B" }))])).await;
    for event in server.get("/v1/events").await.json()["events"].as_array().unwrap() {
        let [fingerprint, id] = ["fingerprint", "event_id"].map(|member| event[member].as_str().unwrap());
        let replay = format!("/v1/alerts/{fingerprint}/events/{id}/replay");
        let answer = server.post_raw(&replay, "").await;
        assert_eq!(answer.json(), json!({ "recorded": 0, "duplicates": 1 }));
    }
    let sources = server.get("/v1/sources").await.json();
    assert_eq!(sources["sources"][0]["source"], "alertmanager");
    assert_eq!(sources["sources"][0]["account"], "prometheus-1");
}

#[tokio::test]
async fn an_alert_knows_when_its_prometheus_has_been_silent_for_too_long() {
    let server = Server::start().await;
    let alert = firing(&json!({ "alertname": "A" }));
    server.fire(&json!([alert])).await;
    let time = |value: &Value| value.as_str().unwrap().parse::<Timestamp>().unwrap();
    let waited = time(&server.stored().await[0]["expires_at"]).duration_since(time(&alert["endsAt"]));
    assert_eq!(waited, SignedDuration::from_mins(10));
}

#[tokio::test]
async fn a_repeat_within_five_minutes_counts_as_a_duplicate() {
    let server = Server::start().await;
    let alert = firing(&json!({ "alertname": "A" }));
    // Both within one stretch of five minutes, unless it ends just now.
    let slot = || now().as_second() / 300;
    let before = slot();
    server.fire(&json!([alert])).await;
    server.fire(&json!([alert])).await;
    let alert = &server.stored().await[0];
    let counted = (alert["occurrences"].as_u64().unwrap(), alert["duplicates"].as_u64().unwrap());
    assert_eq!(counted, if slot() == before { (1, 1) } else { (2, 0) });
}

#[tokio::test]
async fn equal_batches_at_once_make_one_alert_and_one_entry() {
    let server = Server::start().await;
    let webhook = json!({ "alerts": [{ "status": "firing", "labels": { "alertname": "A" },
        "startsAt": "2026-11-01T11:55:00Z", "endsAt": "0001-01-01T00:00:00Z" }] });
    let posts = (0..16).map(|_| server.post("/v1/alertmanager", &webhook));
    let answers = futures::future::join_all(posts).await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
    let recorded: u64 = answers.iter().map(|answer| answer.json()["recorded"].as_u64().unwrap()).sum();
    let alert = &server.stored().await[0];
    assert_eq!((recorded, &alert["occurrences"], &alert["revision"]), (1, &json!(1), &json!(1)));
}

#[tokio::test]
async fn an_annotation_without_a_name_does_not_keep_an_alert_out() {
    let server = Server::start().await;
    let mut alert = firing(&json!({ "alertname": "A" }));
    alert["annotations"] = json!({ "": "nameless", "summary": "named" });
    server.fire(&json!([alert])).await;
    let stored = server.stored().await;
    assert_eq!(stored[0]["annotations"], json!({ "summary": "named" }));
}

#[tokio::test]
async fn an_end_that_has_come_resolves() {
    let server = Server::start().await;
    let mut alert = firing(&json!({ "alertname": "A" }));
    server.fire(&json!([alert])).await;
    assert_eq!(server.names("").await, ["A"]);
    alert["endsAt"] = minutes_from_now(-1).into();
    server.fire(&json!([alert])).await;
    assert_eq!(server.names("").await, [""; 0]);
    let stored = server.stored().await;
    assert_eq!((stored.len(), &stored[0]["condition"]), (1, &json!("resolved")));
}

#[tokio::test]
async fn each_token_has_alerts_of_its_own() {
    let server = Server::start().await;
    let alert = json!([firing(&json!({ "alertname": "A" }))]);
    server.fire(&alert).await;
    let other = with_token("POST", "/api/v2/alerts", "t0-other");
    assert_eq!(server.send(other, alert.to_string()).await.status, StatusCode::OK);
    let mut accounts: Vec<_> =
        server.stored().await.iter().map(|alert| alert["account"].as_str().unwrap().to_owned()).collect();
    accounts.sort();
    assert_eq!(accounts, ["prometheus-1", "prometheus-2"]);
    assert_eq!(server.names("").await, ["A"], "equal labels are one alert to Alertmanager's clients");
}

#[tokio::test]
async fn what_is_invalid_is_named_when_the_rest_is_stored() {
    let server = Server::start().await;
    let good = |name| firing(&json!({ "alertname": name }));
    let ends_first = json!({ "labels": { "alertname": "C" }, "startsAt": minutes_from_now(0), "endsAt": minutes_from_now(-1) });
    let answer = server
        .post("/api/v2/alerts", &json!([good("A"), { "labels": { "empty": "" } }, ends_first, good("B")]))
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let message = answer.message();
    assert!(message.contains("alert 1 has no label") && message.contains("alert 2 ends before"), "{message}");
    assert_eq!(server.names("").await, ["A", "B"]);

    let quarantined = server.quarantined().await;
    assert_eq!(quarantined.len(), 2);
    for entry in quarantined {
        assert!(message.contains(entry["id"].as_str().unwrap()), "{message}");
        assert_eq!(entry["source"], "alertmanager");
    }
}

#[tokio::test]
async fn a_body_that_breaks_the_schema_has_go_openapis_codes() {
    let server = Server::start().await;
    for (body, code) in [
        (r#"[{"annotations":{}}]"#, 602),
        (r#"[{"labels":{"code":500}}]"#, 601),
        (r#"[{"labels":{"a":"b"},"startsAt":"yesterday"}]"#, 601),
        (r#"["A"]"#, 601),
        ("[", 601),
        ("", 601),
    ] {
        let answer = server.post_raw("/api/v2/alerts", body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(answer.json()["code"], code, "{body}");
        assert!(answer.json()["message"].as_str().unwrap().contains("kept in quarantine as"), "{body}");
    }
    assert_eq!(server.quarantined().await.len(), 6);
    assert_eq!(server.stored().await.len(), 0);
}

#[tokio::test]
async fn a_batch_may_have_what_lambda_takes() {
    let server = Server::start().await;
    let annotations = json!({ "a": "x".repeat(270_000) });
    let labels = (0..16).map(|number| json!({ "alertname": "A", "number": number.to_string() }));
    let alerts: Vec<_> =
        labels.map(|labels| json!({ "labels": labels, "annotations": annotations })).collect();
    let body = json!(alerts).to_string();
    assert!(body.len() > 4_300_000 && body.len() <= LIMIT_BYTES);
    assert_eq!(server.post_raw("/api/v2/alerts", body).await.status, StatusCode::OK);
    assert_eq!(server.names("").await.len(), 16);

    let padded = format!("[{}]", " ".repeat(LIMIT_BYTES - 1));
    let answer = server.post_raw("/api/v2/alerts", padded).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.message().contains("4500000 bytes"));
}

#[tokio::test]
async fn an_alert_above_every_limit_fires_with_its_annotations_cut() {
    let server = Server::start().await;
    let huge = json!({ "labels": { "alertname": "Huge", "severity": "critical" }, "annotations": { "a": "y".repeat(2_600_000) } });
    let wrong =
        json!({ "labels": { "alertname": "Wrong" }, "annotations": { "a": "z".repeat(300_000), "b": 95.2 } });
    let answer =
        server.post("/api/v2/alerts", &json!([firing(&json!({ "alertname": "Good" })), huge, wrong])).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(server.names("").await, ["Good", "Huge"]);
    let quarantined = server.quarantined().await;
    assert_eq!((quarantined.len(), &quarantined[0]["reason"]), (1, &json!("wrong_type")));
    assert!(
        answer.message().contains("alert 2")
            && answer.message().contains(quarantined[0]["id"].as_str().unwrap())
    );
}

#[tokio::test]
async fn of_a_pair_on_one_token_the_last_word_holds() {
    let server = Server::start().await;
    let labels = json!({ "alertname": "QueueStuck", "severity": "critical" });
    let starts = [-6, -5].map(minutes_from_now);
    let said = |replica: usize, ends_at: i64| json!([{ "labels": labels, "startsAt": starts[replica], "endsAt": minutes_from_now(ends_at) }]);
    let (one, other) = (said(0, 4), said(1, 4));
    let over = said(0, -1);
    for (batch, expected) in [
        (&one, 1),
        (&other, 1),
        (&over, 0),
        (&other, 1),
        // Once more the end that is known; its twin still fires.
        (&over, 1),
        (&one, 1),
    ] {
        server.fire(batch).await;
        assert_eq!(server.names("").await.len(), expected, "{batch}");
    }
    let listed = server.get("/api/v2/alerts").await.json();
    assert_eq!(listed[0]["startsAt"], one[0]["startsAt"], "the earliest start counts");
    let stored = &server.stored().await[0];
    assert_eq!((&stored["last_transition"], &stored["flaps"]), (&json!("reopened"), &json!(1)));
}

#[tokio::test]
async fn what_an_alertmanager_fires_again_with_the_same_start_is_open_again_once() {
    let server = Server::start().await;
    let starts_at = minutes_from_now(-30);
    let alert = |status: &str, ends_at: &str| {
        json!({ "alerts": [{ "status": status, "labels": { "alertname": "A" },
            "startsAt": starts_at, "endsAt": ends_at }] })
    };
    let (fires, over) = (alert("firing", "0001-01-01T00:00:00Z"), alert("resolved", &minutes_from_now(-10)));
    for (notification, recorded) in
        [(&fires, 1), (&over, 1), (&fires, 1), (&fires, 0), (&over, 1), (&over, 0), (&fires, 1)]
    {
        let answer = server.post("/v1/alertmanager", notification).await;
        assert_eq!(answer.json()["recorded"], recorded);
    }
    let stored = &server.stored().await[0];
    assert_eq!((&stored["condition"], &stored["occurrences"]), (&json!("firing"), &json!(3)));
}

#[tokio::test]
async fn parallel_copies_of_what_fires_again_are_one() {
    let server = Server::start().await;
    let starts_at = minutes_from_now(-30);
    let alert = |ends_at: i64| json!([{ "labels": { "alertname": "A" }, "startsAt": starts_at, "endsAt": minutes_from_now(ends_at) }]);
    let (fires, over) = (alert(4), alert(-1));
    server.fire(&fires).await;
    server.fire(&over).await;
    futures::future::join_all((0..16).map(|_| server.fire(&fires))).await;
    let stored = &server.stored().await[0];
    assert_eq!((&stored["condition"], &stored["occurrences"]), (&json!("firing"), &json!(2)));
}

#[tokio::test]
async fn a_changed_annotation_shows_at_once_and_the_last_of_equal_alerts_counts() {
    let server = Server::start().await;
    let alert = |summary: &str| {
        let mut alert = firing(&json!({ "alertname": "A" }));
        alert["startsAt"] = "2026-11-01T11:00:00Z".into();
        alert["annotations"] = json!({ "summary": summary });
        alert
    };
    let shown = async || server.get("/api/v2/alerts").await.json()[0]["annotations"]["summary"].clone();
    for (batch, expected) in [
        (json!([alert("80 %")]), "80 %"),
        (json!([alert("90 %")]), "90 %"),
        (json!([alert("80 %")]), "80 %"),
        (json!([alert("85 %"), alert("95 %")]), "95 %"),
    ] {
        server.fire(&batch).await;
        assert_eq!(shown().await, expected);
    }
}

#[tokio::test]
async fn the_answer_names_alerts_that_an_alertmanager_left_out() {
    let server = Server::start().await;
    let webhook =
        json!({ "alerts": [{ "status": "firing", "labels": { "alertname": "A" } }], "truncatedAlerts": 740 });
    let answer = server.post("/v1/alertmanager", &webhook).await;
    assert_eq!(answer.json(), json!({ "status": "ok", "recorded": 1, "duplicates": 0, "left_out": 740 }));
}

#[tokio::test]
async fn labels_are_neither_cut_nor_left_out() {
    let server = Server::start().await;
    let query = |end: &str| format!("SELECT {} {end}", "x".repeat(3_000));
    let many = (0..200).map(|number| (format!("feature_{number:03}"), json!("true")));
    let many: serde_json::Map<_, _> =
        many.chain([("alertname".into(), json!("Many")), ("zone".into(), json!("a"))]).collect();
    let alerts = json!([
        firing(&json!({ "alertname": "LongQuery", "q": query("1") })),
        firing(&json!({ "alertname": "LongQuery", "q": query("2") })),
        firing(&Value::Object(many.clone())),
    ]);
    assert_eq!(server.post("/api/v2/alerts", &alerts).await.status, StatusCode::OK);
    let listed = server.get("/api/v2/alerts?filter=zone=a").await.json();
    assert_eq!(listed[0]["labels"], Value::Object(many));
    let listed = server.get("/api/v2/alerts?filter=alertname=LongQuery").await.json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_ne!(listed[0]["fingerprint"], listed[1]["fingerprint"]);
    let filter = format!("/api/v2/alerts?filter=q%3D~%22SELECT.*{}%22", 2);
    assert_eq!(server.get(&filter).await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_alert_that_breaks_the_schema_is_named_when_the_rest_is_stored() {
    let server = Server::start().await;
    let good = |name| firing(&json!({ "alertname": name }));
    let bad = json!({ "labels": { "alertname": "C" }, "annotations": { "value": 95.2 } });
    let large = json!({ "labels": { "alertname": "D", "long": "x".repeat(100_000) } });
    let answer = server.post("/api/v2/alerts", &json!([good("A"), bad, large, good("B")])).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let message = answer.message();
    assert!(message.contains("alert 1 is no object") && message.contains("alert 2: its labels"), "{message}");
    assert_eq!(server.names("").await, ["A", "B"]);
    assert_eq!(server.quarantined().await.len(), 2);
}

#[tokio::test]
async fn damage_in_one_text_costs_no_alert() {
    let server = Server::start().await;
    let body = b"[{\"labels\":{\"alertname\":\"A\"},\"annotations\":{\"b\":\"caf\xe9 \\ud83d\n\"}},{\"labels\":{\"alertname\":\"B\"},},]";
    let request = with_token("POST", "/api/v2/alerts", "t0-write");
    assert_eq!(server.send(request, body.to_vec()).await.status, StatusCode::OK);
    assert_eq!(server.names("").await, ["A", "B"]);
}

#[tokio::test]
async fn another_content_type_is_refused_and_none_is_taken_for_json() {
    let server = Server::start().await;
    let request =
        |content_type| with_token("POST", "/api/v2/alerts", "t0-write").header("content-type", content_type);
    let refused = server.send(request("application/x-www-form-urlencoded"), "[]").await;
    assert_eq!(refused.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(server.send(request("application/json; charset=utf-8"), "[]").await.status, StatusCode::OK);
    let without = with_token("POST", "/api/v2/alerts", "t0-write");
    assert_eq!(server.send(without, "[]").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_not_durable_is_not_answered_with_success() {
    let server = Server::start().await;
    server.is_broken.store(true, Ordering::SeqCst);
    let alerts = json!([firing(&json!({ "alertname": "A" }))]);
    let answer = server.post("/api/v2/alerts", &alerts).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.message().contains("try again"));
    let broken_schema = server.post_raw("/api/v2/alerts", "[1]").await;
    assert_eq!(broken_schema.status, StatusCode::INTERNAL_SERVER_ERROR);
    let webhook = json!({ "alerts": [{ "status": "firing", "labels": { "a": "b" } }] });
    let webhook = server.post("/v1/alertmanager", &webhook).await;
    assert_eq!(webhook.status, StatusCode::SERVICE_UNAVAILABLE);

    server.is_broken.store(false, Ordering::SeqCst);
    server.fire(&alerts).await;
    assert_eq!(server.names("").await, ["A"]);
}

#[tokio::test]
async fn an_alertmanagers_webhook_is_taken_on_a_path_of_its_own() {
    let server = Server::start().await;
    let fixture = |name: &str| {
        let path = format!("{}/../../tests/fixtures/alertmanager/{name}.json", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).unwrap()
    };
    let answer = server.post_raw("/v1/alertmanager", fixture("webhook-firing-and-resolved")).await;
    assert_eq!(answer.json(), json!({ "status": "ok", "recorded": 2, "duplicates": 0, "left_out": 0 }));
    let answer = server.post_raw("/v1/alertmanager", fixture("webhook-firing-and-resolved")).await;
    assert_eq!(answer.json(), json!({ "status": "ok", "recorded": 0, "duplicates": 2, "left_out": 0 }));
    assert_eq!(server.names("").await, ["InstanceDown"]);

    let answer = server.post_raw("/v1/alertmanager", fixture("webhook-without-a-status")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.json()["error"]["code"], "not_understood");
    let answer = server.post_raw("/v1/alertmanager", fixture("webhook-with-one-that-has-no-labels")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn no_credential_is_kept() {
    let server = Server::start().await;
    let basic = STANDARD.encode("prometheus:t0-write");
    let request = |target: &str| {
        Request::builder().method("POST").uri(target).header("authorization", format!("Basic {basic}"))
    };
    let alerts = json!([firing(&json!({ "alertname": "A" }))]).to_string();
    assert_eq!(server.send(request("/api/v2/alerts?token=t0-write"), alerts).await.status, StatusCode::OK);
    server.send(request("/api/v2/alerts"), "[1]").await;
    let history = server.get("/v1/events?raw=true").await.text() + &server.get("/v1/quarantine").await.text();
    assert!(history.contains("alertname") && history.contains("wrong_type"), "{history}");
    assert!(!history.contains("t0-write") && !history.contains(&basic), "{history}");
}
