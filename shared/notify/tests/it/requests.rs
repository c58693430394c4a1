//! What each destination is sent for each kind of message, to the last header.

use std::fmt::Write;

use notify::{Attempt, Kind, Message};
use serde_json::{Value, json};
use wiremock::matchers::{any, method};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::stand_in::{
    alert, courier, deliver, destination, labels, message, message_of, now, reachability, success,
};

/// Headers that say nothing of us, or that change with the server's port.
const UNREMARKABLE: [&str; 3] = ["host", "accept", "content-length"];

/// Sends a message of each of `kinds` and shows the requests.
async fn requests(kind: &str, more: Value, kinds: &[Kind]) -> String {
    let messages: Vec<_> = kinds.iter().map(|kind| message(*kind)).collect();
    requests_of(kind, more, &messages).await
}

async fn requests_of(kind: &str, more: Value, messages: &[Message]) -> String {
    let mut shown = String::new();
    for message in messages {
        let server = MockServer::start().await;
        let processed = ResponseTemplate::new(200).set_body_json(json!({ "data": { "success": true } }));
        Mock::given(method("GET")).respond_with(processed).mount(&server).await;
        Mock::given(any()).respond_with(success(kind)).mount(&server).await;
        let destination = destination(kind, &server.uri(), &more);
        let attempt =
            Attempt { console_url: Some("https://alerts.example.com/"), ..Attempt::first(message, now()) };
        let outcome = courier(&destination).deliver(&destination, &attempt).await;
        assert_eq!(outcome.verdict, notify::Verdict::Sent, "{:?}", outcome.reason);
        writeln!(shown, "# {}\n", message.kind).unwrap();
        for request in server.received_requests().await.unwrap() {
            shown.push_str(&show(&request));
        }
    }
    shown
}

fn show(request: &Request) -> String {
    let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut shown = format!("{} {}{query}\n", request.method, request.url.path());
    let mut headers: Vec<_> =
        request.headers.iter().filter(|(name, _)| !UNREMARKABLE.contains(&name.as_str())).collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    for (name, value) in headers {
        writeln!(shown, "{name}: {}", value.to_str().unwrap()).unwrap();
    }
    if !request.body.is_empty() {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        writeln!(shown, "{body:#}").unwrap();
    }
    shown + "\n"
}

/// The kinds that every destination is told of.
const TOLD: [Kind; 6] =
    [Kind::Opened, Kind::Reopened, Kind::Escalated, Kind::Deescalated, Kind::Resolved, Kind::Expired];

#[tokio::test]
async fn discord() {
    insta::assert_snapshot!(requests("discord", json!({}), &TOLD).await);
}

#[tokio::test]
async fn discord_forum_without_a_thread() {
    let forum = json!({ "channel_type": "forum", "thread_name": "Alerts", "thread_tags": ["42"] });
    insta::assert_snapshot!(requests("discord", forum, &[Kind::Opened]).await);
}

#[tokio::test]
async fn pagerduty() {
    let kinds = [TOLD.as_slice(), &[Kind::Acknowledged]].concat();
    insta::assert_snapshot!(requests("pagerduty", json!({}), &kinds).await);
}

#[tokio::test]
async fn slack() {
    insta::assert_snapshot!(requests("slack", json!({}), &TOLD).await);
}

#[tokio::test]
async fn opsgenie() {
    let team = json!({ "responders": [{ "type": "team", "name": "Ops" }], "tags": ["prod"] });
    insta::assert_snapshot!(requests("opsgenie", team, &Kind::ALL).await);
}

#[tokio::test]
async fn mattermost() {
    insta::assert_snapshot!(requests("mattermost", json!({}), &TOLD).await);
}

#[tokio::test]
async fn rocketchat() {
    insta::assert_snapshot!(requests("rocketchat", json!({}), &TOLD).await);
}

#[tokio::test]
async fn chats_with_every_setting() {
    let mattermost = json!({ "channel": "ops", "username": "bell", "icon_url": "https://example.com/i.png" });
    let rocketchat = json!({ "channel": "#ops", "alias": "bell", "avatar": "https://example.com/a.png" });
    let shown = [
        requests("mattermost", mattermost, &[Kind::Opened]).await,
        requests("rocketchat", rocketchat, &[Kind::Opened]).await,
    ];
    insta::assert_snapshot!(shown.concat());
}

#[tokio::test]
async fn webhook_netdata() {
    let extra = json!({ "headers": { "X-Team": "ops" } });
    insta::assert_snapshot!(requests("webhook", extra, &TOLD).await);
}

#[tokio::test]
async fn webhook_netdata_reachability() {
    let messages = [Kind::Opened, Kind::Resolved].map(|kind| message_of(kind, reachability()));
    insta::assert_snapshot!(requests_of("webhook", json!({}), &messages).await);
}

#[tokio::test]
async fn webhook_alertmanager() {
    insta::assert_snapshot!(requests("webhook", json!({ "body": "alertmanager" }), &TOLD).await);
}

#[tokio::test]
async fn webhook_alertmanager_after_the_severity_changed() {
    let mut warning = alert();
    warning.severity = alert::Severity::Warning;
    let announced = Some(alert::served_labels(&warning));
    let messages = [Kind::Escalated, Kind::Resolved]
        .map(|kind| Message { announced: announced.clone(), ..message(kind) });
    insta::assert_snapshot!(requests_of("webhook", json!({ "body": "alertmanager" }), &messages).await);
}

#[tokio::test]
async fn webhook_cloudevents() {
    insta::assert_snapshot!(requests("webhook", json!({ "body": "cloudevents" }), &Kind::ALL).await);
}

#[tokio::test]
async fn an_alert_of_which_little_is_known() {
    let mut shown = String::new();
    let bare = alert::Alert {
        title: String::new(),
        summary: None,
        resource: None,
        service: None,
        value: None,
        url: None,
        account: String::new(),
        labels: labels(&[]),
        annotations: labels(&[]),
        started_at: None,
        ..alert()
    };
    for kind in ["discord", "pagerduty", "slack", "opsgenie", "mattermost", "rocketchat", "webhook"] {
        let message = message_of(Kind::Opened, bare.clone());
        writeln!(shown, "{kind} {}", requests_of(kind, json!({}), &[message]).await).unwrap();
    }
    insta::assert_snapshot!(shown);
}

#[tokio::test]
async fn a_damped_alert_says_how_often_it_flapped() {
    let server = crate::stand_in::server(success("slack")).await;
    let destination = destination("slack", &server.uri(), &json!({}));
    deliver(&destination, &Message { flapped: 3, ..message(Kind::Reopened) }).await;
    let request = &server.received_requests().await.unwrap()[0];
    let fields = &crate::stand_in::body(request)["attachments"][0]["blocks"][0]["fields"];
    assert_eq!(fields[5]["text"], "*Flapped*\n3 times");
}

#[test]
fn a_message_that_was_kept_is_sent_as_if_it_had_not_been() {
    for kind in Kind::ALL {
        let message = Message { flapped: 2, announced: Some(labels(&[("a", "b")])), ..message(kind) };
        let kept: Message = serde_json::from_str(&serde_json::to_string(&message).unwrap()).unwrap();
        assert_eq!(kept, message);
    }
}
