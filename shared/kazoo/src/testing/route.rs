//! Which resource a request is for, and whether it gets there.

use alert::Clock;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::envelope::Answered;
use super::state::{Crossbar, Effect, Seen};
use super::{attempts, hooks, login, offered};

pub(super) fn answer(crossbar: &mut Crossbar, seen: &Seen) -> Answered {
    crossbar.requests.push(seen.clone());
    if !crossbar.pay(if seen.path.ends_with("_auth") { 35 } else { 1 }) {
        return Answered::error(429, "too_many_requests", json!({}));
    }
    match crossbar.take_fault(seen) {
        None => route(crossbar, seen).with("timestamp", json!(crossbar.clock.now().to_string())),
        Some(Effect::Error(status, message, data)) => Answered::error(status, message, data),
        Some(Effect::Echo(status)) => echo(status, seen),
        Some(Effect::Text(status, text)) => Answered::Text(status, text.to_owned()),
        Some(Effect::Envelope(status, envelope)) => Answered::Json(status, envelope),
        Some(Effect::RequestLost) => Answered::Lost,
        Some(Effect::Silence) => Answered::Never,
        Some(Effect::AnswerLost) => {
            route(crossbar, seen);
            Answered::Lost
        }
        Some(Effect::NewToken(token)) => {
            let answered = route(crossbar, seen);
            crossbar.tokens.clear();
            let life = jiff::SignedDuration::from_secs(3600);
            crossbar.tokens.insert(token.to_owned(), crossbar.clock.now().checked_add(life).unwrap());
            answered.with("auth_token", json!(token))
        }
    }
}

fn route(crossbar: &mut Crossbar, seen: &Seen) -> Answered {
    let path: Vec<_> = seen.path.trim_start_matches('/').split('/').collect();
    match (seen.method.as_str(), path.as_slice()) {
        ("GET", ["v2", "webhooks"]) => offered::list(crossbar),
        ("PUT", ["v2", "api_auth"]) => login::by_api_key(crossbar, seen),
        ("PUT", ["v2", "user_auth"]) => login::by_user(crossbar, seen),
        (_, ["v2", "accounts", account, rest @ ..]) => match login::admitted(crossbar, seen, account) {
            Ok(()) => below_account(crossbar, seen, account, rest),
            Err(refused) => refused,
        },
        (_, ["v2", ..]) => Answered::error(405, "invalid_method", json!({})),
        _ => Answered::Text(404, "<html>nginx</html>".to_owned()),
    }
}

fn below_account(crossbar: &mut Crossbar, seen: &Seen, account: &str, path: &[&str]) -> Answered {
    match (seen.method.as_str(), path) {
        ("GET", ["webhooks"]) => hooks::list(crossbar, seen, account),
        ("PUT", ["webhooks"]) => hooks::create(crossbar, seen, account),
        ("PATCH", ["webhooks"]) => hooks::reenable(crossbar, seen, |owner| owner == account),
        ("PATCH", ["descendants", "webhooks"]) => hooks::reenable(crossbar, seen, |owner| owner != account),
        ("GET", ["webhooks", "attempts"]) => attempts::list(crossbar, seen, None),
        ("GET", ["webhooks", id, "attempts"]) => attempts::list(crossbar, seen, Some(id)),
        ("GET", ["webhooks", id]) => hooks::read(crossbar, account, id),
        ("PATCH", ["webhooks", id]) => hooks::patch(crossbar, seen, account, id),
        ("DELETE", ["webhooks", id]) => hooks::delete(crossbar, account, id),
        _ => Answered::error(405, "invalid_method", json!({})),
    }
}

/// The worst that a server could do with what it was sent.
fn echo(status: u16, seen: &Seen) -> Answered {
    let token = seen.token.clone().unwrap_or_default();
    let all = format!("{token} {}", seen.body);
    let strings = strings(&seen.body);
    let request_id = seen.token.as_ref().or(strings.first());
    let reason = StatusCode::from_u16(status).unwrap();
    let mut fields = json!({ &all: { &all: { "message": all, "value": all, "cause": all, "target": all } } });
    for text in strings.iter().chain([&token]) {
        fields[text] = json!({ text: text });
        fields["nested"][text] = json!({ "message": text });
    }
    let data = if status == 404 { json!(strings) } else { fields };
    Answered::error(status, &format!("{reason} {all}"), data).with("request_id", json!(request_id))
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Object(members) => members.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}
