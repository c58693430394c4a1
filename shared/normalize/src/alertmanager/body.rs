//! A body before its alerts are read: which of the two it is, and where each alert stands in it.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::Rejection;
use crate::json::Unreadable;

/// Which program's alerts these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyShape {
    /// What a Prometheus posts to an Alertmanager.
    Api,
    /// What an Alertmanager posts to a webhook.
    Webhook,
}

/// The alerts of a body as they were written.
pub(super) struct Body<'a> {
    pub(super) shape: BodyShape,
    pub(super) alerts: Vec<&'a RawValue>,
    /// How many more there were, by the word of the sender.
    pub(super) left_out: u64,
}

impl<'a> Body<'a> {
    /// Reads strict JSON; of two equal members the later counts.
    pub(super) fn parse(json: &'a [u8]) -> Result<Self, Rejection> {
        if json.first() != Some(&b'{') {
            let alerts = serde_json::from_slice(json).map_err(|error| no_list(&error))?;
            return Ok(Self { shape: BodyShape::Api, alerts, left_out: 0 });
        }
        // What distinguishes a webhook from one alert of the API, which is how such an alert is kept.
        let members: BTreeMap<String, &RawValue> =
            serde_json::from_slice(json).map_err(|error| no_list(&error))?;
        if let Some(alerts) = members.get("alerts").filter(|alerts| alerts.get() != "null") {
            let alerts = serde_json::from_str(alerts.get()).map_err(|error| no_list(&error))?;
            let left_out =
                members.get("truncatedAlerts").and_then(|number| number.get().parse().ok()).unwrap_or(0);
            return Ok(Self { shape: BodyShape::Webhook, alerts, left_out });
        }
        if !members.contains_key("labels") {
            return Err(missing_alerts());
        }
        let alert = serde_json::from_slice(json).map_err(|error| no_list(&error))?;
        Ok(Self { shape: BodyShape::Api, alerts: vec![alert], left_out: 0 })
    }
}

impl BodyShape {
    /// The shortest body of this shape that holds `alert` alone.
    pub(super) fn body_of(self, alert: &str) -> Vec<u8> {
        match self {
            Self::Api => alert.as_bytes().to_vec(),
            Self::Webhook => self.list_of(alert),
        }
    }

    /// A body of this shape that is read as one even where `alert` is not.
    pub(super) fn list_of(self, alert: &str) -> Vec<u8> {
        match self {
            Self::Api => format!("[{alert}]"),
            Self::Webhook => format!(r#"{{"alerts":[{alert}]}}"#),
        }
        .into_bytes()
    }
}

fn no_list(error: &serde_json::Error) -> Rejection {
    let (line, column) = (error.line(), error.column());
    let message = format!(
        "the alerts are no list of objects (line {line}, column {column}): send those of Prometheus or Alertmanager"
    );
    Rejection::new("wrong_type", message)
}

/// The rejection of a body that is no JSON.
pub(super) fn not_json(error: &Unreadable) -> Rejection {
    let place = error.place();
    Rejection::new(
        "not_json",
        format!("the body breaks off or is no JSON ({place}): send a JSON list of alerts"),
    )
}

fn missing_alerts() -> Rejection {
    Rejection::new(
        "missing:alerts",
        "the body is an object without `alerts`: send version 4 of Alertmanager's webhook, or a list of alerts",
    )
}
