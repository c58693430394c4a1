//! One action for many alerts, and what an answer costs on the way.

use std::collections::BTreeSet;
use std::io::Read as _;

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use tests::{Alarm, Answer, Call, READ_TOKEN, Reader, Receiver, WRITE_TOKEN, everywhere};

async fn act(campanile: &dyn Receiver, body: Value) -> Answer {
    let call = Call::new("POST", "/v1/alerts/actions").header("content-type", "application/json");
    campanile.answer(&call.bearer(WRITE_TOKEN).body(body.to_string())).await
}

async fn done(campanile: &dyn Receiver, body: Value) -> Value {
    let answer = act(campanile, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn raise(campanile: &dyn Receiver, numbers: std::ops::Range<usize>) {
    for number in numbers {
        assert_eq!(campanile.answer(&Alarm::raised(number).call()).await.status, 200);
    }
}

async fn fingerprints(campanile: &dyn Receiver) -> Vec<Value> {
    campanile.alerts("").await.iter().map(|alert| alert["fingerprint"].clone()).collect()
}

#[tokio::test]
async fn all_that_a_filter_shows_is_acknowledged_in_one_request_and_answered_alert_by_alert() {
    for campanile in everywhere().await {
        let campanile = &*campanile;
        raise(campanile, 0..30).await;
        let other = done(campanile, json!({ "action": "acknowledge", "by": "ana", "fingerprints": [fingerprints(campanile).await[0]] })).await;
        assert_eq!((&other["done"], &other["refused"]), (&json!(1), &json!(0)));

        let filter = json!({ "source": ["netdata"], "filter": ["alertname=~\"alert_.*\""] });
        let answer = done(
            campanile,
            json!({ "action": "acknowledge", "by": "bob", "note": "on it", "filter": filter }),
        )
        .await;
        assert_eq!(
            (&answer["done"], &answer["refused"], &answer["next_cursor"]),
            (&json!(29), &json!(1), &Value::Null)
        );
        let results = answer["results"].as_array().unwrap();
        let refused: Vec<_> = results.iter().filter(|result| !result["error"].is_null()).collect();
        assert_eq!(refused[0]["error"]["code"], "conflict");

        // Who was first stays; the token's name is recorded, whatever `by` says.
        let alerts = campanile.alerts("handling=acknowledged").await;
        let by: Vec<_> =
            alerts.iter().map(|alert| alert["acknowledgement"]["by"].as_str().unwrap()).collect();
        assert_eq!((by.len(), by.iter().filter(|by| **by == "ana").count()), (30, 1));
        let notes = campanile
            .read(&format!("/v1/alerts/{}/notes", results[5]["fingerprint"].as_str().unwrap()))
            .await;
        let note = &notes["notes"][0];
        assert_eq!(
            (&note["by"], &note["principal"], &note["action"], &note["text"]),
            (&json!("bob"), &json!("writer"), &json!("acknowledge"), &json!("on it"))
        );

        let given_back = done(campanile, json!({ "action": "unacknowledge", "filter": {} })).await;
        assert_eq!(given_back["done"], 30);
        let resolved = done(campanile, json!({ "action": "resolve", "filter": { "q": "alert 7" } })).await;
        assert!(resolved["done"].as_u64().unwrap() <= 30);
    }
}

#[tokio::test]
async fn an_alert_that_is_unknown_or_over_is_named_and_the_others_are_done() {
    for campanile in everywhere().await {
        let campanile = &*campanile;
        raise(campanile, 0..3).await;
        let mut named = fingerprints(campanile).await;
        done(campanile, json!({ "action": "resolve", "fingerprints": [named[1]] })).await;
        named.extend([json!("0".repeat(32)), named[0].clone()]);
        let answer = done(campanile, json!({ "action": "acknowledge", "fingerprints": named })).await;
        let codes: Vec<_> = answer["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|result| result["error"]["code"].clone())
            .collect();
        assert_eq!(codes, [Value::Null, json!("conflict"), Value::Null, json!("not_found")]);
        assert_eq!((&answer["done"], &answer["refused"]), (&json!(2), &json!(2)));
    }
}

#[tokio::test]
async fn silences_cover_exactly_the_alerts_that_were_chosen() {
    for campanile in everywhere().await {
        let campanile = &*campanile;
        raise(campanile, 0..12).await;
        let named = fingerprints(campanile).await;
        let body = json!({ "action": "silence", "fingerprints": named[..8], "duration_secs": 3600, "note": "moving the rack" });
        let answer = done(campanile, body).await;
        assert_eq!((&answer["done"], &answer["refused"]), (&json!(8), &json!(0)));
        assert!(!answer["silences"].as_array().unwrap().is_empty());
        let silenced: BTreeSet<_> = campanile
            .alerts("handling=silenced")
            .await
            .iter()
            .map(|alert| alert["fingerprint"].to_string())
            .collect();
        assert_eq!(silenced, named[..8].iter().map(ToString::to_string).collect());
        let notes = campanile.read(&format!("/v1/alerts/{}/notes", named[0].as_str().unwrap())).await;
        let text = notes["notes"][0]["text"].as_str().unwrap();
        assert!(text.starts_with("silenced until ") && text.ends_with(": moving the rack"), "{text}");
        assert_eq!(notes["notes"][0]["principal"], "writer");
    }
}

#[tokio::test]
async fn a_request_that_makes_no_sense_changes_nothing() {
    for campanile in everywhere().await {
        let campanile = &*campanile;
        raise(campanile, 0..1).await;
        let named = fingerprints(campanile).await;
        for (body, word) in [
            (json!({ "action": "acknowledge" }), "either"),
            (json!({ "action": "acknowledge", "fingerprints": named, "filter": {} }), "either"),
            (json!({ "action": "acknowledge", "fingerprints": [] }), "1 to 1000"),
            (json!({ "action": "acknowledge", "fingerprints": named, "duration_secs": 5 }), "silence"),
            (json!({ "action": "silence", "fingerprints": named, "duration_secs": 5 }), "reason"),
            (json!({ "action": "silence", "fingerprints": named, "note": "why" }), "ends_at"),
            (
                json!({ "action": "silence", "fingerprints": named, "note": "why", "ends_at": "2020-01-01T00:00:00Z" }),
                "ends_at",
            ),
            (json!({ "action": "forget", "fingerprints": named }), "action"),
            (json!({ "action": "acknowledge", "filter": { "severty": "high" } }), "severty"),
        ] {
            let answer = act(campanile, body.clone()).await;
            assert_eq!(answer.status, 400, "{body}");
            assert!(answer.text().contains(word), "{body}: {}", answer.text());
        }
        assert_eq!(campanile.alerts("handling=open").await.len(), 1);
        let call = Call::new("POST", "/v1/alerts/actions").bearer(READ_TOKEN);
        assert_eq!(campanile.answer(&call.body(r#"{"action":"acknowledge","filter":{}}"#)).await.status, 403);
    }
}

#[tokio::test]
async fn a_list_that_has_not_changed_is_not_sent_again_and_one_that_has_is_compressed() {
    for campanile in everywhere().await {
        let campanile = &*campanile;
        raise(campanile, 0..20).await;
        for target in
            ["/v1/alerts?limit=100", "/v1/counts", "/v1/events", "/v1/silences", "/v1/openapi.json", "/"]
        {
            let call = Call::get(target).bearer(READ_TOKEN);
            let plain = campanile.answer(&call).await;
            let tag = plain.header("etag").to_owned();
            assert_eq!(plain.status, 200, "{target}");
            let again = campanile.answer(&call.clone().header("if-none-match", &tag)).await;
            assert_eq!((again.status, again.body.len()), (304, 0), "{target}");
            assert_eq!(again.header("etag"), tag);
            if plain.body.len() > 1_024 {
                let sent = campanile.answer(&call.header("accept-encoding", "gzip")).await;
                assert_eq!(sent.header("content-encoding"), "gzip", "{target}");
                let mut body = Vec::new();
                GzDecoder::new(sent.body.as_ref()).read_to_end(&mut body).unwrap();
                assert_eq!(body, plain.body.to_vec(), "{target}");
                assert!(sent.body.len() * 2 < plain.body.len(), "{target}");
            }
        }
        let call = Call::get("/v1/alerts?limit=100").bearer(READ_TOKEN);
        let tag = campanile.answer(&call).await.header("etag").to_owned();
        raise(campanile, 20..21).await;
        assert_eq!(campanile.answer(&call.header("if-none-match", &tag)).await.status, 200);
    }
}
