//! Feishu and Lark: a [custom bot](https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot).
//!
//! Nothing can be edited or answered in a thread: each notification is a card, in which every text of others is plain. A
//! signature holds for an hour, so each attempt has its own.

use std::sync::Arc;

use alert::Severity;
use jiff::{SignedDuration, Timestamp};
use net::{EgressPolicy, HttpAnswer, HttpRequest, Secret, SecretUrl, Unanswered};
use serde_json::{Value, json};

use crate::json::pruned;
use crate::mac::base64_hmac_sha256;
use crate::settings::Fields;
use crate::text::{Markup, Room, fit};
use crate::wording::{Fact, Link, Wording};
use crate::{
    Attempt, Channel, Event, Inspection, InspectionFailure, Interpretation, Lifecycle, Notification, Probe,
    Progress, Request, chat, robot,
};

/// Our cut of the whole message: the documented 20 KB less what the signature adds.
const MESSAGE_BYTES: usize = 18_000;
const TEXT_BYTES: usize = 12_000;
const TITLE: Room = Room::bytes(400);
const VALUE: Room = Room::bytes(300);
/// A card of a custom bot may be sent five times a second and a hundred times a minute.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// A Feishu destination.
#[derive(Debug)]
pub(crate) struct Feishu {
    webhook_url: SecretUrl,
    secret: Option<Secret>,
    keyword: Option<String>,
}

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let remedy = "copy it from the custom bot, like https://open.feishu.cn/open-apis/bot/v2/hook/…";
    let webhook_url = chat::read_webhook_url(fields, remedy, egress);
    let secret = fields.secret("secret");
    let keyword = robot::read_keyword(fields);
    Some(Arc::new(Feishu { webhook_url: webhook_url?, secret, keyword }))
}

impl Channel for Feishu {
    fn type_name(&self) -> &'static str {
        "feishu"
    }

    fn host(&self) -> &str {
        self.webhook_url.host()
    }

    fn secrets(&self) -> Vec<String> {
        let secret = self.secret.as_ref().map(|secret| secret.expose().to_owned());
        robot::sensitive_parts(&self.webhook_url).into_iter().chain(secret).collect()
    }

    fn lifecycle(&self) -> Lifecycle {
        chat::LIFECYCLE
    }

    fn concurrency(&self) -> usize {
        1
    }

    /// A text without its content, which a bot that there is refuses as such.
    fn inspections(&self, at: Timestamp) -> Vec<Inspection> {
        let body = self.signed(json!({ "msg_type": "text", "content": {} }), at);
        let request = HttpRequest::post(self.webhook_url.expose().clone(), &body);
        vec![Inspection { request: Request::Http(request), judge }]
    }

    fn request(&self, attempt: &Attempt<'_>) -> Option<Request> {
        let body = json!({ "msg_type": "interactive", "card": self.card(attempt.notification) });
        let body = self.signed(body, attempt.at);
        Some(Request::Http(HttpRequest::post(self.webhook_url.expose().clone(), &body)))
    }

    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) => answered(attempt, answer),
            Err(unanswered) => Interpretation::unanswered(unanswered, Progress::default()),
        }
    }
}

/// Seconds and signature. What is signed is the key itself, and the message is empty.
fn sign(secret: &Secret, at: Timestamp) -> (String, String) {
    let timestamp = at.as_second().to_string();
    let key = format!("{timestamp}\n{}", secret.expose());
    let sign = base64_hmac_sha256(key.as_bytes(), b"");
    (timestamp, sign)
}

fn answered(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    match robot::code(answer, &["code", "StatusCode"]) {
        None => robot::unexplained(attempt, answer),
        Some(0) if answer.is_success() => Interpretation::sent().pacing(Some(PAUSE)),
        Some(11232) => robot::limited(),
        Some(9499) if is_limit(answer) => robot::limited(),
        // There is no such bot any more.
        Some(19001) => Interpretation::suspended(Probe::Never),
        // The bot is off; the signature or our clock is wrong; our address is not allowed; a keyword is missing.
        Some(19007 | 19021 | 19022 | 19024) => Interpretation::suspended(Probe::Hourly),
        Some(_) => robot::refused(attempt, answer),
    }
}

