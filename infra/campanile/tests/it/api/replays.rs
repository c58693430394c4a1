//! The quarantine, and reading again what was stored.

use alert::{Fingerprint, Source};
use http::StatusCode;
use intake::{Netdata, Quarantined, Store};
use normalize::Rejection;
use serde_json::{Value, json};

use super::{World, firing, inbound, now, path_of, world};

const UNDERSTOOD: &str = include_str!("../../../../../tests/fixtures/netdata/flat-v2-warning.json");

async fn quarantined(world: &World, body: &str) -> String {
    let rejection = Rejection::new("not_json", "the body is not JSON");
    let quarantined = Quarantined::new(Source::Netdata, rejection, inbound(body, now()));
    world.platform.table.quarantine(&quarantined).await.unwrap();
    format!("/v1/quarantine/{}", quarantined.id)
}

#[tokio::test]
async fn what_is_understood_by_now_is_recorded_once_and_leaves_the_quarantine() {
    let world = world().await;
    let path = quarantined(&world, UNDERSTOOD).await;
    assert_eq!(world.get(&path).await["body"], UNDERSTOOD);

    let (status, replayed) = world.act("POST", &format!("{path}/replay"), Value::Null).await;
    assert_eq!((status, &replayed), (StatusCode::OK, &json!({ "recorded": 1, "duplicates": 0 })));
    assert_eq!(world.ask("GET", &path, "reader", None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.get("/v1/quarantine").await["quarantine"], json!([]));

    let alerts = world.get("/v1/alerts").await;
    let fingerprint = alerts["alerts"][0]["fingerprint"].as_str().unwrap();
    let path = format!("/v1/alerts/{fingerprint}/events");
    let events = world.get(&path).await;
    let event_id = events["events"][0]["event_id"].as_str().unwrap();
    let (status, replayed) = world.act("POST", &format!("{path}/{event_id}/replay"), Value::Null).await;
    assert_eq!((status, &replayed), (StatusCode::OK, &json!({ "recorded": 0, "duplicates": 1 })));
}

#[tokio::test]
async fn what_is_still_not_understood_stays_until_somebody_deletes_it() {
    let world = world().await;
    let path = quarantined(&world, "?").await;
    let (status, body) = world.act("POST", &format!("{path}/replay"), Value::Null).await;
    assert_eq!(
        (status, &body["error"]["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("not_understood"))
    );
    assert_eq!(world.get(&path).await["reason"], "not_json");

    assert_eq!(world.act("DELETE", &path, Value::Null).await, (StatusCode::NO_CONTENT, Value::Null));
    assert_eq!(world.act("DELETE", &path, Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_a_person_did_cannot_be_read_again_and_no_source_is_blamed() {
    let world = world().await;
    world.record(&firing("cpu")).await;
    let path = path_of("cpu");
    world.act("POST", &format!("{path}/resolve"), json!({})).await;
    let events = world.get(&format!("{path}/events")).await;
    let event_id = events["events"][0]["event_id"].as_str().unwrap();
    let (status, body) = world.act("POST", &format!("{path}/events/{event_id}/replay"), Value::Null).await;
    let expected = "it is still not understood: no source sent it: there is nothing to read again";
    assert_eq!((status, &body["error"]["message"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(expected)));
}

#[tokio::test]
async fn an_event_that_is_not_there_cannot_be_replayed() {
    let world = world().await;
    let nobody = Fingerprint::of(["nobody"]);
    let path = format!("/v1/alerts/{nobody}/events/{nobody}/replay");
    assert_eq!(world.act("POST", &path, Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_request_to_the_webhook_is_a_heartbeat_of_its_source() {
    let world = world().await;
    let request = http::Request::builder().method("POST").uri("/netdata").header("authorization", "Bearer n");
    let webhook = world.platform.webhook::<Netdata>();
    let response = webhook.handle(request.body(UNDERSTOOD.into()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let sources = world.get("/v1/sources").await;
    let netdata = &sources["sources"][0];
    assert_eq!(netdata["source"], "netdata");
    assert_eq!(sources["totals"]["netdata"], json!({ "events_last_hour": 1, "quarantined_last_hour": 0 }));

    let path = quarantined(&world, "?").await;
    quarantined(&world, "??").await;
    assert_eq!(world.get("/v1/sources").await["totals"]["netdata"]["quarantined_last_hour"], 2);
    world.act("DELETE", &path, Value::Null).await;
    assert_eq!(world.get("/v1/sources").await["totals"]["netdata"]["quarantined_last_hour"], 1);
}

#[tokio::test]
async fn a_quarantine_of_many_large_requests_comes_whole_page_by_page() {
    let world = world().await;
    // Bodies that cannot be compressed: DynamoDB hands out a megabyte at a time.
    for number in 0..12 {
        let chance: String = (0..200_000).map(|_| fastrand::alphanumeric()).collect();
        quarantined(&world, &format!("{number} {chance}")).await;
    }
    let page = world.get("/v1/quarantine?limit=9").await;
    assert_eq!(page["quarantine"].as_array().unwrap().len(), 9);
    let rest = world.get(&format!("/v1/quarantine?cursor={}", page["next_cursor"].as_str().unwrap())).await;
    assert_eq!((rest["quarantine"].as_array().unwrap().len(), &rest["next_cursor"]), (3, &Value::Null));
}
