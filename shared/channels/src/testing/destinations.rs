//! One server that stands in for destinations of every type, and remembers what each was notified.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The first seven types, of which some tests count every request. A type is also the id of its destination, with
/// a hyphen for an underscore.
pub const FIRST_SEVEN: [&str; 7] =
    ["discord", "pagerduty", "slack", "opsgenie", "mattermost", "rocketchat", "webhook"];
/// Every type that there is.
pub fn every_type() -> Vec<&'static str> {
    crate::CHANNEL_TYPES.iter().map(|channel_type| channel_type.name).collect()
}

/// What a destination was notified.
#[derive(Debug, Clone)]
pub struct Notified {
    /// Its id, with an underscore where the id has a hyphen.
    pub destination: String,
    /// The path that was called.
    pub path: String,
    /// The JSON that was sent, or the text.
    pub body: Value,
    /// The header `Campanile-Transition`, of the webhook only.
    pub transition: String,
}

/// The server.
#[derive(Clone)]
pub struct StandIn {
    /// Its address, without a slash at the end.
    pub base: String,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    notified: Vec<Notified>,
    /// The status that a destination answers instead of its own.
    failing: BTreeMap<String, u16>,
    delay: Duration,
}

impl StandIn {
    /// Starts one on a port of this machine.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let stand_in = Self { base, heard: Arc::default() };
        let router = Router::new()
            .route("/{destination}", any(answer))
            .route("/{destination}/", any(answer))
            .route("/{destination}/{*rest}", any(answer))
            .with_state(stand_in.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        stand_in
    }

    /// The secret with all seven destinations; `more` is added to each.
    pub fn settings(&self, more: &Value) -> Value {
        let destinations: Vec<_> = FIRST_SEVEN.iter().map(|kind| self.destination(kind, more)).collect();
        json!({ "destinations": destinations })
    }

    /// The environment in which the services of AWS are this server.
    pub fn environment(&self) -> Vec<(String, String)> {
        let endpoint = |(name, kind): (&str, &str)| (name.to_owned(), format!("{}/{kind}", self.base));
        let given = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let endpoints = [
            ("AWS_ENDPOINT_URL_SNS", "sns"),
            ("AWS_ENDPOINT_URL_EVENTBRIDGE", "eventbridge"),
            ("AWS_ENDPOINT_URL_SESV2", "email"),
        ];
        let credentials = [("AWS_ACCESS_KEY_ID", "tests"), ("AWS_SECRET_ACCESS_KEY", "tests")];
        endpoints.map(endpoint).into_iter().chain(credentials.map(given)).collect()
    }

    /// The settings of a destination of type `kind`, with the members of `more` besides.
    pub fn destination(&self, kind: &str, more: &Value) -> Value {
        let url = format!("{}/{kind}", self.base);
        let settings = match kind {
            "slack_bot" => {
                json!({ "bot_token": "xoxb-token-of-ours", "channel": "C0123456789", "api_url": url })
            }
            "telegram" => {
                // No group, whose pace is a message in three seconds.
                let token = "123456:token-of-ours-0123456789-0123456789";
                json!({ "bot_token": token, "chat_id": "4711", "api_url": url })
            }
            "wecom" => json!({ "webhook_url": format!("{url}?key=token-of-ours") }),
            "dingtalk" => json!({ "webhook_url": format!("{url}?access_token=token-of-ours") }),
            "ntfy" => json!({ "server": url, "topic": "token-of-ours" }),
            "sns" => json!({ "topic_arn": "arn:aws:sns:eu-central-1:123456789012:alerts" }),
            "eventbridge" => {
                json!({ "event_bus": "arn:aws:events:eu-central-1:123456789012:event-bus/alerts" })
            }
            "email" => {
                json!({ "from": "alerts@example.com", "to": ["ops@example.com"], "region": "eu-central-1" })
            }
            "pagerduty" => json!({ "integration_key": "0123456789abcdef0123456789abcdef", "api_url": url }),
            "opsgenie" | "jsm" => {
                json!({ "api_key": "11111111-2222-3333-4444-555555555555", "api_url": url })
            }
            "webhook" => json!({ "url": url, "auth": "bearer", "token": "token-of-ours" }),
            _ => json!({ "webhook_url": url }),
        };
        let mut destination = json!({ "id": kind.replace('_', "-"), "type": kind, "settings": settings });
        for (name, value) in more.as_object().into_iter().flatten() {
            destination[name] = value.clone();
        }
        destination
    }

    /// Makes `destination` answer `status` from now on.
    pub fn fail(&self, destination: &str, status: u16) {
        self.heard.lock().unwrap().failing.insert(destination.to_owned(), status);
    }

