//! Webhooks of one's own: authentication, extra headers, signatures.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use notify::{Destination, Kind, Verdict};
use serde_json::{Value, json};
use sha2::Sha256;
use wiremock::matchers::{basic_auth, bearer_token, header};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::stand_in::{deliver, local, message, now};

const PRESENT: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const PREVIOUS: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// A webhook at `server` with exactly `settings`.
fn webhook(server: &MockServer, mut settings: Value) -> Destination {
    settings["url"] = json!(format!("{}/alerts", server.uri()));
    let secret = json!({ "destinations": [{ "id": "own", "type": "webhook", "settings": settings }] });
    let settings = notify::Settings::read(&secret.to_string(), &local());
    assert_eq!(settings.mistakes, []);
    settings.destinations.into_iter().next().unwrap()
}

/// How a message fares at a server that takes only what `demands` describes.
async fn deliver_to(demands: impl wiremock::Match + 'static, settings: Value) -> (Verdict, Vec<Request>) {
    let server = MockServer::start().await;
    Mock::given(demands).respond_with(ResponseTemplate::new(204)).mount(&server).await;
    let outcome = deliver(&webhook(&server, settings), &message(Kind::Opened)).await;
    (outcome.verdict, server.received_requests().await.unwrap())
}

#[tokio::test]
async fn a_server_that_demands_a_password_gets_it() {
    let settings = json!({ "auth": "basic", "username": "tönis", "password": "pä:ss" });
    let (verdict, requests) = deliver_to(basic_auth("tönis", "pä:ss"), settings).await;
    assert_eq!(verdict, Verdict::Sent);
    assert_eq!(requests[0].headers["authorization"], "Basic dMO2bmlzOnDDpDpzcw==");
}

#[tokio::test]
async fn a_server_that_demands_a_token_gets_it() {
    let settings = json!({ "auth": "Bearer", "token": "abc" });
    assert_eq!(deliver_to(bearer_token("abc"), settings).await.0, Verdict::Sent);
}

#[tokio::test]
async fn a_server_that_demands_a_header_gets_it() {
    let settings = json!({ "auth": "bearer", "token": "abc", "headers": { "X-Api-Key": "k 1" } });
    assert_eq!(deliver_to(header("x-api-key", "k 1"), settings).await.0, Verdict::Sent);
}

fn signature(secret: &str, request: &Request) -> String {
    let key = BASE64_STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap();
    let text = |name: &str| request.headers[name].to_str().unwrap();
    let signed = format!("{}.{}.", text("webhook-id"), text("webhook-timestamp"));
    let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap().chain_update(signed).chain_update(&request.body);
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

#[tokio::test]
async fn every_secret_signs_the_bytes_that_are_sent() {
    let settings = json!({ "auth": "none", "signing_secret": PRESENT, "signing_secret_previous": PREVIOUS });
    let (verdict, requests) = deliver_to(wiremock::matchers::any(), settings).await;
    assert_eq!(verdict, Verdict::Sent);
    let request = &requests[0];
    assert_eq!(request.headers["webhook-id"], message(Kind::Opened).id().as_str());
    assert_eq!(request.headers["webhook-timestamp"], now().as_second().to_string().as_str());
    let both = format!("{} {}", signature(PRESENT, request), signature(PREVIOUS, request));
    assert_eq!(request.headers["webhook-signature"], both.as_str());
    assert!(!request.headers.contains_key("authorization"));
}

#[tokio::test]
async fn the_message_id_is_the_same_in_every_attempt_and_the_time_is_not() {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(500)).mount(&server).await;
    let webhook =
        webhook(&server, json!({ "auth": "none", "signing_secret": PRESENT, "body": "cloudevents" }));
    let courier = crate::stand_in::courier(&webhook);
    let message = message(Kind::Opened);
    for seconds in [0, 30] {
        let at = now().checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
        courier.deliver(&webhook, &notify::Attempt::first(&message, at)).await;
    }
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests[0].headers["webhook-id"], requests[1].headers["webhook-id"]);
    assert_eq!(requests[0].body, requests[1].body);
    assert_ne!(requests[0].headers["webhook-timestamp"], requests[1].headers["webhook-timestamp"]);
    assert_ne!(requests[0].headers["webhook-signature"], requests[1].headers["webhook-signature"]);
}

#[tokio::test]
async fn the_types_of_cloud_events_may_begin_otherwise() {
    let settings = json!({
        "auth": "bearer", "token": "t", "body": "cloudevents", "event_type_prefix": "com.example.ops",
    });
    let (_, requests) = deliver_to(wiremock::matchers::any(), settings).await;
    let body: Value = serde_json::from_slice(&requests[0].body).unwrap();
    assert_eq!(body["type"], "com.example.ops.alert.firing.v1");
}
