//! Stands in for Slack's Web API: one channel that takes messages, and some that do not.

use std::sync::Mutex;

use serde_json::{Value, json};
use wiremock::{MockServer, Request, Respond, ResponseTemplate};

use super::{SLACK_CHANNEL, SLACK_TOKEN, answering};

const TEXT_CHARS: usize = 40_000;
const MOST_BLOCKS: usize = 50;
const SECTION_CHARS: usize = 3000;
const MOST_FIELDS: usize = 10;
const FIELD_CHARS: usize = 2000;

/// Whether posts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateLimit {
    /// As many as come.
    Any,
    /// One a second; here, whatever the clock says, the first only.
    OneASecond,
}

/// A server that takes what Slack takes from a bot.
pub async fn slack_web(rate_limit: RateLimit) -> MockServer {
    answering(SlackWeb { rate_limit, posted: Mutex::default() }).await
}

struct SlackWeb {
    rate_limit: RateLimit,
    /// The `ts` of every message that is there.
    posted: Mutex<Vec<String>>,
}

impl Respond for SlackWeb {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
        let Some(token) = header("authorization").and_then(|value| value.strip_prefix("Bearer ")) else {
            return error("not_authed");
        };
        if token != SLACK_TOKEN {
            return error("invalid_auth");
        }
        let Ok(body) = serde_json::from_slice::<Value>(&request.body) else { return error("invalid_json") };
        if !header("content-type").is_some_and(|value| value.starts_with("application/json; charset=")) {
            return error("invalid_post_type");
        }
        match request.url.path().rsplit('/').next() {
            Some("auth.test") => taken(&json!({ "user_id": "U1", "bot_id": "B1" })),
            Some("chat.postMessage") => self.post(&body),
            Some("chat.update") => self.update(&body),
            _ => error("unknown_method"),
        }
    }
}

impl SlackWeb {
    fn post(&self, body: &Value) -> ResponseTemplate {
        let mut posted = self.posted.lock().unwrap();
        if self.rate_limit == RateLimit::OneASecond && !posted.is_empty() {
            let body = json!({ "ok": false, "error": "ratelimited" });
            return ResponseTemplate::new(429).insert_header("retry-after", "1").set_body_json(body);
        }
        let is_reply_to_nothing =
            body["thread_ts"].as_str().is_some_and(|thread| posted.iter().all(|ts| ts != thread));
        match body["channel"].as_str() {
            Some(SLACK_CHANNEL) => {}
            Some("C0ARCHIVED0") => return error("is_archived"),
            Some("C0NOTJOINED") => return error("not_in_channel"),
            _ => return error("channel_not_found"),
        }
        if is_reply_to_nothing {
            return error("cannot_reply_to_message");
        }
        if let Some(refusal) = unsayable(body) {
            return refusal;
        }
        let ts = format!("1503435956.{:06}", 700 + posted.len());
        posted.push(ts.clone());
        taken(&json!({ "channel": SLACK_CHANNEL, "ts": ts }))
    }

    fn update(&self, body: &Value) -> ResponseTemplate {
        let posted = self.posted.lock().unwrap();
        if body["channel"] != SLACK_CHANNEL {
            return error("channel_not_found");
        }
        if posted.iter().all(|ts| body["ts"] != ts.as_str()) {
            return error("message_not_found");
        }
        let said = json!({ "channel": SLACK_CHANNEL, "ts": body["ts"] });
        unsayable(body).unwrap_or_else(|| taken(&said))
    }
}

/// What a message is refused with.
fn unsayable(body: &Value) -> Option<ResponseTemplate> {
    let attachments = body["attachments"].as_array().cloned().unwrap_or_default();
    let text = body["text"].as_str().unwrap_or_default();
    if text.is_empty() && attachments.is_empty() {
        return Some(error("no_text"));
    }
    if text.chars().count() > TEXT_CHARS {
        return Some(error("msg_too_long"));
    }
    let blocks: Vec<_> =
        attachments.iter().filter_map(|attachment| attachment["blocks"].as_array()).flatten().collect();
    let is_wrong = blocks.len() > MOST_BLOCKS || !blocks.iter().all(|block| is_block(block));
    is_wrong.then(|| error("invalid_blocks"))
}

fn is_block(block: &Value) -> bool {
    let chars = |text: &Value| text["text"].as_str().unwrap_or_default().chars().count();
    let fields = block["fields"].as_array().cloned().unwrap_or_default();
    chars(&block["text"]) <= SECTION_CHARS
        && fields.len() <= MOST_FIELDS
        && fields.iter().all(|field| (1..=FIELD_CHARS).contains(&chars(field)))
}

fn taken(more: &Value) -> ResponseTemplate {
    let mut body = more.clone();
    body["ok"] = true.into();
    ResponseTemplate::new(200).set_body_json(body)
}

fn error(word: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "ok": false, "error": word }))
}
