//! Microsoft Teams: a webhook of
//! [Workflows](https://learn.microsoft.com/en-us/connectors/teams/), made with the template for Teams webhooks.
//!
//! The answer says only that the flow was started: a card that Teams refuses fails later, where only the flow's run
//! history shows it. So cards keep well below every limit. The query of the address is its signature and stays as it is.

mod card;

use std::sync::Arc;

use jiff::SignedDuration;
use net::{EgressPolicy, HttpAnswer, HttpRequest, SecretUrl, Unanswered};

use crate::chat;
use crate::settings::Fields;
use crate::{Attempt, Channel, Interpretation, Lifecycle, Probe, Progress, Request};

/// Our own pace; the limit of the flow's bot is not published.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);
/// The end of the hosts of Office 365 connectors, which have ended.
const OLD_CONNECTORS: &str = ".webhook.office.com";
/// The end of the hosts of flows whose addresses were announced to end.
const OLD_FLOWS: &str = ".logic.azure.com";

/// A Teams destination.
#[derive(Debug)]
pub(crate) struct Teams {
    webhook_url: SecretUrl,
}

/// Reads the settings of one.
pub(crate) fn read(fields: &mut Fields, egress: &EgressPolicy) -> Option<Arc<dyn Channel>> {
    let remedy = "copy it from the flow's trigger, When a Teams webhook request is received";
    let webhook_url = chat::read_webhook_url(fields, remedy, egress)?;
    if webhook_url.host().ends_with(OLD_CONNECTORS) {
        let problem = "is of an Office 365 connector, which have ended: make a flow with the template for Teams webhooks";
        fields.mistake("webhook_url", problem);
    }
    if webhook_url.host().ends_with(OLD_FLOWS) {
        fields.warn(
            "webhook_url",
            "is of a kind that was announced to end on 2025-11-30: copy the flow's new address",
        );
    }
    Some(Arc::new(Teams { webhook_url }))
}

impl Channel for Teams {
    fn type_name(&self) -> &'static str {
        "teams"
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
        let message = card::message(attempt.notification);
        Some(Request::Http(HttpRequest::post(self.webhook_url.expose().clone(), &message)))
    }

    fn interpret(&self, attempt: &Attempt<'_>, answer: &Result<HttpAnswer, Unanswered>) -> Interpretation {
        match answer {
            Ok(answer) if matches!(answer.status, 200 | 202) => Interpretation::sent().pacing(Some(PAUSE)),
            Ok(answer) => refused(attempt, answer),
            Err(unanswered) => Interpretation::unanswered(unanswered, Progress::default()),
        }
    }
}

fn refused(attempt: &Attempt<'_>, answer: &HttpAnswer) -> Interpretation {
    let body = answer.json();
    match (answer.status, body["error"]["code"].as_str().unwrap_or_default()) {
        (400, "WorkflowTriggerIsNotEnabled") => Interpretation::suspended(Probe::Hourly),
        (400, "MissingApiVersionParameter") | (404, "WorkflowNotFound") => {
            Interpretation::suspended(Probe::Never)
        }
        _ => Interpretation::by_status(answer, attempt.at),
    }
}
