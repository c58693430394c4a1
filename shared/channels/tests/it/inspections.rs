//! Calls without effect: each vendor that has one is asked, knows a good destination, and takes nothing.

use channels::testing::{AwsStandIn, Chat, answering, channel, now, stand_in, telegram};
use channels::{CHANNEL_TYPES, Channel, InspectionFailure, Request};
use http::HeaderMap;
use net::{EgressPolicy, HttpAnswer, HttpClient};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

/// What the inspections of `channel` find.
async fn inspect(channel: &dyn Channel) -> Vec<Result<(), InspectionFailure>> {
    let client = HttpClient::builder(EgressPolicy::public().and_loopback()).build().unwrap();
    let mut found = Vec::new();
    for inspection in channel.inspections(now()) {
        let answer = match inspection.request {
            Request::Http(request) => client.send(request).await.unwrap(),
            Request::Aws { service, input } => AwsStandIn::default().answer(service, &input),
        };
        found.push((inspection.judge)(&answer));
    }
    found
}

/// How many calls without effect each vendor has; one that is new has to be thought of.
fn calls_of(type_name: &str) -> usize {
    match type_name {
        "telegram" => 2,
        "discord" | "opsgenie" | "jsm" | "slack_bot" | "wecom" | "feishu" | "sns" | "eventbridge"
        | "email" => 1,
        // Whatever is posted to these is a message, or nobody has documented what is none. A webhook has its ownership check.
        "pagerduty" | "slack" | "mattermost" | "rocketchat" | "webhook" | "teams" | "dingtalk" | "ntfy" => 0,
        other => unreachable!("has {other} a call without effect?"),
    }
}

#[tokio::test]
async fn every_vendor_that_has_a_call_without_effect_knows_a_good_destination_by_it() {
    for channel_type in CHANNEL_TYPES {
        let server = stand_in(channel_type.name).await;
        let channel = channel(channel_type.name, &server.uri(), &json!({}));
        assert_eq!(
            inspect(&*channel).await,
            vec![Ok(()); calls_of(channel_type.name)],
            "{}",
            channel_type.name
        );
        for request in server.received_requests().await.unwrap() {
            let path = request.url.path();
            let is_message = ["chat.postMessage", "sendMessage", "editMessageText", "/v2/alerts"];
            assert!(!is_message.iter().any(|end| path.ends_with(end)), "{path}");
            let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            let says = ["text", "embeds", "attachments", "card", "markdown"];
            assert!(says.iter().all(|member| body.get(*member).is_none()), "{body}");
        }
    }
}

#[tokio::test]
async fn a_destination_that_is_refused_says_what_to_do() {
    let of = async |type_name: &str, status, body: Value| {
        let server = answering(ResponseTemplate::new(status).set_body_json(body)).await;
        let channel = channel(type_name, &server.uri(), &json!({}));
        inspect(&*channel).await.remove(0)
    };
    for (type_name, status, body, remedy) in [
        ("discord", 404, json!({ "code": 10015 }), "copy its URL"),
        ("opsgenie", 401, json!({}), "copy it again"),
        ("jsm", 403, json!({ "code": 40301 }), "API integration"),
        ("telegram", 401, json!({ "ok": false }), "BotFather"),
        ("telegram", 400, json!({ "ok": false, "description": "Bad Request: chat not found" }), "chat_id"),
        ("slack_bot", 200, json!({ "ok": false, "error": "invalid_auth" }), "Bot User OAuth Token"),
        ("wecom", 200, json!({ "errcode": 93000 }), "copy the address"),
        ("feishu", 200, json!({ "code": 19001 }), "copy the address"),
        ("feishu", 200, json!({ "code": 19021 }), "`secret`"),
        ("feishu", 200, json!({ "code": 19022 }), "list"),
    ] {
        let found = of(type_name, status, body).await.unwrap_err();
        assert!(matches!(found, InspectionFailure::Refused(_)), "{type_name}: {found}");
        assert!(found.to_string().contains(remedy), "{type_name}: {found}");
    }
    for type_name in ["discord", "opsgenie", "jsm", "telegram", "slack_bot", "wecom", "feishu"] {
        let found = of(type_name, 503, json!({})).await;
        assert_eq!(found, Err(InspectionFailure::Unclear(503)), "{type_name}");
    }
}

#[tokio::test]
async fn a_chat_that_moved_is_followed_and_one_that_is_lost_is_found_out() {
    let found = async |chat| {
        let server = telegram(chat).await;
        inspect(&*channel("telegram", &server.uri(), &json!({}))).await.pop().unwrap()
    };
    assert_eq!(found(Chat::Migrated(-1_009_876_543_210)).await, Ok(()));
    for chat in [Chat::Blocked, Chat::Kicked] {
        assert!(matches!(found(chat).await, Err(InspectionFailure::Refused(_))));
    }
}

#[tokio::test]
async fn what_aws_does_not_have_is_named_and_a_missing_right_to_look_is_said() {
    for (type_name, more) in [
        ("sns", json!({ "topic_arn": "arn:aws:sns:eu-central-1:123456789012:missing" })),
        ("eventbridge", json!({ "event_bus": "missing" })),
    ] {
        let found = inspect(&*channel(type_name, "", &more)).await.remove(0);
        assert!(matches!(found, Err(InspectionFailure::Refused(_))), "{type_name}: {found:?}");
    }
    for type_name in ["sns", "eventbridge", "email"] {
        let channel = channel(type_name, "", &json!({}));
        let judge = channel.inspections(now()).remove(0).judge;
        let denied =
            HttpAnswer::new(403, HeaderMap::new(), r#"{"__type":"AccessDeniedException","message":"m"}"#);
        let found = judge(&denied).unwrap_err();
        assert!(!found.is_about_the_destination() && found.to_string().contains(':'), "{found}");
        let trouble = HttpAnswer::new(500, HeaderMap::new(), "");
        assert_eq!(judge(&trouble), Err(InspectionFailure::Unclear(500)));
    }
    let email = channel("email", "", &json!({})).inspections(now()).remove(0).judge;
    let paused = HttpAnswer::new(200, HeaderMap::new(), r#"{"SendingEnabled":false}"#);
    assert!(matches!(email(&paused), Err(InspectionFailure::Refused(_))));
}
