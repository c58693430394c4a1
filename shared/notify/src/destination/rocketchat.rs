//! Rocket.Chat: [incoming webhooks](https://docs.rocket.chat/docs/integrations).

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::chat;
use crate::answer::Answer;
use crate::attempt::Attempt;
use crate::judgement::{Judgement, Probe};
use crate::message::{self, Message};
use crate::reach::Reach;
use crate::request::{Request, pruned};
use crate::retry::{retry_after, wait_of};
use crate::secret::SecretUrl;
use crate::settings::Fields;
use crate::shade::Shade;
use crate::text::{Markup, Room, fit};

/// Our cut of a text; the server's own limit is 5000 unless configured.
const TEXT_UNITS: usize = 4000;
const TITLE_UNITS: usize = 1024;
const VALUE_UNITS: usize = 1000;
/// The wait after a 429 that names none.
const OWN_WAIT: SignedDuration = SignedDuration::from_secs(60);

/// A Rocket.Chat destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RocketChat {
    pub(super) webhook_url: SecretUrl,
    channel: Option<String>,
    alias: Option<String>,
    avatar: Option<SecretUrl>,
}

impl RocketChat {
    pub(super) fn read(fields: &mut Fields, reach: &Reach) -> Option<Self> {
        let remedy = "copy it from Administration, Integrations, like https://host/hooks/id/token";
        let webhook_url = fields.required_url("webhook_url", remedy, reach);
        let (channel, alias) = (fields.text("channel"), fields.text("alias"));
        let avatar = fields.url("avatar", reach);
        Some(Self { webhook_url: webhook_url?, channel, alias, avatar })
    }

    pub(super) fn request(&self, message: &Message) -> Request {
        let markup = Markup::Mattermost;
        let body = json!({
            "text": message::title(message, Room::units(TEXT_UNITS), markup),
            "parseUrls": false,
            "channel": self.channel,
            "alias": self.alias,
            "avatar": self.avatar.as_ref().map(|url| url.expose().as_str()),
            "attachments": [{
                "color": Shade::of(message).hex(),
                "title": fit(&message::title_without_state(message), Room::units(TITLE_UNITS), Markup::MattermostPlain),
                "title_link": message::link(message),
                "text": message::summary(message).map(|text| fit(&text, Room::units(TEXT_UNITS), markup)),
                "ts": message.occurred_at().to_string(),
                "fields": chat::fields(message, Room::units(VALUE_UNITS), markup),
            }],
        });
        Request::post(self.webhook_url.expose().clone(), &pruned(body))
    }

    pub(super) fn judge(attempt: &Attempt<'_>, answer: &Answer) -> Judgement {
        let body = answer.json();
        let error = body["error"].as_str().unwrap_or_default();
        match answer.status {
            200 if body["success"] != false => Judgement::sent(),
            429 => Judgement::retry_held(Some(limit(answer, error, attempt.at))),
            503 if error == "Service Unavailable" => Judgement::suspended(Probe::Hourly),
            status => by_error(error, status).unwrap_or_else(|| Judgement::by_status(answer, attempt.at)),
        }
    }
}

fn by_error(error: &str, status: u16) -> Option<Judgement> {
    let suspends = error == "Invalid integration id or token provided."
        || error.starts_with("overriding destination channel is disabled")
        || error.contains("invalid-channel");
    if suspends {
        return Some(Judgement::suspended(Probe::Never));
    }
    let fails = status < 500 && matches!(error, "unknown-error" | "error-running-script");
    fails.then(Judgement::failed)
}

/// How long the server asks for: by a header of its own, by `Retry-After`, or in words.
fn limit(answer: &Answer, error: &str, now: Timestamp) -> SignedDuration {
    let reset = answer.header("x-ratelimit-reset").and_then(|reset| reset.parse().ok());
    let until = reset.and_then(|reset| Timestamp::from_millisecond(reset).ok());
    let by_reset = until.map(|until| until.duration_since(now)).filter(SignedDuration::is_positive);
    let asked = by_reset.or_else(|| retry_after(&answer.headers, now)).or_else(|| in_words(error));
    asked.unwrap_or(OWN_WAIT)
}

/// The wait in `You must wait 42 seconds before trying this endpoint again.`
fn in_words(error: &str) -> Option<SignedDuration> {
    let (_, rest) = error.split_once("must wait ")?;
    rest.split_whitespace().next()?.parse().ok().and_then(wait_of)
}
