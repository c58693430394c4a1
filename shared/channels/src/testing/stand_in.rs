//! Servers that stand in for the vendors.

use std::sync::atomic::{AtomicU64, Ordering};

use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::alert_api;
use super::flow::Flow;
use super::robots::{self, Rules};
use super::slack_web::{self, RateLimit};
use super::telegram::{self, Chat};

/// A server that answers everything with `answer`.
pub async fn answering(answer: impl Respond + 'static) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// A server that takes what a destination of type `type_name` sends, as its vendor does.
pub async fn stand_in(type_name: &'static str) -> MockServer {
    match type_name {
        "wecom" | "dingtalk" | "feishu" => return robots::robot(type_name, Rules::default()).await,
        "opsgenie" | "jsm" => return alert_api::alert_api(type_name, 1).await.0,
        "slack_bot" => return slack_web::slack_web(RateLimit::Any).await,
        "teams" => return answering(Flow).await,
        "telegram" => return telegram::telegram(Chat::Fine).await,
        _ => {}
    }
    answering(Vendor { type_name, answers: AtomicU64::new(700) }).await
}

/// The answer of a vendor that took a notification.
pub fn success(type_name: &str) -> ResponseTemplate {
    numbered_success(type_name, 700)
}

struct Vendor {
    type_name: &'static str,
    answers: AtomicU64,
}

impl Respond for Vendor {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let number = self.answers.fetch_add(1, Ordering::Relaxed);
        if self.type_name == "ntfy" {
            return robots::ntfy(request);
        }
        numbered_success(self.type_name, number)
    }
}

fn numbered_success(type_name: &str, number: u64) -> ResponseTemplate {
    let text = |status, body: &str| ResponseTemplate::new(status).set_body_string(body);
    match type_name {
        "discord" => text(200, &format!(r#"{{"id":"{number}","channel_id":"600"}}"#)),
        "pagerduty" => text(202, r#"{"status":"success","message":"Event processed","dedup_key":"k"}"#),
        "opsgenie" | "jsm" => text(
            202,
            &format!(r#"{{"result":"Request will be processed","took":0.1,"requestId":"r-{number}"}}"#),
        ),
        "rocketchat" => text(200, r#"{"success":true}"#),
        "webhook" => text(204, ""),
        "teams" => text(202, ""),
        "wecom" | "dingtalk" | "feishu" => robots::success(type_name),
        "ntfy" => text(200, r#"{"id":"nFJwQYk7uXBm","event":"message"}"#),
        "slack_bot" => {
            text(200, &format!(r#"{{"ok":true,"channel":"C0123456789","ts":"1503435956.{number:06}"}}"#))
        }
        "telegram" => text(
            200,
            &format!(r#"{{"ok":true,"result":{{"message_id":{number},"chat":{{"id":-1001234567890}}}}}}"#),
        ),
        _ => text(200, "ok"),
    }
}
