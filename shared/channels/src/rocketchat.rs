//! Rocket.Chat: [incoming webhooks](https://docs.rocket.chat/docs/integrations).

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use net::{EgressPolicy, HttpAnswer, HttpRequest, SecretUrl, Unanswered, retry_after, wait_of_seconds};
use serde_json::{Value, json};

use crate::chat;
use crate::json::pruned;
use crate::mattermost::title_link;
use crate::settings::Fields;
use crate::text::{Markup, Room, fit};
use crate::wording::Wording;
use crate::{Attempt, Channel, Interpretation, Lifecycle, Probe, Progress, Request};

/// Our cut of a text; the server's own limit is 5000 unless configured.
const TEXT_UNITS: usize = 4000;
const TITLE_UNITS: usize = 1024;
const VALUE_UNITS: usize = 1000;
/// The wait after a 429 that names none.
const OWN_WAIT: SignedDuration = SignedDuration::from_secs(60);

/// A Rocket.Chat destination.
#[derive(Debug)]
pub(crate) struct RocketChat {
    webhook_url: SecretUrl,
    channel: Option<String>,
    alias: Option<String>,
    avatar: Option<SecretUrl>,
}

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let remedy = "copy it from Administration, Integrations, like https://host/hooks/id/token";
    let webhook_url = chat::read_webhook_url(fields, remedy, egress);
    let (channel, alias) = (fields.text("channel"), fields.text("alias"));
    let avatar = fields.url("avatar", egress);
    Some(Arc::new(RocketChat { webhook_url: webhook_url?, channel, alias, avatar }))
}

impl Channel for RocketChat {
    fn type_name(&self) -> &'static str {
        "rocketchat"
    }

    fn host(&self) -> &str {
        self.webhook_url.host()
    }

    fn secrets(&self) -> Vec<String> {
        self.webhook_url.sensitive_parts()
    }

    fn lifecycle(&self) -> Lifecycle {
        chat::LIFECYCLE
    }

    fn request(&self, attempt: &Attempt<'_>) -> Option<Request> {
        let wording = Wording::of(attempt.notification);
        let body = pruned(json!({
            "text": wording.title_line(Room::units(TEXT_UNITS), Markup::Mattermost),
            "parseUrls": false,
            "channel": self.channel,
            "alias": self.alias,
            "avatar": self.avatar.as_ref().map(|url| url.expose().as_str()),
            "attachments": [attachment(&wording)],
        }));
        Some(Request::Http(HttpRequest::post(self.webhook_url.expose().clone(), &body)))
    }

    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) if answer.status == 200 => Interpretation::by_body(answer, is_ok(answer)),
            Ok(answer) => refused(attempt, answer),
            Err(unanswered) => Interpretation::unanswered(unanswered, Progress::default()),
        }
    }
}

/// The title is in the text above already, so it is here only where it is a link.
fn attachment(wording: &Wording) -> Value {
    let (title_link, links) = title_link(wording);
    let title = fit(&wording.title, Room::units(TITLE_UNITS), Markup::MattermostPlain);
    json!({
        "color": wording.shade.hex(),
        "title": title_link.is_some().then_some(title),
        "title_link": title_link,
        "text": wording.body(Room::units(TEXT_UNITS), Markup::Mattermost, &links),
        "ts": wording.at.to_string(),
        "fields": chat::attachment_fields(wording, Room::units(VALUE_UNITS)),
    })
}

/// An empty body, `{}`, or `success: true`; a page of HTML comes from somebody else.
fn is_ok(answer: &HttpAnswer) -> bool {
    let is_empty = answer.text().trim().is_empty() && answer.is_complete;
    is_empty || answer.json() == json!({}) || answer.json()["success"] == true
}

fn refused(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    let body = answer.json();
    let error = body["error"].as_str().unwrap_or_default();
    match answer.status {
        429 => Interpretation::limited(Some(limit(answer, error, attempt.at))),
        503 if error == "Service Unavailable" => Interpretation::suspended(Probe::Hourly),
        status => by_error(error, status).unwrap_or_else(|| Interpretation::by_status(answer, attempt.at)),
    }
}

fn by_error(error: &str, status: u16) -> Option<Interpretation> {
    if error == "Invalid integration id or token provided." {
        return Some(Interpretation::suspended(Probe::Never));
    }
    if error.starts_with("overriding destination channel is disabled") || error.contains("invalid-channel") {
        return Some(Interpretation::suspended(Probe::Hourly));
    }
    let fails = status < 500 && matches!(error, "unknown-error" | "error-running-script");
    fails.then(Interpretation::failed)
}

/// How long the server asks for: by a header of its own, by `Retry-After`, or in words.
fn limit(answer: &HttpAnswer, error: &str, now: Timestamp) -> SignedDuration {
    let reset = answer.header("x-ratelimit-reset").and_then(|reset| reset.parse().ok());
    let until = reset.and_then(|reset| Timestamp::from_millisecond(reset).ok());
    let by_reset = until.map(|until| until.duration_since(now)).filter(SignedDuration::is_positive);
    let asked = by_reset.or_else(|| retry_after(&answer.headers, now)).or_else(|| in_words(error));
    asked.unwrap_or(OWN_WAIT)
}

/// The wait in `You must wait 42 seconds before trying this endpoint again.`
fn in_words(error: &str) -> Option<SignedDuration> {
    let (_, rest) = error.split_once("must wait ")?;
    rest.split_whitespace().next()?.parse().ok().and_then(wait_of_seconds)
}
