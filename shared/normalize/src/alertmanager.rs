//! Prometheus and everything that speaks like it: the array of alerts of Alertmanager's API v2
//! (<https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml>) and version 4 of its webhook
//! (<https://prometheus.io/docs/alerting/latest/configuration/#webhook_config>).
//!
//! One body carries many alerts, and one that cannot be kept takes nothing from the others: [`split`] yields each
//! alert with a body of its own, and [`normalize`] reads such a body again.
//!
//! Both programs re-state what holds, from memory and from several replicas at once, so that the moment of reception
//! orders what they say; see `docs/adr/0001-order-of-arrival.md`.

mod body;
mod cut;
mod identity;
mod message;
mod moment;
mod severity;
mod wire;

use std::collections::HashSet;

use alert::AlertEvent;

use self::body::Body;
use self::message::Message;
use crate::{InboundRequest, Normalized, Rejection, SourceConfiguration, json};

/// The member of [`InboundRequest::headers`] that names the token a request came with: alerts do not say whose they are,
/// and whoever reads a kept request again must know. No request's own header of this name may stand there.
pub const TOKEN_NAME: &str = "campanile-token-name";

/// The account of alerts whose sender is not named.
const UNKNOWN_ACCOUNT: &str = "unknown";

/// The alerts of one body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// Those that can be kept. Of equal events in one body the last counts, as in Alertmanager; of several events of one
    /// alert the last is what holds.
    pub understood: Vec<Understood>,
    /// Those that cannot.
    pub refused: Vec<Refused>,
    /// How many more alerts an Alertmanager says it had, and left out of its notification.
    pub left_out: u64,
    /// What the operator should know though the alerts are good; logged, never part of a reply.
    pub warnings: Vec<&'static str>,
}

/// An alert that can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// What it says.
    pub event: AlertEvent,
    /// A body that says this and nothing else; of a very large alert with its texts cut.
    pub body: Vec<u8>,
}

/// An alert that is not of Alertmanager's schema, or breaks a rule of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its place in the body, counted from 0.
    pub position: usize,
    /// Which rule.
    pub rejection: Rejection,
    /// A body that says this and nothing else; of a very large alert with its texts cut.
    pub body: Vec<u8>,
}

/// Takes a body apart. The account is the name of the token, see [`TOKEN_NAME`], else that of `configuration`.
///
/// A body that holds no alerts is rejected as a whole, with the reason `not_json`, `wrong_type` or `missing:alerts`; an
/// alert is refused alone, as `wrong_type`, `missing:` and a member, `no_labels`, `no_label_name`, `ends_before_start` or
/// `labels_too_large`.
pub fn split(request: &InboundRequest, configuration: &SourceConfiguration) -> Result<Batch, Rejection> {
    let token_name = request.headers.get(TOKEN_NAME).or(configuration.account.as_ref());
    let account = token_name.map_or(UNKNOWN_ACCOUNT, String::as_str);
    let json = json::strict(&request.body).map_err(|error| body::not_json(&error))?;
    let body = Body::parse(json.bytes())?;
    let warnings = json.warning().into_iter().collect();
    let mut batch = Batch { left_out: body.left_out, warnings, ..Batch::default() };
    for (position, alert) in body.alerts.iter().enumerate() {
        let alone = cut::to_what_is_kept(alert.get());
        let event = Message::read(alert, body.shape, position)
            .map(|message| message.into_event(account, request.received_at))
            .and_then(|event| with_labels_that_fit(event, position));
        match event {
            Ok(event) => batch.understood.push(Understood { event, body: body.shape.body_of(&alone) }),
            Err(rejection) => {
                batch.refused.push(Refused { position, rejection, body: body.shape.list_of(&alone) });
            }
        }
    }
    batch.understood = last_of_each(batch.understood);
    Ok(batch)
}

fn with_labels_that_fit(event: AlertEvent, position: usize) -> Result<AlertEvent, Rejection> {
    match event.check_labels() {
        Ok(()) => Ok(event),
        Err(error) => Err(Rejection::new("labels_too_large", format!("alert {position}: {error}"))),
    }
}

/// Without those that a later one repeats.
fn last_of_each(mut understood: Vec<Understood>) -> Vec<Understood> {
    let mut seen = HashSet::new();
    understood.reverse();
    understood.retain(|understood| seen.insert(understood.event.event_id));
    understood.reverse();
    understood
}

/// Reads a body of which every alert can be kept.
pub fn normalize(
    request: &InboundRequest,
    configuration: &SourceConfiguration,
) -> Result<Normalized, Rejection> {
    let batch = split(request, configuration)?;
    match batch.refused.into_iter().next() {
        Some(refused) => Err(refused.rejection),
        None => Ok(Normalized {
            events: batch.understood.into_iter().map(|understood| understood.event).collect(),
            warnings: batch.warnings,
        }),
    }
}
