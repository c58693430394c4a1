//! Webhooks of one's own: authentication, extra headers, signatures, and the check of who owns the URL.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use channels::testing::{channel, notification, now, read};
use channels::{Attempt, Channel, Event, OwnershipFailure, Request};
use hmac::{Hmac, Mac};
use http::HeaderMap;
use jiff::SignedDuration;
use net::{HttpAnswer, HttpRequest, Unanswered};
use serde_json::{Value, json};
use sha2::Sha256;

const PRESENT: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const PREVIOUS: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// A webhook with exactly `settings` and a URL.
fn webhook(mut settings: Value) -> std::sync::Arc<dyn Channel> {
    settings["url"] = json!("https://hooks.example.com/alerts?team=ops");
    read("webhook", settings).unwrap()
}

fn request_at(channel: &dyn Channel, seconds: i64) -> HttpRequest {
    let notification = notification(Event::Opened);
    let at = now().checked_add(SignedDuration::from_secs(seconds)).unwrap();
    let Some(Request::Http(request)) = channel.request(&Attempt::first("ops", &notification, at)) else {
        unreachable!("a webhook is notified over HTTP")
    };
    request
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let value = request.headers.iter().find(|(header, _)| header.as_str() == name);
    value.map(|(_, value)| value.to_str().unwrap())
}

#[test]
fn each_way_to_authenticate_has_its_header() {
    let basic = json!({ "auth": "basic", "username": "tönis", "password": "pä:ss" });
    let bearer = json!({ "auth": "Bearer", "token": "abc", "headers": { "X-Api-Key": "k 1" } });
    let signed = json!({ "auth": "none", "signing_secret": PRESENT });
    for (settings, authorization, key) in [
        (basic, Some("Basic dMO2bmlzOnDDpDpzcw=="), None),
        (bearer, Some("Bearer abc"), Some("k 1")),
        (signed, None, None),
    ] {
        let request = request_at(&*webhook(settings), 0);
        assert_eq!(header(&request, "authorization"), authorization);
        assert_eq!(header(&request, "x-api-key"), key);
        assert_eq!(header(&request, "content-type"), Some("application/json"));
        assert_eq!(header(&request, "campanile-transition"), Some("opened"));
        assert_eq!(header(&request, "campanile-fingerprint").map(str::len), Some(32));
        assert_eq!(request.url.as_str(), "https://hooks.example.com/alerts?team=ops");
    }
}

fn signature(secret: &str, request: &HttpRequest) -> String {
    let key = BASE64_STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap();
    let text = |name: &str| header(request, name).unwrap();
    let signed = format!("{}.{}.", text("webhook-id"), text("webhook-timestamp"));
    let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap().chain_update(signed).chain_update(&request.body);
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

#[test]
fn every_secret_signs_the_bytes_that_are_sent() {
    let settings = json!({ "auth": "none", "signing_secret": PRESENT, "signing_secret_previous": PREVIOUS });
    let request = request_at(&*webhook(settings), 0);
    assert_eq!(header(&request, "webhook-id"), Some(notification(Event::Opened).id.as_str()));
    assert_eq!(header(&request, "webhook-timestamp"), Some(now().as_second().to_string().as_str()));
    let both = format!("{} {}", signature(PRESENT, &request), signature(PREVIOUS, &request));
    assert_eq!(header(&request, "webhook-signature"), Some(both.as_str()));
}

#[test]
fn the_id_is_the_same_in_every_attempt_and_the_time_is_not() {
    let webhook = webhook(json!({ "auth": "none", "signing_secret": PRESENT, "body": "cloudevents" }));
    let [first, second] = [0, 30].map(|seconds| request_at(&*webhook, seconds));
    assert_eq!(header(&first, "webhook-id"), header(&second, "webhook-id"));
    assert_eq!(first.body, second.body);
    assert_ne!(header(&first, "webhook-timestamp"), header(&second, "webhook-timestamp"));
    assert_ne!(header(&first, "webhook-signature"), header(&second, "webhook-signature"));
}

#[test]
fn the_types_of_cloud_events_may_begin_otherwise() {
    let settings =
        json!({ "auth": "bearer", "token": "t", "body": "cloudevents", "event_type_prefix": "com.example" });
    let request = request_at(&*webhook(settings), 0);
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["type"], "com.example.alert.firing.v1");
    assert_eq!(header(&request, "content-type"), Some("application/cloudevents+json"));
}

#[test]
fn only_cloud_events_carry_acknowledgements() {
    for (body, knows_handling) in [("netdata", false), ("alertmanager", false), ("cloudevents", true)] {
        let lifecycle = webhook(json!({ "auth": "bearer", "token": "t", "body": body })).lifecycle();
        assert_eq!(
            (lifecycle.acknowledges, lifecycle.unacknowledges),
            (knows_handling, knows_handling),
            "{body}"
        );
    }
}

fn challenged() -> std::sync::Arc<dyn Channel> {
    let more = json!({ "challenge_secret": "Jefe", "headers": { "X-Team": "ops" } });
    channel("webhook", "https://vendor.example.com", &more)
}

/// What comes of an answer to the challenge `what do ya want for nothing?`.
fn verify(status: u16, body: &str) -> Result<(), OwnershipFailure> {
    let answer = Ok(HttpAnswer::new(status, HeaderMap::new(), body));
    challenged().ownership().unwrap().verify("what do ya want for nothing?", &answer)
}

#[test]
fn only_the_owner_of_the_secret_passes() {
    let right = "sha256=W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=";
    let object = |token: &str| json!({ "response_token": token }).to_string();
    assert_eq!(verify(200, &object(right)), Ok(()));
    let in_hex = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    for wrong in [right.trim_start_matches("sha256="), right.trim_end_matches('='), in_hex, ""] {
        assert_eq!(verify(200, &object(wrong)), Err(OwnershipFailure::Token), "{wrong}");
    }
    let as_string = json!(object(right)).to_string();
    for shape in [as_string.as_str(), r#"{"response_token":1}"#, "{}", "<html>", ""] {
        assert_eq!(verify(200, shape), Err(OwnershipFailure::Shape), "{shape}");
    }
    for status in [201, 204, 302, 500] {
        assert_eq!(verify(status, &object(right)), Err(OwnershipFailure::Status(status)));
    }
    let late = challenged().ownership().unwrap().verify("x", &Err(Unanswered::Timeout));
    assert_eq!(late, Err(OwnershipFailure::Unanswered(Unanswered::Timeout)));
}

#[test]
fn the_question_is_authenticated_like_a_notification_and_keeps_the_query() {
    let webhook = challenged();
    let question = webhook.ownership().unwrap().question("abc");
    assert_eq!(question.method, "GET");
    assert_eq!(question.url.query(), Some("team=ops&crc_token=abc"));
    assert_eq!(header(&question, "authorization"), Some("Bearer token-of-ours"));
    assert_eq!(header(&question, "x-team"), Some("ops"));
}

#[test]
fn without_a_secret_nothing_is_asked() {
    for type_name in ["webhook", "slack"] {
        assert!(channel(type_name, "https://vendor.example.com", &json!({})).ownership().is_none());
    }
}
