//! Servers that refuse what the robots of `WeCom`, `DingTalk` and Feishu refuse, and ntfy: with 200 and a number.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};
use wiremock::{MockServer, Request, Respond, ResponseTemplate};

use super::answering;
use crate::mac::base64_hmac_sha256;

/// The secrets of the example settings.
pub(super) const DINGTALK_SECRET: &str = "SECmysecret";
pub(super) const FEISHU_SECRET: &str = "mysecret";
/// Messages that two of them take in a minute.
const MOST_MESSAGES: usize = 20;

/// What a robot is particular about.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// A word that must be in each message.
    pub keyword: Option<String>,
    /// The time that signatures must be of, within an hour; any time where it is not known.
    pub clock: Option<Timestamp>,
}

/// A server that takes what a robot of type `type_name` takes by `rules`.
pub async fn robot(type_name: &'static str, rules: Rules) -> MockServer {
    answering(Robot { type_name, rules, taken: Mutex::default() }).await
}

/// The answer of a robot that took a message.
pub(super) fn success(type_name: &str) -> ResponseTemplate {
    match type_name {
        "feishu" => feishu(0, "success"),
        _ => robot_answer(0, "ok"),
    }
}

struct Robot {
    type_name: &'static str,
    rules: Rules,
    taken: Mutex<Vec<Instant>>,
}

impl Respond for Robot {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let Ok(body) = serde_json::from_slice::<Value>(&request.body) else {
            return match self.type_name {
                "feishu" => feishu(9499, "Bad Request"),
                _ => robot_answer(43004, "invalid body"),
            };
        };
        let refusal = match self.type_name {
            "wecom" => self.wecom(request, &body),
            "dingtalk" => self.dingtalk(request, &body),
            _ => self.feishu(request, &body),
        };
        refusal.unwrap_or_else(|| success(self.type_name))
    }
}

impl Robot {
    fn wecom(&self, request: &Request, body: &Value) -> Option<ResponseTemplate> {
        let content = body["markdown"]["content"].as_str().unwrap_or_default();
        if query(request).get("key").map(String::as_str) != Some("0123456789secret") {
            return Some(robot_answer(93000, "invalid webhook url"));
        }
        if body["msgtype"] != "markdown" {
            return Some(robot_answer(40008, "invalid message type"));
        }
        if content.is_empty() || content.len() > 4096 {
            return Some(robot_answer(40058, "markdown.content exceed max length 4096"));
        }
        self.is_one_too_many().then(|| robot_answer(45009, "api freq out of limit"))
    }

    fn dingtalk(&self, request: &Request, body: &Value) -> Option<ResponseTemplate> {
        let query = query(request);
        let get = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        let at = get("timestamp");
        let message = format!("{at}\n{DINGTALK_SECRET}");
        let sign = base64_hmac_sha256(DINGTALK_SECRET.as_bytes(), message.as_bytes());
        if get("access_token").len() != 64 {
            return Some(robot_answer(300_005, "token is not exist"));
        }
        if !self.is_timely(at.parse().ok().map(|ms: i64| ms / 1000)) {
            return Some(robot_answer(310_000, "description:invalid timestamp"));
        }
        if sign != get("sign") {
            return Some(robot_answer(310_000, "description:sign not match"));
        }
        let (title, text) = (&body["markdown"]["title"], &body["markdown"]["text"]);
        if request.body.len() > 20_000 {
            return Some(robot_answer(460_101, "message too long"));
        }
        if [title, text].iter().any(|text| text.as_str().is_none_or(str::is_empty)) {
            return Some(robot_answer(40035, "invalid parameter"));
        }
        if !self.has_keyword(text) {
            return Some(robot_answer(310_000, "description:keywords not in content"));
        }
        self.is_one_too_many().then(|| robot_answer(130_101, "send too fast, exceed 20 times per minute"))
    }

    fn feishu(&self, request: &Request, body: &Value) -> Option<ResponseTemplate> {
        let at = body["timestamp"].as_str().unwrap_or_default();
        let sign = base64_hmac_sha256(format!("{at}\n{FEISHU_SECRET}").as_bytes(), b"");
        if !request.url.path().contains("/bot/v2/hook/") {
            return Some(feishu(19001, "param invalid: incoming webhook access token invalid"));
        }
        if !self.is_timely(at.parse().ok()) || body["sign"] != sign.as_str() {
            return Some(feishu(
                19021,
                "sign match fail or timestamp is not within one hour from current time",
            ));
        }
        if body["msg_type"] != "interactive" {
            return Some(feishu(19002, "params error, msg_type need"));
        }
        if request.body.len() > 20_000 {
            return Some(feishu(19036, "body too large"));
        }
        if body["card"]["elements"].as_array().is_none_or(|elements| elements.iter().any(Value::is_null)) {
            return Some(feishu(200_621, "parse card json err"));
        }
        (!self.has_keyword(&body["card"])).then(|| feishu(19024, "Key Words Not Found"))
    }

    fn is_timely(&self, seconds: Option<i64>) -> bool {
        let late = |clock: Timestamp| seconds.is_none_or(|at| clock.as_second().abs_diff(at) > 3600);
        !self.rules.clock.is_some_and(late)
    }

    fn has_keyword(&self, message: &Value) -> bool {
        self.rules.keyword.as_ref().is_none_or(|keyword| message.to_string().contains(keyword))
    }

    fn is_one_too_many(&self) -> bool {
        let mut taken = self.taken.lock().unwrap();
        taken.retain(|at| at.elapsed() < Duration::from_mins(1));
        if taken.len() >= MOST_MESSAGES {
            return true;
        }
        taken.push(Instant::now());
        false
    }
}

fn query(request: &Request) -> HashMap<String, String> {
    request.url.query_pairs().into_owned().collect()
}

fn robot_answer(code: i64, text: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "errcode": code, "errmsg": text }))
}

fn feishu(code: i64, text: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "code": code, "msg": text, "data": {} }))
}

/// What ntfy answers to a message published as JSON.
pub(super) fn ntfy(request: &Request) -> ResponseTemplate {
    let error = |status: u16, code: u32, text: &str| {
        ResponseTemplate::new(status).set_body_json(json!({ "code": code, "http": status, "error": text }))
    };
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let bytes = |name: &str| body[name].as_str().unwrap_or_default().len();
    let actions = body["actions"].as_array().map_or(0, Vec::len);
    if !request.headers.get("authorization").is_some_and(|value| value.as_bytes().starts_with(b"Bearer tk_"))
    {
        return error(401, 40101, "unauthorized");
    }
    if bytes("topic") == 0 {
        return error(400, 40024, "invalid request: request body must be valid JSON");
    }
    if bytes("title") > 1024 {
        return error(400, 40057, "invalid request: title too long");
    }
    if bytes("message") > 4096 || actions > 3 || !(1..=5).contains(&body["priority"].as_u64().unwrap_or(3)) {
        return error(400, 40018, "invalid request: actions invalid");
    }
    let answer = json!({ "id": "nFJwQYk7uXBm", "time": 1, "event": "message", "topic": body["topic"] });
    ResponseTemplate::new(200).set_body_json(answer)
}
