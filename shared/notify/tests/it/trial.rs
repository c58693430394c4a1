//! The operator's test.

use notify::{Probe, Type, Verdict};
use serde_json::json;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::stand_in::{body, courier, destination, now, server, success};

#[tokio::test]
async fn a_chat_is_sent_an_info_alert_that_is_at_once_over() {
    let server = server(success("slack")).await;
    let slack = destination("slack", &server.uri(), &json!({}));
    assert_eq!(courier(&slack).test(&slack, "t-1", now()).await.verdict, Verdict::Sent);
    let requests = server.received_requests().await.unwrap();
    let texts: Vec<_> = requests.iter().map(|request| body(request)["text"].clone()).collect();
    assert_eq!(texts, ["[INFO] Test of destination ops", "[RESOLVED] Test of destination ops"]);
}

#[tokio::test]
async fn an_incident_is_opened_and_closed_under_one_key() {
    let server = server(success("pagerduty")).await;
    let pagerduty = destination("pagerduty", &server.uri(), &json!({}));
    courier(&pagerduty).test(&pagerduty, "t-1", now()).await;
    let requests = server.received_requests().await.unwrap();
    let [opened, closed] = [0, 1].map(|index| body(&requests[index]));
    assert_eq!((&opened["event_action"], &closed["event_action"]), (&json!("trigger"), &json!("resolve")));
    assert_eq!(opened["dedup_key"], closed["dedup_key"]);
    assert_eq!(opened["payload"]["severity"], "info");
}

#[tokio::test]
async fn a_webhook_is_sent_the_test_notification_of_netdata() {
    let server = server(success("webhook")).await;
    let webhook = destination("webhook", &server.uri(), &json!({ "body": "cloudevents" }));
    assert_eq!(courier(&webhook).test(&webhook, "t-1", now()).await.verdict, Verdict::Sent);
    let requests = server.received_requests().await.unwrap();
    let body = body(&requests[0]);
    assert_eq!((&body["title"], &body["token"]), (&json!("Test Notification"), &json!("t-1")));
    assert_eq!(requests[0].headers["content-type"], "application/json");
    assert_eq!(requests.len(), 1);
}

#[tokio::test]
async fn a_test_that_does_not_arrive_says_why() {
    for kind in Type::ALL {
        let server = server(ResponseTemplate::new(404)).await;
        let destination = destination(kind.as_str(), &server.uri(), &json!({}));
        let outcome = courier(&destination).test(&destination, "t-1", now()).await;
        assert_eq!(outcome.verdict, Verdict::Suspended(Probe::Never));
        assert_eq!(outcome.reason.as_deref(), Some("127.0.0.1 answered 404"));
        assert_eq!(server.received_requests().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_close_that_is_still_on_its_way_is_looked_for_again() {
    let server = MockServer::start().await;
    let pending = Mock::given(method("GET")).respond_with(ResponseTemplate::new(404)).up_to_n_times(2);
    pending.mount(&server).await;
    let processed = ResponseTemplate::new(200).set_body_json(json!({ "data": { "success": true } }));
    Mock::given(method("GET")).respond_with(processed).mount(&server).await;
    Mock::given(method("POST")).respond_with(success("opsgenie")).mount(&server).await;
    let opsgenie = destination("opsgenie", &server.uri(), &json!({}));
    assert_eq!(courier(&opsgenie).test(&opsgenie, "t-1", now()).await.verdict, Verdict::Sent);
    assert_eq!(server.received_requests().await.unwrap().len(), 5);
}
