//! Stands in for Telegram's Bot API: one chat, whose messages it keeps.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::{Value, json};
use wiremock::{MockServer, Request, Respond, ResponseTemplate};

use super::html::{Unreadable, shown_units};
use super::{TELEGRAM_CHAT, TELEGRAM_TOKEN, answering};

/// Messages and edits that a group takes in a minute.
const MOST_A_MINUTE: usize = 20;
const TEXT_UNITS: usize = 4096;

/// What is the matter with the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Chat {
    /// Nothing, and nobody counts.
    #[default]
    Fine,
    /// Nothing, but a group takes 20 messages a minute.
    Limited,
    /// It has become a supergroup of this id.
    Migrated(i64),
    /// The bot was blocked by the user.
    Blocked,
    /// The bot was removed.
    Kicked,
}

/// A server that takes what Telegram takes for `chat`.
pub async fn telegram(chat: Chat) -> MockServer {
    answering(Telegram { chat, messages: Mutex::default() }).await
}

struct Telegram {
    chat: Chat,
    /// By id what each message says.
    messages: Mutex<(usize, HashMap<i64, String>)>,
}

impl Respond for Telegram {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut segments = request.url.path().trim_start_matches('/').splitn(2, '/');
        let (bot, method) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
        if bot != format!("bot{TELEGRAM_TOKEN}") {
            return refused(401, "Unauthorized", &Value::Null);
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        match method {
            "getMe" => taken(&json!({ "id": 123_456, "is_bot": true })),
            "answerCallbackQuery" | "setWebhook" => taken(&true.into()),
            "getChat" => self.in_chat(&body).unwrap_or_else(|| taken(&json!({ "id": body["chat_id"] }))),
            "sendMessage" => {
                self.in_chat(&body).or_else(|| unsayable(&body)).unwrap_or_else(|| self.post(&body))
            }
            "editMessageText" => {
                self.in_chat(&body).or_else(|| unsayable(&body)).unwrap_or_else(|| self.edit(&body))
            }
            _ => refused(404, "Not Found", &Value::Null),
        }
    }
}

impl Telegram {
    /// What the chat itself refuses.
    fn in_chat(&self, body: &Value) -> Option<ResponseTemplate> {
        let chat_id = body["chat_id"].as_str().unwrap_or_default();
        match self.chat {
            Chat::Migrated(to) if chat_id != to.to_string() => Some(refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                &json!({ "migrate_to_chat_id": to }),
            )),
            Chat::Blocked => Some(refused(403, "Forbidden: bot was blocked by the user", &Value::Null)),
            Chat::Kicked => {
                Some(refused(403, "Forbidden: bot was kicked from the supergroup chat", &Value::Null))
            }
            Chat::Fine | Chat::Limited if chat_id != TELEGRAM_CHAT => {
                Some(refused(400, "Bad Request: chat not found", &Value::Null))
            }
            _ if body["message_thread_id"] == 1 => {
                Some(refused(400, "Bad Request: message thread not found", &Value::Null))
            }
            _ => None,
        }
    }

    fn post(&self, body: &Value) -> ResponseTemplate {
        let mut messages = self.messages.lock().unwrap();
        if self.is_one_too_many(&mut messages.0) {
            return too_many();
        }
        let id = 700 + i64::try_from(messages.1.len()).unwrap();
        messages.1.insert(id, said(body));
        taken(&json!({ "message_id": id, "chat": { "id": body["chat_id"], "type": "supergroup" } }))
    }

    fn edit(&self, body: &Value) -> ResponseTemplate {
        let mut messages = self.messages.lock().unwrap();
        if self.is_one_too_many(&mut messages.0) {
            return too_many();
        }
        let id = body["message_id"].as_i64().unwrap_or_default();
        match messages.1.get_mut(&id) {
            None => refused(400, "Bad Request: message to edit not found", &Value::Null),
            Some(message) if *message == said(body) => refused(
                400,
                "Bad Request: message is not modified: specified new message content",
                &Value::Null,
            ),
            Some(message) => {
                *message = said(body);
                taken(&json!({ "message_id": id }))
            }
        }
    }

    fn is_one_too_many(&self, count: &mut usize) -> bool {
        *count += 1;
        self.chat == Chat::Limited && *count > MOST_A_MINUTE
    }
}

/// What a text, or a button of it, is refused with.
fn unsayable(body: &Value) -> Option<ResponseTemplate> {
    let bad = |what: &str| Some(refused(400, &format!("Bad Request: {what}"), &Value::Null));
    let text = body["text"].as_str().unwrap_or_default();
    let units = match body["parse_mode"].as_str() {
        Some("HTML") => shown_units(text),
        _ => Ok(text.encode_utf16().count()),
    };
    let rows = body["reply_markup"]["inline_keyboard"].as_array().cloned().unwrap_or_default();
    let buttons: Vec<_> = rows.iter().filter_map(Value::as_array).flatten().collect();
    let has_address = |button: &&Value| {
        let url = button["url"].as_str().unwrap_or_default();
        url.starts_with("https://") || url.starts_with("http://")
    };
    match units {
        Err(Unreadable) => bad("can't parse entities: unsupported start tag or bare sign"),
        Ok(0) => bad("message text is empty"),
        Ok(units) if units > TEXT_UNITS => bad("message is too long"),
        Ok(_)
            if rows.iter().any(|row| row.as_array().is_some_and(|row| row.len() > 8))
                || buttons.len() > 100 =>
        {
            bad("reply markup is too long")
        }
        Ok(_) if !buttons.iter().all(has_address) => bad("BUTTON_URL_INVALID"),
        Ok(_) => None,
    }
}

/// What distinguishes one edit from another.
fn said(body: &Value) -> String {
    json!([body["text"], body["reply_markup"]]).to_string()
}

fn taken(result: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "ok": true, "result": result }))
}

fn refused(status: u16, description: &str, parameters: &Value) -> ResponseTemplate {
    let mut body = json!({ "ok": false, "error_code": status, "description": description });
    if !parameters.is_null() {
        body["parameters"] = parameters.clone();
    }
    ResponseTemplate::new(status).set_body_json(body)
}

fn too_many() -> ResponseTemplate {
    refused(429, "Too Many Requests: retry after 35", &json!({ "retry_after": 35 }))
        .insert_header("retry-after", "35")
}
