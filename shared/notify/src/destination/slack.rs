//! Slack: [incoming webhooks](https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).
//!
//! An answer names no message, so nothing can be edited or answered in a thread: each change is a message of its own.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::attempt::Attempt;
use crate::judgement::{Hold, Judgement, Probe, Scope};
use crate::message::{self, Field, Message};
use crate::reach::Reach;
use crate::request::{Request, pruned};
use crate::retry::{retry_after, wait_of};
use crate::secret::SecretUrl;
use crate::settings::Fields;
use crate::shade::Shade;
use crate::text::{self, Markup, Room, fit};

/// Our cut of the message's own text, and Slack's limit of a section's.
const TEXT_UNITS: usize = 3000;
/// Our cut of a field's value. With it the blocks stay below the 13,200 characters of JSON that Slack takes.
const VALUE_UNITS: usize = 700;
/// Least time between two messages: Slack disables apps that send faster for long.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// Words that mean: not before somebody changes something.
const SUSPENDING: [&str; 7] = [
    "channel_not_found",
    "channel_is_archived",
    "action_prohibited",
    "no_service",
    "no_active_hooks",
    "invalid_token",
    "posting_to_general_channel_denied",
];
/// Words that mean: not this message.
const FAILING: [&str; 4] = ["invalid_payload", "user_not_found", "no_text", "too_many_attachments"];

/// A Slack destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slack {
    pub(super) webhook_url: SecretUrl,
}

impl Slack {
    pub(super) fn read(fields: &mut Fields, reach: &Reach) -> Option<Self> {
        let remedy = "copy it from the app's page Incoming Webhooks";
        Some(Self { webhook_url: fields.required_url("webhook_url", remedy, reach)? })
    }

    pub(super) fn request(&self, message: &Message) -> Request {
        let title = message::title(message, Room::units(TEXT_UNITS), Markup::Slack);
        let fields: Vec<_> = message::fields(message).iter().map(field).collect();
        let section = json!({ "type": "section", "text": section_text(message), "fields": fields });
        let body = json!({
            "text": title,
            "unfurl_links": false,
            "unfurl_media": false,
            "attachments": [
                { "color": Shade::of(message).hex(), "fallback": title, "blocks": [section] },
            ],
        });
        Request::post(self.webhook_url.expose().clone(), &pruned(body))
    }

    pub(super) fn judge(attempt: &Attempt<'_>, answer: &Answer) -> Judgement {
        if answer.status == 200 {
            return if is_ok(answer) { sent() } else { Judgement::failed() };
        }
        let body = answer.json();
        let text = answer.text();
        let word = body["error"].as_str().unwrap_or_else(|| text.trim());
        match answer.status {
            429 => limited(attempt, answer, &body),
            _ if SUSPENDING.contains(&word) => Judgement::suspended(Probe::Never),
            _ if FAILING.contains(&word) => Judgement::failed(),
            _ => Judgement::by_status(answer, attempt.at),
        }
    }
}

fn is_ok(answer: &Answer) -> bool {
    answer.text().trim() == "ok" || answer.json()["ok"] == true
}

fn sent() -> Judgement {
    Judgement::sent().holding(Some(Hold { scope: Scope::Destination, wait: PAUSE }))
}

fn limited(attempt: &Attempt<'_>, answer: &Answer, body: &Value) -> Judgement {
    let in_body = body["retry_after"].as_f64().and_then(wait_of);
    Judgement::retry_held(in_body.max(retry_after(&answer.headers, attempt.at)))
}

/// Summary and link; the summary yields to the link, which cannot be cut.
fn section_text(message: &Message) -> Value {
    let link = message::link(message).map(|url| link(&url, message.alert.source.as_str()));
    let taken = link.as_deref().map_or(0, |link| text::units(link) + 1);
    let room = Room::units(TEXT_UNITS.saturating_sub(taken));
    let summary = message::summary(message).map(|summary| fit(&summary, room, Markup::Slack));
    let parts: Vec<_> = summary.into_iter().chain(link).collect();
    if parts.is_empty() { Value::Null } else { mrkdwn(&parts.join("\n")) }
}

fn link(url: &str, source: &str) -> String {
    let url = url.replace('|', "%7C").replace('>', "%3E").replace('<', "%3C").replace('&', "&amp;");
    format!("<{url}|Open in {source}>")
}

fn field(field: &Field) -> Value {
    mrkdwn(&format!("*{}*\n{}", field.name, fit(&field.value, Room::units(VALUE_UNITS), Markup::Slack)))
}

fn mrkdwn(text: &str) -> Value {
    json!({ "type": "mrkdwn", "verbatim": true, "text": text })
}
