//! PagerDuty: [Events API v2](https://developer.pagerduty.com/docs/send-alert-event).
//!
//! The group is the `dedup_key` of trigger, acknowledge and resolve alike: a key that changed would leave the incident
//! open for ever. There is no un-acknowledge.

mod trigger;

use std::sync::Arc;

use jiff::SignedDuration;
use net::{EgressPolicy, HttpAnswer, HttpRequest, Secret, SecretUrl, Unanswered, retry_after};
use serde_json::{Value, json};

use crate::settings::Fields;
use crate::{Attempt, Channel, Deliver, Event, Interpretation, Lifecycle, Probe, Progress, Request};

const DEFAULT_URL: &str = "https://events.pagerduty.com/v2/enqueue";
const KEY_CHARS: usize = 32;
/// Longest receipt that is kept, in characters.
const RECEIPT_CHARS: usize = 255;
/// Attempts that may follow each other after the short wait.
const SHORT_WAITS: u32 = 3;
const SHORT_WAIT_SECS: i64 = 30;
const LONG_WAIT_SECS: i64 = 180;

/// A PagerDuty destination.
#[derive(Debug)]
pub(crate) struct PagerDuty {
    integration_key: Secret,
    api_url: SecretUrl,
}

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let remedy = "copy it from the service's integration of type Events API v2";
    let key = fields.required_secret("integration_key", remedy);
    let is_key = |key: &Secret| {
        key.expose().len() == KEY_CHARS && key.expose().bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    if key.as_ref().is_some_and(|key| !is_key(key)) {
        let problem = format!("is not a key of {KEY_CHARS} letters and digits: {remedy}");
        fields.mistake("integration_key", problem);
    }
    let api_url = fields.url_or("api_url", DEFAULT_URL, egress);
    Some(Arc::new(PagerDuty { integration_key: key?, api_url: api_url? }))
}

impl Channel for PagerDuty {
    fn type_name(&self) -> &'static str {
        "pagerduty"
    }

    fn host(&self) -> &str {
        self.api_url.host()
    }

    fn secrets(&self) -> Vec<String> {
        vec![self.integration_key.expose().to_owned()]
    }

    fn lifecycle(&self) -> Lifecycle {
        Lifecycle {
            deliver: Deliver::State,
            opens_incidents: true,
            updates_in_place: true,
            threads: false,
            acknowledges: true,
            unacknowledges: false,
        }
    }

    fn request(&self, attempt: &Attempt<'_>) -> Option<Request> {
        let body = match attempt.notification.event {
            Event::Unacknowledged => return None,
            Event::Acknowledged => self.event("acknowledge", attempt),
            Event::Resolved | Event::Expired => self.event("resolve", attempt),
            _ => trigger::complete(self.event("trigger", attempt), attempt.notification),
        };
        Some(Request::Http(HttpRequest::post(self.api_url.expose().clone(), &body)))
    }

    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) => answered(attempt, answer),
            Err(unanswered) => Interpretation::unanswered(unanswered, Progress::default()),
        }
    }
}

impl PagerDuty {
    fn event(&self, action: &str, attempt: &Attempt<'_>) -> Value {
        json!({
            "routing_key": self.integration_key.expose(),
            "event_action": action,
            "dedup_key": attempt.notification.group,
        })
    }
}

fn answered(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    match answer.status {
        202 => {
            let key =
                answer.json()["dedup_key"].as_str().map(|key| key.chars().take(RECEIPT_CHARS).collect());
            Interpretation::sent().with_receipt(key)
        }
        400 if refuses_the_key(&answer.json()) => Interpretation::suspended(Probe::Hourly),
        429 => {
            let wait = retry_after(&answer.headers, attempt.at);
            Interpretation::limited(wait.max(Some(own_wait(attempt.number))))
        }
        _ => Interpretation::by_status(answer, attempt.at),
    }
}

/// Whether the event is refused because of its `routing_key`, which is not answered with 401.
fn refuses_the_key(body: &Value) -> bool {
    let is_of_key = |text: &str| {
        let text = text.to_lowercase();
        text.contains("routing key") || text.contains("routing_key")
    };
    let errors = body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().chain([&body["errors"], &body["message"]]).filter_map(Value::as_str).any(is_of_key)
}

/// PagerDuty names no wait; this is what its documents advise.
const fn own_wait(attempt: u32) -> SignedDuration {
    SignedDuration::from_secs(if attempt <= SHORT_WAITS { SHORT_WAIT_SECS } else { LONG_WAIT_SECS })
}