/// A bad body and too many messages have the same number.
fn is_limit(answer: &HttpAnswer) -> bool {
    let body = answer.json();
    let text =
        body["msg"].as_str().or_else(|| body["StatusMessage"].as_str()).unwrap_or_default().to_lowercase();
    text.contains("too many") || text.contains("frequency")
}

fn judge(answer: &HttpAnswer) -> Result<(), InspectionFailure> {
    let refused = |problem| Err(InspectionFailure::Refused(problem));
    match robot::code(answer, &["code", "StatusCode"]) {
        Some(19001) => refused("there is no such bot any more: copy the address from the custom bot again"),
        Some(19021) => {
            refused("its signature is refused: copy `secret` again, and see that the clock is right")
        }
        Some(19022) => refused("our address is not on the bot's list: put it there"),
        Some(19007) => refused("the bot is turned off: turn it on"),
        Some(11232) | None => Err(InspectionFailure::Unclear(answer.status)),
        Some(_) => Ok(()),
    }
}

impl Feishu {
    fn signed(&self, mut body: Value, at: Timestamp) -> Value {
        if let Some(secret) = &self.secret {
            let (timestamp, sign) = sign(secret, at);
            body["timestamp"] = timestamp.into();
            body["sign"] = sign.into();
        }
        body
    }

    /// The card: if it is too large, its text is cut first.
    fn card(&self, notification: &Notification) -> Value {
        let wording = Wording::of(notification);
        let card = self.card_within(notification, &wording, TEXT_BYTES);
        let excess = card.to_string().len().saturating_sub(MESSAGE_BYTES);
        if excess == 0 {
            return card;
        }
        // A byte of the text has at least one in JSON, so this many fewer are enough.
        let bytes = text(&wording, TEXT_BYTES).map_or(0, |text| text.len());
        self.card_within(notification, &wording, bytes.saturating_sub(excess))
    }

    fn card_within(&self, notification: &Notification, wording: &Wording, text_bytes: usize) -> Value {
        let title = wording.title_line(TITLE, Markup::MattermostPlain);
        let title = robot::with_keyword(title, " ", self.keyword.as_deref());
        let facts: Vec<_> = wording.facts.iter().map(field).collect();
        let buttons: Vec<_> = wording.links.iter().map(button).collect();
        let elements = [
            text(wording, text_bytes).map(|text| json!({ "tag": "div", "text": plain(&text) })),
            (!facts.is_empty()).then(|| json!({ "tag": "div", "fields": facts })),
            (!buttons.is_empty()).then(|| json!({ "tag": "action", "actions": buttons })),
        ];
        pruned(json!({
            "config": { "wide_screen_mode": true },
            "header": { "template": template(notification), "title": plain(&title) },
            "elements": elements.into_iter().flatten().collect::<Vec<_>>(),
        }))
    }
}

/// Explanation and list.
fn text(wording: &Wording, bytes: usize) -> Option<String> {
    wording.body(Room::bytes(bytes), Markup::MattermostPlain, &[])
}

fn field(fact: &Fact) -> Value {
    let value = fit(&fact.value.plain(), VALUE, Markup::MattermostPlain);
    let is_short = fact.name != "Labels" && fact.name != "Note";
    json!({ "is_short": is_short, "text": plain(&format!("{}\n{value}", fact.name)) })
}

fn button(link: &Link) -> Value {
    json!({ "tag": "button", "type": "default", "text": plain(&link.label), "url": link.url })
}

fn plain(text: &str) -> Value {
    json!({ "tag": "plain_text", "content": text })
}

/// Feishu has words for colours.
fn template(notification: &Notification) -> &'static str {
    match notification.event {
        Event::Resolved => "green",
        Event::Expired => "grey",
        _ => match notification.severity() {
            Severity::Critical => "red",
            Severity::High => "orange",
            Severity::Warning => "yellow",
            Severity::Low => "blue",
            Severity::Info => "grey",
        },
    }
}
