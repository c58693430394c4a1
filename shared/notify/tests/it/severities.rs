//! What each destination makes of each severity.

use alert::Severity;
use notify::{Kind, Message};
use serde_json::{Value, json};

use crate::stand_in::{alert, body, deliver, destination, message, message_of, server, success};

/// The body that a destination of type `kind` is sent.
async fn sent(kind: &str, more: Value, message: &Message) -> Value {
    let server = server(success(kind)).await;
    let destination = destination(kind, &server.uri(), &more);
    deliver(&destination, message).await;
    body(&server.received_requests().await.unwrap()[0])
}

/// Where each destination shows how bad it is.
async fn shown(message: &Message) -> Vec<Value> {
    let attachment = |body: &Value| body["attachments"][0]["color"].clone();
    let plain = json!({});
    vec![
        sent("discord", plain.clone(), message).await["embeds"][0]["color"].clone(),
        sent("pagerduty", plain.clone(), message).await["payload"]["severity"].clone(),
        attachment(&sent("slack", plain.clone(), message).await),
        sent("opsgenie", plain.clone(), message).await["priority"].clone(),
        attachment(&sent("mattermost", plain.clone(), message).await),
        attachment(&sent("rocketchat", plain.clone(), message).await),
        sent("webhook", plain, message).await["severity"].clone(),
        sent("webhook", json!({ "body": "alertmanager" }), message).await["commonLabels"]["severity"].clone(),
        sent("webhook", json!({ "body": "cloudevents" }), message).await["severitynumber"].clone(),
    ]
}

#[tokio::test]
async fn every_severity_has_its_colour_and_its_word() {
    for (severity, number, pagerduty, hex, opsgenie, netdata, cloudevents) in [
        (Severity::Critical, 13_254_987, "critical", "#CA414B", "P1", "critical", 21),
        (Severity::High, 15_227_148, "error", "#E8590C", "P2", "warning", 17),
        (Severity::Warning, 16_761_095, "warning", "#FFC107", "P3", "warning", 13),
        (Severity::Low, 3_901_635, "warning", "#3B88C3", "P4", "warning", 10),
        (Severity::Info, 9_807_270, "info", "#95A5A6", "P5", "warning", 9),
    ] {
        let message = message_of(Kind::Opened, alert::Alert { severity, ..alert() });
        let expected = json!([number, pagerduty, hex, opsgenie, hex, hex, netdata, severity, cloudevents]);
        assert_eq!(json!(shown(&message).await), expected, "{severity}");
    }
}

#[tokio::test]
async fn what_is_over_is_green_and_what_expired_is_grey() {
    for (kind, number, hex) in [(Kind::Resolved, 3_066_993, "#2ECC71"), (Kind::Expired, 9_807_270, "#95A5A6")]
    {
        let message = message(kind);
        assert_eq!(sent("discord", json!({}), &message).await["embeds"][0]["color"], number);
        for chat in ["slack", "mattermost", "rocketchat"] {
            assert_eq!(sent(chat, json!({}), &message).await["attachments"][0]["color"], hex, "{chat}");
        }
        assert_eq!(sent("webhook", json!({}), &message).await["severity"], "clear");
    }
}
