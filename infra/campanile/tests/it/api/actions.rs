//! What people do with an alert, and what remains of it.

use alert::{AlertEvent, Severity};
use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{World, firing, path_of, resolved, world};

async fn act(world: &World, action: &str, body: Value) -> (StatusCode, Value) {
    world.act("POST", &format!("{}/{action}", path_of("cpu")), body).await
}

async fn notes(world: &World) -> Vec<(String, String, String)> {
    let notes = world.get(&format!("{}/notes", path_of("cpu"))).await;
    let member = |note: &Value, name: &str| note[name].as_str().unwrap().to_owned();
    let notes = notes["notes"].as_array().unwrap().iter();
    notes.map(|note| (member(note, "by"), member(note, "action"), member(note, "text"))).collect()
}

fn said(by: &str, action: &str, text: &str) -> (String, String, String) {
    (by.into(), action.into(), text.into())
}

#[tokio::test]
async fn an_alert_is_taken_given_back_and_ended_and_all_of_it_is_remembered() {
    let world = world().await;
    world.record(&firing("cpu")).await;

    let (status, alert) = act(&world, "acknowledge", json!({ "note": "on it" })).await;
    assert_eq!((status, &alert["handling"]), (StatusCode::OK, &json!("acknowledged")));
    assert_eq!(
        (&alert["acknowledgement"]["by"], &alert["acknowledgement"]["note"]),
        (&json!("ada"), &json!("on it"))
    );

    let (status, alert) = act(&world, "unacknowledge", json!({ "by": "bob" })).await;
    assert_eq!((status, &alert["handling"]), (StatusCode::OK, &json!("open")));

    let (status, alert) = act(&world, "resolve", json!({ "note": "restarted it" })).await;
    assert_eq!((status, &alert["condition"]), (StatusCode::OK, &json!("resolved")));
    assert_eq!(alert, world.get(&path_of("cpu")).await);

    let history = world.get(&format!("{}/events?raw=true", path_of("cpu"))).await;
    assert_eq!(history["events"][0]["severity_raw"], "resolved by ada");
    assert_eq!(history["events"][0]["transition"], "resolved");
    let expected = [
        said("ada", "resolve", "restarted it"),
        said("bob", "unacknowledge", ""),
        said("ada", "acknowledge", "on it"),
    ];
    assert_eq!(notes(&world).await, expected);
}

#[tokio::test]
async fn what_makes_no_sense_is_a_conflict_and_its_words_are_kept() {
    let world = world().await;
    world.record(&firing("cpu")).await;
    world.record(&resolved("cpu")).await;
    for action in ["acknowledge", "unacknowledge", "resolve"] {
        let (status, body) = act(&world, action, json!({ "note": action })).await;
        assert_eq!((status, &body["error"]["code"]), (StatusCode::CONFLICT, &json!("conflict")), "{action}");
    }
    let expected = ["resolve", "unacknowledge", "acknowledge"].map(|text| said("ada", "note", text));
    assert_eq!(notes(&world).await, expected);
}

#[tokio::test]
async fn an_alert_that_is_not_there_is_not_found() {
    let world = world().await;
    for action in ["acknowledge", "unacknowledge", "resolve"] {
        assert_eq!(act(&world, action, json!({})).await.0, StatusCode::NOT_FOUND, "{action}");
    }
    assert_eq!(act(&world, "notes", json!({ "text": "?" })).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_acknowledgement_outlives_repeats_and_ends_when_it_becomes_worse() {
    let world = world().await;
    world.record(&firing("cpu")).await;
    act(&world, "acknowledge", json!({})).await;
    world.record(&firing("cpu")).await;
    assert_eq!(world.get(&path_of("cpu")).await["handling"], "acknowledged");
    world.record(&AlertEvent { severity: Severity::Critical, ..firing("cpu") }).await;
    let alert = world.get(&path_of("cpu")).await;
    assert_eq!((&alert["handling"], &alert["acknowledgement"]), (&json!("open"), &Value::Null));
}

#[tokio::test]
async fn who_may_only_read_may_not_act() {
    let world = world().await;
    world.record(&firing("cpu")).await;
    let path = format!("{}/acknowledge", path_of("cpu"));
    assert_eq!(world.ask("POST", &path, "reader", Some(json!({}))).await.0, StatusCode::FORBIDDEN);
    assert_eq!(world.ask("POST", &path, "nobody", Some(json!({}))).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(world.get(&path_of("cpu")).await["handling"], "open");
}

#[tokio::test]
async fn two_who_acknowledge_one_after_the_other_are_both_remembered_and_the_later_has_it() {
    let world = world().await;
    world.record(&firing("cpu")).await;
    act(&world, "acknowledge", json!({ "by": "ada" })).await;
    let (_, alert) = act(&world, "acknowledge", json!({ "by": "bob" })).await;
    assert_eq!(alert["acknowledgement"]["by"], "bob");
    assert_eq!(notes(&world).await.len(), 2);
}

#[tokio::test]
async fn a_member_that_is_wrong_is_named() {
    let world = world().await;
    world.record(&firing("cpu")).await;
    let (status, body) = act(&world, "acknowledge", json!({ "by": "" })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(body["error"]["message"], "by: give 1 to 256 characters");
    let (_, body) = act(&world, "acknowledge", json!([null, null])).await;
    assert_eq!(body["error"]["message"], "the body is not a JSON object");
    let (_, body) = act(&world, "notes", json!({})).await;
    assert_eq!(body["error"]["message"], "missing field `text` at line 1 column 2");
}

#[tokio::test]
async fn a_body_that_goes_on_behind_its_object_does_nothing() {
    let world = world().await;
    world.record(&firing("cpu")).await;
    let path = format!("{}/acknowledge", path_of("cpu"));
    let body = r#"{"by": "ada"}, "note": "lost""#;
    let request = Request::post(path).header("authorization", "Bearer writer").body(Bytes::from(body));
    let refused = world.api.clone().handle(request.unwrap()).await;
    let said: Value = serde_json::from_slice(refused.body()).unwrap();
    let expected = "the body goes on behind its object: trailing characters at line 1 column 14";
    assert_eq!((refused.status(), &said["error"]["message"]), (StatusCode::BAD_REQUEST, &json!(expected)));
    assert_eq!(notes(&world).await.len(), 0);
}
