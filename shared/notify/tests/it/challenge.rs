//! The check of who owns a webhook's URL.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use notify::{ChallengeFailure, Destination, Unanswered};
use serde_json::json;
use sha2::Sha256;
use wiremock::matchers::{header, method};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::stand_in::{courier, destination, impatient_courier};

fn webhook(server: &MockServer) -> Destination {
    let more = json!({ "challenge_secret": "Jefe", "headers": { "X-Team": "ops" } });
    destination("webhook", &server.uri(), &more)
}

/// Answers as the owner of `secret` would, in a body made by `shape`.
fn owner(
    secret: &'static str,
    shape: impl Fn(&str) -> ResponseTemplate + Send + Sync + 'static,
) -> impl Fn(&Request) -> ResponseTemplate {
    move |request: &Request| {
        let token = request.url.query_pairs().find(|(name, _)| name == "crc_token").unwrap().1.into_owned();
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(token);
        shape(&format!("sha256={}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
    }
}

async fn check(
    answer: impl Fn(&Request) -> ResponseTemplate + Send + Sync + 'static,
) -> Result<(), ChallengeFailure> {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(answer).mount(&server).await;
    let webhook = webhook(&server);
    courier(&webhook).challenge(&webhook, [7; 32]).await
}

fn object(token: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "response_token": token }))
}

#[tokio::test]
async fn the_owner_of_the_secret_passes() {
    assert_eq!(check(owner("Jefe", object)).await, Ok(()));
}

#[tokio::test]
async fn another_secret_does_not() {
    assert_eq!(check(owner("jefe", object)).await, Err(ChallengeFailure::Token));
}

#[tokio::test]
async fn nearly_the_right_answer_does_not() {
    let as_string = |token: &str| {
        ResponseTemplate::new(200).set_body_json(json!({ "response_token": token }).to_string())
    };
    assert_eq!(check(owner("Jefe", as_string)).await, Err(ChallengeFailure::Shape));
    let without_prefix = |token: &str| object(token.trim_start_matches("sha256="));
    assert_eq!(check(owner("Jefe", without_prefix)).await, Err(ChallengeFailure::Token));
    let in_hex = |token: &str| {
        let bytes = BASE64_STANDARD.decode(token.trim_start_matches("sha256=")).unwrap();
        let hex = bytes.iter().fold("sha256=".to_owned(), |hex, byte| hex + &format!("{byte:02x}"));
        object(&hex)
    };
    assert_eq!(check(owner("Jefe", in_hex)).await, Err(ChallengeFailure::Token));
    let silent = |_: &str| ResponseTemplate::new(204);
    assert_eq!(check(owner("Jefe", silent)).await, Err(ChallengeFailure::Status(204)));
    let created = |token: &str| ResponseTemplate::new(201).set_body_json(json!({ "response_token": token }));
    assert_eq!(check(owner("Jefe", created)).await, Err(ChallengeFailure::Status(201)));
    let number = |_: &str| ResponseTemplate::new(200).set_body_json(json!({ "response_token": 1 }));
    assert_eq!(check(owner("Jefe", number)).await, Err(ChallengeFailure::Shape));
}

#[tokio::test]
async fn a_late_answer_does_not() {
    let server = MockServer::start().await;
    let late = |token: &str| object(token).set_delay(std::time::Duration::from_secs(30));
    Mock::given(method("GET")).respond_with(owner("Jefe", late)).mount(&server).await;
    let webhook = webhook(&server);
    let result = impatient_courier(&webhook).challenge(&webhook, [7; 32]).await;
    assert_eq!(result, Err(ChallengeFailure::Unanswered(Unanswered::Timeout)));
}

#[tokio::test]
async fn the_question_is_authenticated_like_a_message_and_keeps_the_query() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(header("authorization", "Bearer token-of-ours"))
        .and(header("x-team", "ops"))
        .respond_with(owner("Jefe", object))
        .mount(&server)
        .await;
    let webhook = webhook(&server);
    assert!(webhook.asks_for_challenge());
    assert_eq!(courier(&webhook).challenge(&webhook, [255; 32]).await, Ok(()));
    let requests = server.received_requests().await.unwrap();
    let token = "_".repeat(42) + "8";
    assert_eq!(requests[0].url.query(), Some(format!("team=ops&crc_token={token}").as_str()));
}

#[tokio::test]
async fn without_a_secret_nothing_is_asked() {
    let server = MockServer::start().await;
    for kind in ["webhook", "slack"] {
        let destination = destination(kind, &server.uri(), &json!({}));
        assert!(!destination.asks_for_challenge());
        let result = courier(&destination).challenge(&destination, [0; 32]).await;
        assert_eq!(result, Err(ChallengeFailure::NotConfigured));
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}
