//! Prometheus and everything that speaks like it: the array of alerts of Alertmanager's API v2
//! (<https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml>) and version 4 of its webhook
//! (<https://prometheus.io/docs/alerting/latest/configuration/#webhook_config>).
//!
//! One body carries many alerts, and one that cannot be kept takes nothing from the others: [`split`] yields each
//! alert with a body of its own, and [`normalize`] reads such a body again.

mod body;
mod identity;
mod message;
mod moment;
mod severity;
mod wire;

use alert::AlertEvent;

use self::body::Body;
use self::message::Message;
use crate::{InboundRequest, Normalized, Rejection, Settings, json};

/// The member of [`InboundRequest::headers`] that names the token a request came with: alerts do not say whose they are,
/// and whoever reads a kept request again must know. No request's own header of this name may stand there.
pub const TOKEN_NAME: &str = "campanile-token-name";

/// The account of alerts whose sender is not named.
const UNKNOWN_ACCOUNT: &str = "unknown";

/// The alerts of one body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// Those that can be kept.
    pub understood: Vec<Understood>,
    /// Those that cannot.
    pub refused: Vec<Refused>,
    /// What the operator should know though the alerts are good; logged, never part of a reply.
    pub warnings: Vec<&'static str>,
}

/// An alert that can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// What it says.
    pub event: AlertEvent,
    /// A body that says this and nothing else.
    pub body: Vec<u8>,
}

/// An alert that breaks a rule of Alertmanager's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its place in the body, counted from 0.
    pub position: usize,
    /// Which rule.
    pub rejection: Rejection,
    /// A body that says this and nothing else.
    pub body: Vec<u8>,
}

/// Takes a body apart. The account is the name of the token, see [`TOKEN_NAME`], else that of `settings`.
///
/// An alert is refused alone: as `no_labels`, `no_label_name`, `ends_before_start` or `labels_too_large`, or because it is not of
/// Alertmanager's schema, with the reason `wrong_type` or `missing:` and a member. A body is rejected as a whole with
/// these two where no alert of it is of the schema, and as `not_json`.
pub fn split(request: &InboundRequest, settings: &Settings) -> Result<Batch, Rejection> {
    let token_name = request.headers.get(TOKEN_NAME).or(settings.account.as_ref());
    let account = token_name.map_or(UNKNOWN_ACCOUNT, String::as_str);
    let json = json::strict(&request.body).map_err(|error| body::not_json(&error))?;
    let body = Body::parse(json.bytes())?;
    let mut batch = Batch { warnings: json.warning().into_iter().collect(), ..Batch::default() };
    for (position, alert) in body.alerts.iter().enumerate() {
        let event = Message::read(alert, body.form, position)
            .map(|message| message.into_event(account, request.received_at))
            .and_then(|event| with_labels_that_fit(event, position));
        match event {
            Ok(event) => batch.understood.push(Understood { event, body: body.form.body_of(alert) }),
            Err(rejection) => {
                batch.refused.push(Refused { position, rejection, body: body.form.list_of(alert) });
            }
        }
    }
    if batch.understood.is_empty() && batch.refused.iter().all(|refused| is_of_schema(&refused.rejection)) {
        return batch
            .refused
            .into_iter()
            .next()
            .map_or(Ok(Batch::default()), |refused| Err(refused.rejection));
    }
    Ok(batch)
}

fn with_labels_that_fit(event: AlertEvent, position: usize) -> Result<AlertEvent, Rejection> {
    match event.check_labels() {
        Ok(()) => Ok(event),
        Err(error) => Err(Rejection::new("labels_too_large", format!("alert {position}: {error}"))),
    }
}

/// Whether an alert was refused because it is not of Alertmanager's schema.
fn is_of_schema(rejection: &Rejection) -> bool {
    rejection.reason == "wrong_type" || rejection.reason.starts_with("missing:")
}

/// Reads a body of which every alert can be kept.
pub fn normalize(request: &InboundRequest, settings: &Settings) -> Result<Normalized, Rejection> {
    let batch = split(request, settings)?;
    match batch.refused.into_iter().next() {
        Some(refused) => Err(refused.rejection),
        None => Ok(Normalized {
            events: batch.understood.into_iter().map(|understood| understood.event).collect(),
            warnings: batch.warnings,
        }),
    }
}
