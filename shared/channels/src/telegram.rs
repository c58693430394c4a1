//! Telegram: the [Bot API](https://core.telegram.org/bots/api).
//!
//! The first message of a group is edited with every change. An edit notifies nobody, so what is worse, milder, a reminder
//! or the end is also said in a reply to it. A group that was upgraded to a supergroup has a new id, which is remembered
//! for the destination.

mod answer;
mod message;

use std::sync::Arc;

use jiff::Timestamp;
use net::{EgressPolicy, HttpAnswer, HttpRequest, Secret, SecretUrl, Unanswered};
use serde_json::{Value, json};

use self::message::ParseMode;
use crate::settings::Fields;
use crate::{
    Attempt, Channel, Deliver, Event, Inspection, Interpretation, Lifecycle, Memory, Progress, Request,
};

const DEFAULT_URL: &str = "https://api.telegram.org";
const KEY_CHARS: usize = 35;

/// A Telegram destination.
#[derive(Debug)]
pub(crate) struct Telegram {
    bot_token: Secret,
    chat_id: String,
    /// The topic of a forum; none is the general one.
    topic_id: Option<u32>,
    api_url: SecretUrl,
}

/// How far a notification has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Step {
    /// The message that is there says it already.
    is_edited: bool,
    /// Telegram could not read the HTML or a link: without both.
    parse_mode: ParseMode,
}

/// The requests that notifications are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Send { reply_to: Option<i64> },
    Edit(i64),
}

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let bot_token = read_token(fields);
    let chat_id = read_chat(fields);
    let topic_id = fields.number("topic_id", 0, i32::MAX.unsigned_abs()).filter(|id| *id > 1);
    let api_url = fields.url_or("api_url", DEFAULT_URL, egress);
    Some(Arc::new(Telegram { bot_token: bot_token?, chat_id: chat_id?, topic_id, api_url: api_url? }))
}

fn read_token(fields: &mut Fields) -> Option<Secret> {
    let remedy = "copy it from BotFather, like 123456:ABC…";
    let token = fields.required_secret("bot_token", remedy)?;
    let is_key = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let is_token = token.expose().split_once(':').is_some_and(|(id, key)| {
        !id.is_empty()
            && id.bytes().all(|byte| byte.is_ascii_digit())
            && key.len() == KEY_CHARS
            && key.chars().all(is_key)
    });
    if !is_token {
        fields.mistake("bot_token", format!("is not a bot's token: {remedy}"));
    }
    is_token.then_some(token)
}

fn read_chat(fields: &mut Fields) -> Option<String> {
    let chat = fields
        .required_text("chat_id", "give the chat's id in quotes, like \"-1001234567890\", or its @name")?;
    let chat = chat.trim();
    let is_name = chat
        .strip_prefix('@')
        .is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
    if !is_name && chat.parse::<i64>().is_err() {
        fields.mistake(
            "chat_id",
            "is not a chat: give its id in quotes, like \"-1001234567890\", or its @name",
        );
        return None;
    }
    Some(chat.to_owned())
}

impl Channel for Telegram {
    fn type_name(&self) -> &'static str {
        "telegram"
    }

    fn host(&self) -> &str {
        self.api_url.host()
    }

    fn secrets(&self) -> Vec<String> {
        vec![self.bot_token.expose().to_owned()]
    }

    fn lifecycle(&self) -> Lifecycle {
        Lifecycle {
            deliver: Deliver::State,
            opens_incidents: false,
            updates_in_place: true,
            threads: true,
            acknowledges: true,
            unacknowledges: true,
        }
    }

    /// The chat's limit is a message in seconds.
    fn concurrency(&self) -> usize {
        1
    }

    /// Neither shows whether the bot may post there.
    fn inspections(&self, _at: Timestamp) -> Vec<Inspection> {
        let calls =
            [self.call("getMe", &json!({})), self.call("getChat", &json!({ "chat_id": self.chat_id }))];
        let inspection = |request| Inspection { request: Request::Http(request), judge: answer::judge };
        calls.into_iter().flatten().map(inspection).collect()
    }

    fn request(&self, attempt: &Attempt<'_>) -> Option<Request> {
        let step = Step::of(attempt);
        let mut body = message::body(attempt.notification, step.parse_mode);
        body["chat_id"] = self.chat(attempt).into();
        let method = match Call::of(attempt) {
            Call::Edit(id) => {
                body["message_id"] = id.into();
                "editMessageText"
            }
            Call::Send { reply_to } => {
                if let Some(topic) = self.topic_id {
                    body["message_thread_id"] = topic.into();
                }
                if let Some(id) = reply_to {
                    body["reply_parameters"] =
                        json!({ "message_id": id, "allow_sending_without_reply": true });
                }
                "sendMessage"
            }
        };
        self.call(method, &body).map(Request::Http)
    }

    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) => self.answered(attempt, answer),
            Err(unanswered) => Interpretation::unanswered(unanswered, attempt.progress.clone()),
        }
    }
}

impl Telegram {
    fn call(&self, method: &str, body: &Value) -> Option<HttpRequest> {
        let mut url = self.api_url.expose().clone();
        let bot = format!("bot{}", self.bot_token.expose());
        url.path_segments_mut().ok()?.pop_if_empty().extend([bot.as_str(), method]);
        Some(HttpRequest::post(url, body))
    }

    /// The chat of the settings, or the one that it became.
    fn chat(&self, attempt: &Attempt<'_>) -> String {
        let moved = &attempt.shared_memory.0;
        let is_ours = moved["from"] == self.chat_id.as_str();
        moved["to"].as_i64().filter(|_| is_ours).map_or_else(|| self.chat_id.clone(), |id| id.to_string())
    }

    fn is_group(&self) -> bool {
        self.chat_id.starts_with('-')
    }
}

impl Step {
    fn of(attempt: &Attempt<'_>) -> Self {
        let progress = &attempt.progress.0;
        let parse_mode = if progress["plain"] == true { ParseMode::Plain } else { ParseMode::Html };
        Self { is_edited: progress["edited"] == true, parse_mode }
    }

    fn progress(self) -> Progress {
        Progress(json!({ "edited": self.is_edited, "plain": self.parse_mode == ParseMode::Plain }))
    }
}

impl Call {
    fn of(attempt: &Attempt<'_>) -> Self {
        match known_message(attempt) {
            Some(id) if !Step::of(attempt).is_edited => Self::Edit(id),
            known => Self::Send { reply_to: known },
        }
    }
}

/// Whether it must reach people, which an edit does not.
const fn reaches_people(event: Event) -> bool {
    !matches!(event, Event::Updated | Event::Acknowledged | Event::Unacknowledged)
}

/// The message about the group, unless the group is new.
fn known_message(attempt: &Attempt<'_>) -> Option<i64> {
    attempt.memory.0["message"].as_i64().filter(|_| !attempt.notification.is_first)
}

/// What is remembered of the group.
fn memory(message: i64) -> Memory {
    Memory(json!({ "message": message }))
}
