//! No secret reaches an event or what is kept of a request.

use normalize::InboundRequest;
use normalize::kazoo::{normalize, redact};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::encoder::{form, get};
use super::{post, settings};

const SECRET: &str = "m32c6NfqYEt";

/// All that can be read anywhere of `inbound` once it is taken in.
fn left_of(inbound: &InboundRequest) -> String {
    let kept = redact(inbound.clone());
    let outcome = match normalize(&kept, &settings()) {
        Ok(normalized) => serde_json::to_string(&normalized.events).unwrap(),
        Err(rejection) => format!("{rejection:?}"),
    };
    format!("{} {} {outcome}", kept.query, String::from_utf8_lossy(&kept.body))
}

fn check(body: &Value) {
    for inbound in [post(body), form(body), get("hook=notifications", body)] {
        let left = left_of(&inbound);
        assert!(!left.contains(SECRET), "{left}");
    }
}

#[test]
fn a_new_users_password_is_left_nowhere() {
    let mail = format!("Log in as anna with {SECRET}");
    let new_user = json!({
        "account_id": "A", "event_category": "notification", "event_name": "new_user", "username": "anna",
        "password": SECRET, "html": format!("<p>{mail}</p>"), "text": mail,
    });
    check(&new_user);
    check(
        &json!({ "action": "event", "name": "new_user", "data": new_user, "timestamp": 63_900_000_000_u64 }),
    );
}

#[test]
fn a_document_sent_whole_keeps_no_password() {
    let device = json!({ "name": "Lobby", "sip": { "username": "d", "password": SECRET } });
    let data = json!({ "account_id": "A", "type": "device", "id": "d", "rev": "1-a", "doc": device });
    check(&json!({ "action": "event", "name": "doc_edited", "data": data, "timestamp": 63_900_000_000_u64 }));
}

const KEYS: [&str; 12] = [
    "password",
    "Password-Reset-Link",
    "account_api_key",
    "api_key",
    "Token",
    "auth-token",
    "payment_token",
    "billing_address",
    "card_last_four",
    "remote_sdp",
    "html",
    "text",
];

fn secret() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(SECRET)),
        Just(json!([SECRET, { "x": SECRET }])),
        Just(json!({ "a": { "b": [SECRET] }, "c": SECRET })),
    ]
}

fn secrets() -> impl Strategy<Value = Value> {
    let members = prop::collection::btree_map(prop::sample::select(KEYS.to_vec()), secret(), 1..5);
    members.prop_map(|members| json!(members))
}

proptest! {
    #[test]
    fn no_secret_is_left_wherever_it_stood(
        top in secrets(), inner in secrets(), element in secrets(),
        name in prop::sample::select(vec!["new_user", "new_account", "password_recovery"]),
    ) {
        let mut body = json!({
            "account_id": "A", "event_category": "notification", "event_name": name, "msg_id": "m",
            "details": inner, "list": [element],
        });
        if let (Some(body), Value::Object(top)) = (body.as_object_mut(), top) {
            body.extend(top);
        }
        check(&body);
    }
}