    /// Makes `destination` answer as it should again.
    pub fn recover(&self, destination: &str) {
        self.heard.lock().unwrap().failing.remove(destination);
    }

    /// Lets every answer take so long.
    pub fn delay(&self, delay: Duration) {
        self.heard.lock().unwrap().delay = delay;
    }

    /// What `destination` took, in order; questions of Opsgenie's verification apart.
    pub fn notified(&self, destination: &str) -> Vec<Notified> {
        let heard = self.heard.lock().unwrap();
        heard.notified.iter().filter(|notified| notified.destination == destination).cloned().collect()
    }
}

async fn answer(
    State(stand_in): State<StandIn>,
    Path(path): Path<Vec<String>>,
    request: Request,
) -> Response {
    let destination = path.first().cloned().unwrap_or_default();
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let delay = stand_in.heard.lock().unwrap().delay;
    tokio::time::sleep(delay).await;
    let mut heard = stand_in.heard.lock().unwrap();
    if let Some(status) = heard.failing.get(&destination) {
        return StatusCode::from_u16(*status).unwrap().into_response();
    }
    let path = parts.uri.path().to_owned();
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let is_look = parts.method == http::Method::GET
        || header("x-amz-target").is_some_and(|target| !target.ends_with("PutEvents"));
    // SNS takes forms.
    let form = || Value::String(String::from_utf8_lossy(&body).replace('+', " "));
    let said = serde_json::from_slice(&body).unwrap_or_else(|_| form());
    if !is_look && !is_without_effect(&destination, &path, &said) {
        heard.notified.push(Notified {
            destination: destination.clone(),
            path: path.clone(),
            body: said,
            transition: header("campanile-transition").unwrap_or_default().to_owned(),
        });
    }
    success(&destination, &path)
}

/// Whether a vendor does nothing for it but answer.
fn is_without_effect(destination: &str, path: &str, said: &Value) -> bool {
    match destination {
        "telegram" => path.ends_with("/getMe") || path.ends_with("/getChat"),
        "slack_bot" => path.ends_with("/auth.test"),
        "wecom" => said.get("msgtype").is_none(),
        "feishu" => said["msg_type"] == "text",
        "sns" => said.as_str().is_some_and(|form| form.contains("Action=GetTopicAttributes")),
        _ => false,
    }
}

fn success(destination: &str, path: &str) -> Response {
    let json = |body: Value| (StatusCode::OK, body.to_string()).into_response();
    match destination {
        "jsm" => success("opsgenie", path),
        "slack_bot" => json(json!({ "ok": true, "channel": "C0123456789", "ts": "1503435956.000700" })),
        "telegram" => json(json!({ "ok": true, "result": { "message_id": 700 } })),
        "teams" => StatusCode::ACCEPTED.into_response(),
        "wecom" | "dingtalk" => json(json!({ "errcode": 0, "errmsg": "ok" })),
        "feishu" => json(json!({ "code": 0, "msg": "success", "data": {} })),
        "ntfy" => json(json!({ "id": "nFJwQYk7uXBm", "event": "message" })),
        "sns" => (StatusCode::OK, "<R><MessageId>11111111-2222-3333-4444-555555555555</MessageId></R>")
            .into_response(),
        "eventbridge" => json(json!({ "FailedEntryCount": 0, "Entries": [{ "EventId": "e-1" }] })),
        "email" => json(json!({ "MessageId": "m-1", "SendingEnabled": true })),
        "discord" => (StatusCode::OK, r#"{"id":"700","channel_id":"600"}"#).into_response(),
        "pagerduty" => (StatusCode::ACCEPTED, r#"{"status":"success"}"#).into_response(),
        "opsgenie" if path.contains("/requests/") => {
            (StatusCode::OK, r#"{"data":{"success":true,"isSuccess":true,"status":"done"}}"#).into_response()
        }
        "opsgenie" => (StatusCode::ACCEPTED, r#"{"result":"Request will be processed","requestId":"r-1"}"#)
            .into_response(),
        "rocketchat" => (StatusCode::OK, r#"{"success":true}"#).into_response(),
        "webhook" => StatusCode::NO_CONTENT.into_response(),
        _ => (StatusCode::OK, "ok").into_response(),
    }
}

impl Notified {
    /// Everything that was said, as one text.
    pub fn text(&self) -> String {
        format!("{} {} {}", self.path, self.body, self.transition)
    }

    /// Whether it says that an alert is over.
    pub fn is_end(&self) -> bool {
        self.body["event_action"] == "resolve"
            || self.path.ends_with("/close")
            || self.transition == "resolved"
            || self.text().contains("campanile.alert.resolved")
            || self.text().contains("RESOLVED")
    }
}
