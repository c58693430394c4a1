//! Mattermost: [incoming webhooks](https://developers.mattermost.com/integrate/webhooks/incoming/).

use std::sync::Arc;

use net::{EgressPolicy, HttpAnswer, HttpRequest, SecretUrl, Unanswered};
use serde_json::{Value, json};

use crate::chat;
use crate::json::pruned;
use crate::settings::Fields;
use crate::text::{Markup, Room};
use crate::wording::{LinkKind, Wording, markdown_links};
use crate::{Attempt, Channel, Interpretation, Lifecycle, Probe, Progress, Request};

/// Our cut of the text.
const TEXT_UNITS: usize = 7000;
/// Our cut of all attachments as JSON: what older servers take.
const ATTACHMENTS_UNITS: usize = 7900;
/// What of it is kept for the text when fields are added.
const TEXT_LEAST_UNITS: usize = 2200;
/// Our cuts of the rest, in code units of JSON.
const TITLE_UNITS: usize = 500;
const VALUE_UNITS: usize = 400;

/// Names of errors that mean: not this message. Any other of an incoming webhook means: not before somebody changes
/// something.
const FAILING: [&str; 4] = ["parse", "decode", "text", "attachment"];
/// Of those, the names of what does not come back by itself.
const GONE: [&str; 1] = ["invalid"];

/// A Mattermost destination.
#[derive(Debug)]
pub(crate) struct Mattermost {
    webhook_url: SecretUrl,
    channel: Option<String>,
    username: Option<String>,
    icon_url: Option<SecretUrl>,
}

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let remedy = "copy it from Integrations, Incoming Webhooks, like https://host/hooks/key";
    let webhook_url = chat::read_webhook_url(fields, remedy, egress);
    let (channel, username) = (fields.text("channel"), fields.text("username"));
    let icon_url = fields.url("icon_url", egress);
    Some(Arc::new(Mattermost { webhook_url: webhook_url?, channel, username, icon_url }))
}

impl Channel for Mattermost {
    fn type_name(&self) -> &'static str {
        "mattermost"
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
        let body = pruned(json!({
            "channel": self.channel,
            "username": self.username,
            "icon_url": self.icon_url.as_ref().map(|url| url.expose().as_str()),
            "attachments": [attachment(&Wording::of(attempt.notification))],
        }));
        Some(Request::Http(HttpRequest::post(self.webhook_url.expose().clone(), &body)))
    }

    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) if answer.status == 200 => {
                Interpretation::by_body(answer, answer.text().trim() == "ok")
            }
            Ok(answer) => refused(attempt, answer),
            Err(unanswered) => Interpretation::unanswered(unanswered, Progress::default()),
        }
    }
}

fn refused(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    let is_retried = answer.status == 429 || (answer.status >= 500 && answer.status != 501);
    match error_name(&answer.json()) {
        Some(name) if !is_retried && FAILING.contains(&name.as_str()) => Interpretation::failed(),
        Some(name) if !is_retried && GONE.contains(&name.as_str()) => Interpretation::suspended(Probe::Never),
        Some(_) if !is_retried => Interpretation::suspended(Probe::Hourly),
        _ => Interpretation::by_status(answer, attempt.at),
    }
}

/// The `x` of the error id `web.incoming_webhook.<x>.app_error`.
fn error_name(body: &Value) -> Option<String> {
    let name = body["id"].as_str()?.strip_prefix("web.incoming_webhook.")?;
    Some(name.strip_suffix(".app_error").unwrap_or(name).to_owned())
}

/// The attachment, in which first the fields and then the text have as much room as its JSON leaves.
fn attachment(wording: &Wording) -> Value {
    let (title_link, links) = title_link(wording);
    // A title that is a link is shown as it is written, any other is read as Markdown.
    let markup = if title_link.is_some() { Markup::MattermostPlain } else { Markup::Mattermost };
    let room = Room::ANY.and_json(TITLE_UNITS);
    let mut attachment = pruned(json!({
        "fallback": wording.title_line(room, Markup::MattermostPlain),
        "color": wording.shade.hex(),
        "title": wording.title_line(room, markup),
        "title_link": title_link,
        "footer": "Campanile",
        "fields": [],
        "text": "",
    }));
    let left = ATTACHMENTS_UNITS.saturating_sub(json_units(&attachment));
    let fields = fields_within(wording, left.saturating_sub(TEXT_LEAST_UNITS));
    attachment["fields"] = fields.into();
    let left = ATTACHMENTS_UNITS.saturating_sub(json_units(&attachment));
    let text = wording.body(Room::units(TEXT_UNITS).and_json(left), Markup::Mattermost, &links);
    attachment["text"] = text.into();
    if attachment["fields"] == json!([]) {
        attachment["fields"].take();
    }
    pruned(attachment)
}

/// The fields that have room in `units` code units of JSON.
fn fields_within(wording: &Wording, units: usize) -> Vec<Value> {
    let mut left = units;
    let room = Room::ANY.and_json(VALUE_UNITS);
    let mut fields = Vec::new();
    for fact in &wording.facts {
        let field = chat::attachment_field(fact, room);
        if let Some(rest) = left.checked_sub(json_units(&field)) {
            left = rest;
            fields.push(field);
        }
    }
    fields
}

/// The link that the title is, and the others in Markdown.
pub(crate) fn title_link(wording: &Wording) -> (Option<String>, Vec<(LinkKind, String)>) {
    let in_title = wording.links.iter().find(|link| link.kind == LinkKind::Source);
    let in_title = in_title.or_else(|| wording.links.iter().find(|link| link.kind == LinkKind::Console));
    let kind = in_title.map(|link| link.kind);
    let others = wording.links.iter().filter(|link| Some(link.kind) != kind);
    (in_title.map(|link| link.url.clone()), markdown_links(others))
}

/// Code units of `value` in JSON, with the brackets or comma around it.
fn json_units(value: &Value) -> usize {
    value.to_string().encode_utf16().count() + 2
}
