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
use crate::{InboundRequest, Normalized, Rejection, Settings};

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
/// A body that is not of Alertmanager's schema is rejected as a whole, with the reason `not_json`, `wrong_type` or
/// `missing:` and a member; an alert is refused alone, as `no_labels`, `no_label_name`, `ends_before_start` or
/// `too_large`.
pub fn split(request: &InboundRequest, settings: &Settings) -> Result<Batch, Rejection> {
    let token_name = request.headers.get(TOKEN_NAME).or(settings.account.as_ref());
    let account = token_name.map_or(UNKNOWN_ACCOUNT, String::as_str);
    let body = Body::parse(&request.body)?;
    let mut batch = Batch::default();
    for (position, alert) in body.alerts.iter().enumerate() {
        let alone = body.form.body_of(alert);
        match Message::read(alert, body.form, position)? {
            Ok(message) => {
                let event = message.into_event(account, request.received_at);
                batch.understood.push(Understood { event, body: alone });
            }
            Err(rejection) => batch.refused.push(Refused { position, rejection, body: alone }),
        }
    }
    Ok(batch)
}

/// Reads a body of which every alert can be kept.
pub fn normalize(request: &InboundRequest, settings: &Settings) -> Result<Normalized, Rejection> {
    let batch = split(request, settings)?;
    match batch.refused.into_iter().next() {
        Some(refused) => Err(refused.rejection),
        None => {
            Ok(batch.understood.into_iter().map(|understood| understood.event).collect::<Vec<_>>().into())
        }
    }
}
