//! Mattermost: [incoming webhooks](https://developers.mattermost.com/integrate/webhooks/incoming/).

use serde_json::{Value, json};

use super::chat;
use crate::answer::Answer;
use crate::attempt::Attempt;
use crate::judgement::{Judgement, Probe};
use crate::message::{self, Message};
use crate::reach::Reach;
use crate::request::{Request, pruned};
use crate::secret::SecretUrl;
use crate::settings::Fields;
use crate::shade::Shade;
use crate::text::{Markup, Room, fit};

/// Our cut of the text.
const TEXT_UNITS: usize = 7000;
/// Our cut of all attachments as JSON: what older servers take.
const ATTACHMENTS_UNITS: usize = 7900;
/// Our cuts of the rest, in code units of JSON, so that the text always has room.
const TITLE_UNITS: usize = 600;
const VALUE_UNITS: usize = 500;

/// Names of errors that mean: not this message. Any other of an incoming webhook means: not before somebody
/// changes something.
const FAILING: [&str; 4] = ["parse", "decode", "text", "attachment"];

/// A Mattermost destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mattermost {
    pub(super) webhook_url: SecretUrl,
    channel: Option<String>,
    username: Option<String>,
    icon_url: Option<SecretUrl>,
}

impl Mattermost {
    pub(super) fn read(fields: &mut Fields, reach: &Reach) -> Option<Self> {
        let remedy = "copy it from Integrations, Incoming Webhooks, like https://host/hooks/key";
        let webhook_url = fields.required_url("webhook_url", remedy, reach);
        let (channel, username) = (fields.text("channel"), fields.text("username"));
        let icon_url = fields.url("icon_url", reach);
        Some(Self { webhook_url: webhook_url?, channel, username, icon_url })
    }

    pub(super) fn request(&self, message: &Message) -> Request {
        let body = json!({
            "channel": self.channel,
            "username": self.username,
            "icon_url": self.icon_url.as_ref().map(|url| url.expose().as_str()),
            "attachments": [attachment(message)],
        });
        Request::post(self.webhook_url.expose().clone(), &pruned(body))
    }

    pub(super) fn judge(attempt: &Attempt<'_>, answer: &Answer) -> Judgement {
        let is_retried = answer.status == 429 || (answer.status >= 500 && answer.status != 501);
        match error_name(&answer.json()) {
            _ if answer.status == 200 => match answer.text().trim() {
                "ok" => Judgement::sent(),
                _ => Judgement::failed(),
            },
            Some(name) if !is_retried => by_name(&name, answer.status),
            _ => Judgement::by_status(answer, attempt.at),
        }
    }
}

fn by_name(name: &str, status: u16) -> Judgement {
    let probe = if matches!(status, 401..=403) { Probe::Hourly } else { Probe::Never };
    if FAILING.contains(&name) { Judgement::failed() } else { Judgement::suspended(probe) }
}

/// The `x` of the error id `web.incoming_webhook.<x>.app_error`.
fn error_name(body: &Value) -> Option<String> {
    let name = body["id"].as_str()?.strip_prefix("web.incoming_webhook.")?;
    Some(name.strip_suffix(".app_error").unwrap_or(name).to_owned())
}

/// The attachment with as much of the summary as its JSON has room for.
fn attachment(message: &Message) -> Value {
    let room = Room::units(TITLE_UNITS).and_json(TITLE_UNITS);
    let link = message::link(message);
    // A title that is a link is shown as it is written, any other is read as Markdown.
    let markup = if link.is_some() { Markup::MattermostPlain } else { Markup::Mattermost };
    let value_room = Room::units(VALUE_UNITS).and_json(VALUE_UNITS);
    let mut attachment = pruned(json!({
        "fallback": message::title(message, room, Markup::MattermostPlain),
        "color": Shade::of(message).hex(),
        "title": message::title(message, room, markup),
        "title_link": link,
        "fields": chat::fields(message, value_room, Markup::Mattermost),
        "footer": "Campanile",
        "text": "",
    }));
    let brackets = 2;
    let taken = attachment.to_string().encode_utf16().count() + brackets;
    let room = Room::units(TEXT_UNITS).and_json(ATTACHMENTS_UNITS.saturating_sub(taken));
    attachment["text"] = message::summary(message)
        .map_or(Value::Null, |summary| fit(&summary, room, Markup::Mattermost).into());
    pruned(attachment)
}
