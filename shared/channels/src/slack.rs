//! Slack: [incoming webhooks](https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).
//!
//! An answer names no message, so nothing can be edited or answered in a thread: each notification is a message.

use std::sync::Arc;

use jiff::SignedDuration;
use net::{EgressPolicy, HttpAnswer, HttpRequest, SecretUrl, Unanswered, retry_after, wait_of_seconds};
use serde_json::{Value, json};

use crate::chat;
use crate::json::pruned;
use crate::settings::Fields;
use crate::text::{Markup, Room, fit};
use crate::timing::in_utc;
use crate::wording::{Fact, FactValue, Link, LinkKind, Wording};
use crate::{Attempt, Channel, Interpretation, Lifecycle, Probe, Progress, Request};

/// Our cut of the message's own text, and Slack's limit of a section's.
const TEXT_UNITS: usize = 3000;
/// Our cuts as JSON: with them all blocks stay below the 13,200 characters that Slack takes.
const TEXT_JSON_UNITS: usize = 6000;
const VALUE_JSON_UNITS: usize = 600;
/// Most fields of a section.
const MOST_FIELDS: usize = 10;
/// Least time between two messages: Slack disables apps that send faster for long.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// Slack's own words for: not before somebody changes something.
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
#[derive(Debug)]
pub(crate) struct Slack {
    webhook_url: SecretUrl,
}

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let webhook_url =
        chat::read_webhook_url(fields, "copy it from the app's page Incoming Webhooks", egress)?;
    Some(Arc::new(Slack { webhook_url }))
}

impl Channel for Slack {
    fn type_name(&self) -> &'static str {
        "slack"
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
        let body = message(&Wording::of(attempt.notification));
        Some(Request::Http(HttpRequest::post(self.webhook_url.expose().clone(), &body)))
    }

    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) if answer.status == 200 => {
                let is_ok = answer.text().trim() == "ok" || answer.json()["ok"] == true;
                Interpretation::by_body(answer, is_ok).pacing(is_ok.then_some(PAUSE))
            }
            Ok(answer) => refused(attempt, answer),
            Err(unanswered) => Interpretation::unanswered(unanswered, Progress::default()),
        }
    }
}

fn refused(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    let (body, text) = (answer.json(), answer.text());
    let word = body["error"].as_str().unwrap_or_else(|| text.trim());
    match answer.status {
        429 => {
            let in_body = body["retry_after"].as_f64().and_then(wait_of_seconds);
            Interpretation::limited(in_body.max(retry_after(&answer.headers, attempt.at)))
        }
        _ if SUSPENDING.contains(&word) => Interpretation::suspended(Probe::Never),
        _ if FAILING.contains(&word) => Interpretation::failed(),
        _ => Interpretation::by_status(answer, attempt.at),
    }
}

/// Text, colour and one section: what a message of the Web API has, too.
pub(crate) fn message(wording: &Wording) -> Value {
    let title = wording.title_line(Room::units(TEXT_UNITS), Markup::Slack);
    let fields: Vec<_> = wording.facts.iter().take(MOST_FIELDS).map(field).collect();
    let links: Vec<_> = wording.links.iter().map(link).collect();
    let room = Room::units(TEXT_UNITS).and_json(TEXT_JSON_UNITS);
    let text = wording.body(room, Markup::Slack, &links).map(|text| mrkdwn(&text));
    let fields = (!fields.is_empty()).then_some(fields);
    let blocks = (text.is_some() || fields.is_some())
        .then(|| json!([{ "type": "section", "text": text, "fields": fields }]));
    pruned(json!({
        "text": title,
        "unfurl_links": false,
        "unfurl_media": false,
        "attachments": [{ "color": wording.shade.hex(), "fallback": title, "blocks": blocks }],
    }))
}

/// A link in Slack's markup.
pub(crate) fn link(link: &Link) -> (LinkKind, String) {
    let url = link.url.replace('|', "%7C").replace('>', "%3E").replace('<', "%3C").replace('&', "&amp;");
    (link.kind, format!("<{url}|{}>", link.label))
}

fn field(fact: &Fact) -> Value {
    let value = match &fact.value {
        FactValue::Text(text) => fit(text, Room::ANY.and_json(VALUE_JSON_UNITS), Markup::Slack),
        // Shown in the reader's own zone.
        FactValue::Time(time) => {
            format!("<!date^{}^{{date_short_pretty}} {{time_secs}}|{}>", time.as_second(), in_utc(*time))
        }
    };
    mrkdwn(&format!("*{}*\n{value}", fact.name))
}

fn mrkdwn(text: &str) -> Value {
    json!({ "type": "mrkdwn", "verbatim": true, "text": text })
}
