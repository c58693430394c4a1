//! `campanile check destinations`.

use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;

use super::{Desk, PATH};
use crate::transcripts::assert_transcript;

#[tokio::test]
async fn settings_that_are_right_pass_and_nobody_is_notified() {
    let mut desk = Desk::before_every_type().await;
    desk.run("check destinations").await;
    let mut disabled = desk.destination("slack");
    disabled["enabled"] = json!(false);
    desk.keep(&json!({ "destinations": [disabled] }));
    desk.run("check destinations").await;
    desk.keep(&json!({ "destinations": [] }));
    desk.run("check destinations").await;
    for kind in channels::testing::destinations::every_type() {
        assert_eq!(desk.stand_in.notified(kind).len(), 0, "{kind}");
    }
    assert_transcript!("destinations", desk.transcript);
}

#[tokio::test]
async fn a_mistake_is_named_by_its_field_with_the_remedy_and_the_others_are_checked_all_the_same() {
    let mut desk = Desk::before_every_type().await;
    let url = |url: &str| json!({ "webhook_url": url });
    let of = |id: &str, kind: &str, settings: &Value| json!({ "id": id, "type": kind, "settings": settings });
    let webhook = |more: &Value| {
        let mut settings = json!({ "url": format!("https://hooks.example.com/{PATH}") });
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        settings
    };
    desk.keep(&json!({ "destinations": [
        desk.destination("discord"),
        of("private", "slack", &url(&format!("https://10.1.2.3/{PATH}"))),
        of("metadata", "mattermost", &url(&format!("https://169.254.169.254/{PATH}"))),
        of("userinfo", "slack", &url(&format!("https://ana:pa55word@hooks.example.com/{PATH}"))),
        of("key", "pagerduty", &json!({ "integration_key": PATH })),
        of("basic", "webhook", &webhook(&json!({ "auth": "basic", "username": "a:b", "password": "pa55word" }))),
        of("mtls", "webhook", &webhook(&json!({ "client_key": "-----BEGIN PRIVATE KEY-----" }))),
        of("steering\u{1b}[2J", "slack", &url(&format!("https://hooks.example.com/{PATH}"))),
        { "id": "discord", "type": "teams", "notify": "Some Alerts", "settings": {} },
        7,
    ] }));
    desk.run("check destinations").await;
    assert_transcript!("destinations", desk.transcript);
}

#[tokio::test]
async fn what_is_missing_or_no_json_is_reported() {
    let mut desk = Desk::before_every_type().await;
    for document in ["{}", r#"{"campanile/destinations":null}"#, r#"{"campanile/destinations":{}}"#] {
        desk.keep_document(document);
        desk.run("check destinations").await;
    }
    desk.keep(&json!([PATH]));
    desk.run("check destinations").await;
    desk.keep_document(&format!("{{\"campanile/destinations\": \"{PATH}"));
    desk.run("check destinations").await;
    desk.run_in("check destinations", &[("CAMPANILE_SECRET_PREFIX", "tower")]).await;
    desk.keep_document("{}");
    desk.run_in("check destinations", &[("CAMPANILE_SECRET_PREFIX", "tower")]).await;
    std::fs::remove_file(desk.folder.path().join("secrets.json")).unwrap();
    desk.run("check destinations").await;
    assert_transcript!("destinations", desk.transcript);
}

#[tokio::test]
async fn this_machine_is_reached_only_where_that_is_asked_for() {
    let mut desk = Desk::before_every_type().await;
    let mut named = desk.destination("mattermost");
    let url = named["settings"]["webhook_url"].as_str().unwrap().replace("127.0.0.1", "localhost");
    named["settings"]["webhook_url"] = json!(url);
    desk.keep(&json!({ "destinations": [desk.destination("slack"), named] }));
    desk.run_in("check destinations", &[]).await;
    desk.run_in("notify --test slack", &[]).await;
    desk.run("check destinations").await;
    assert_transcript!("destinations", desk.transcript.replace("localhost:", "localhost:PORT-"));
}

#[tokio::test]
async fn a_name_that_nobody_has_is_reported() {
    let mut desk = Desk::before_every_type().await;
    let settings = json!({ "webhook_url": format!("https://hooks.nobody.invalid/{PATH}") });
    desk.keep(&json!({ "destinations": [{ "id": "ops", "type": "slack", "settings": settings }] }));
    desk.run("check destinations").await;
    // How it goes on depends on who is asked about names.
    let expected = "failed   ops (slack at hooks.nobody.invalid): its name ";
    assert!(desk.transcript.contains(expected), "{}", desk.transcript);
    assert!(desk.transcript.contains("[3]"), "{}", desk.transcript);
}

/// Answers as whoever has the secret `challenge-of-ours`.
async fn answer(Query(query): Query<Vec<(String, String)>>) -> axum::Json<Value> {
    let token = &query.iter().find(|(name, _)| name == "crc_token").unwrap().1;
    let mac = Hmac::<Sha256>::new_from_slice(b"challenge-of-ours").unwrap().chain_update(token);
    let answer = BASE64_STANDARD.encode(mac.finalize().into_bytes());
    axum::Json(json!({ "response_token": format!("sha256={answer}") }))
}

#[tokio::test]
async fn whoever_does_not_own_the_url_is_found_out() {
    let mut desk = Desk::before_every_type().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let owner = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/{path}", get(answer))).await });
    let webhook = |id: &str, base: &str, secret: &str| {
        let settings = json!({
            "url": format!("{base}/{PATH}"), "auth": "bearer", "token": "token-of-ours", "challenge_secret": secret,
        });
        json!({ "id": id, "type": "webhook", "settings": settings })
    };
    desk.keep(&json!({ "destinations": [
        webhook("owner", &owner, "challenge-of-ours"),
        webhook("other-secret", &owner, "challenge-of-theirs"),
        webhook("other-server", &desk.stand_in.base, "challenge-of-ours"),
        webhook("nobody", "http://127.0.0.1:1", "challenge-of-ours"),
    ] }));
    desk.run("check destinations").await;
    assert_transcript!("destinations", desk.transcript);
}
