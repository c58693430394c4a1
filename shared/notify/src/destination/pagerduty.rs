//! PagerDuty: [Events API v2](https://developer.pagerduty.com/docs/send-alert-event).
//!
//! The fingerprint is the `dedup_key` of trigger, acknowledge and resolve alike: a key that changed would leave the
//! incident open for ever. There is no un-acknowledge.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::attempt::Attempt;
use crate::judgement::Judgement;
use crate::message::{self, Kind, Message};
use crate::reach::Reach;
use crate::request::{Request, pruned, unless_empty};
use crate::retry::retry_after;
use crate::secret::{Secret, SecretUrl};
use crate::settings::Fields;
use crate::text::{Markup, Room, fit};

const DEFAULT_URL: &str = "https://events.pagerduty.com/v2/enqueue";
const KEY_CHARS: usize = 32;
const SUMMARY_UNITS: usize = 1024;
/// Our own cut of the other texts, for which no limit is documented.
const TEXT_UNITS: usize = 1024;
/// Largest body; above it the details are left out.
const BODY_BYTES: usize = 512_000;
const LEFT_OUT: &str = "the details were too large for PagerDuty and were left out by Campanile";
/// Attempts that may follow each other after the short wait.
const SHORT_WAITS: u32 = 3;
const SHORT_WAIT_SECS: i64 = 30;
const LONG_WAIT_SECS: i64 = 180;

/// A PagerDuty destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PagerDuty {
    pub(super) integration_key: Secret,
    pub(super) api_url: SecretUrl,
}

impl PagerDuty {
    pub(super) fn read(fields: &mut Fields, reach: &Reach) -> Option<Self> {
        let remedy = "copy it from the service's integration of type Events API v2";
        let key = fields.required_secret("integration_key", remedy);
        let is_key = |key: &Secret| {
            key.expose().len() == KEY_CHARS && key.expose().bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if key.as_ref().is_some_and(|key| !is_key(key)) {
            let problem = format!("is not a key of {KEY_CHARS} letters and digits: {remedy}");
            fields.mistake("integration_key", problem);
        }
        let api_url = fields.url_or("api_url", DEFAULT_URL, reach);
        Some(Self { integration_key: key?, api_url: api_url? })
    }

    pub(super) fn request(&self, attempt: &Attempt<'_>) -> Request {
        let url = self.api_url.expose().clone();
        let message = attempt.message;
        let body = match message.kind {
            Kind::Acknowledged => self.event("acknowledge", message),
            Kind::Resolved | Kind::Expired => self.event("resolve", message),
            _ => self.trigger(attempt),
        };
        Request::post(url, &body)
    }

    fn event(&self, action: &str, message: &Message) -> Value {
        json!({
            "routing_key": self.integration_key.expose(),
            "event_action": action,
            "dedup_key": message.alert.fingerprint.to_string(),
        })
    }

    fn trigger(&self, attempt: &Attempt<'_>) -> Value {
        let mut body = self.event("trigger", attempt.message);
        body["client"] = "Campanile".into();
        body["client_url"] = attempt.console_url.into();
        body["payload"] = payload(attempt.message);
        body["links"] = links(attempt.message);
        let mut body = pruned(body);
        if body.to_string().len() > BODY_BYTES {
            body["payload"]["custom_details"] = json!({ "note": LEFT_OUT });
        }
        body
    }

    pub(super) fn judge(attempt: &Attempt<'_>, answer: &Answer) -> Judgement {
        match answer.status {
            202 => Judgement::sent()
                .with_receipt(answer.json()["dedup_key"].as_str().map(|key| key.chars().take(255).collect())),
            429 => {
                let wait = retry_after(&answer.headers, attempt.at);
                Judgement::retry_held(wait.max(Some(own_wait(attempt.number))))
            }
            _ => Judgement::by_status(answer, attempt.at),
        }
    }
}

/// PagerDuty names no wait; this is what its documents advise.
const fn own_wait(attempt: u32) -> SignedDuration {
    SignedDuration::from_secs(if attempt <= SHORT_WAITS { SHORT_WAIT_SECS } else { LONG_WAIT_SECS })
}

fn payload(message: &Message) -> Value {
    let alert = &message.alert;
    json!({
        "summary": message::title(message, Room::units(SUMMARY_UNITS), Markup::None),
        "source": text(alert.resource.as_deref())
            .or_else(|| text(alert.service.as_deref()))
            .unwrap_or_else(|| alert.source.to_string()),
        "severity": severity(message),
        "timestamp": message.occurred_at().to_string(),
        "component": text(Some(alert::alert_name(alert))),
        "group": text(Some(&alert.account)),
        "class": alert.source.as_str(),
        "custom_details": details(message),
    })
}

const fn severity(message: &Message) -> &'static str {
    use alert::Severity::{Critical, High, Info, Low, Warning};
    match message.alert.severity {
        Critical => "critical",
        High => "error",
        Warning | Low => "warning",
        Info => "info",
    }
}

fn details(message: &Message) -> Value {
    let alert = &message.alert;
    let map = |labels: &alert::Labels| (!labels.is_empty()).then(|| labels.clone());
    unless_empty(json!({
        "summary": message::summary(message),
        "service": text(alert.service.as_deref()),
        "value": text(alert.value.as_deref()),
        "labels": map(&alert.labels),
        "annotations": map(&alert.annotations),
        "flapped": (message.flapped > 0).then_some(message.flapped),
    }))
}

fn links(message: &Message) -> Value {
    let text = format!("Open in {}", message.alert.source);
    message::link(message).map_or(Value::Null, |href| json!([{ "href": href, "text": text }]))
}

fn text(raw: Option<&str>) -> Option<String> {
    message::optional_line(raw).map(|line| fit(&line, Room::units(TEXT_UNITS), Markup::None))
}
