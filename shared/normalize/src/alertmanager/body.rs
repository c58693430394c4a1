//! A body before its alerts are read: which of the two it is, and where each alert stands in it.

use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::Rejection;
use crate::value::trim_bytes;

/// Which program's alerts these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// What a Prometheus posts to an Alertmanager.
    Api,
    /// What an Alertmanager posts to a webhook.
    Webhook,
}

/// The alerts of a body as they were written.
pub(super) struct Body<'a> {
    pub(super) form: Form,
    pub(super) alerts: Vec<&'a RawValue>,
    /// How many more there were, by the word of the sender.
    pub(super) left_out: u64,
}

/// The members that tell a webhook from one alert of the API, which is how such an alert is kept.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow)]
    alerts: Option<&'a RawValue>,
    #[serde(borrow)]
    labels: Option<&'a RawValue>,
    #[serde(borrow, rename = "truncatedAlerts")]
    left_out: Option<&'a RawValue>,
}

impl<'a> Body<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Rejection> {
        let bytes = trim_bytes(bytes);
        if bytes.first() != Some(&b'{') {
            let alerts = serde_json::from_slice(bytes).map_err(|error| unreadable(&error))?;
            return Ok(Self { form: Form::Api, alerts, left_out: 0 });
        }
        let members: Members<'a> = serde_json::from_slice(bytes).map_err(|error| unreadable(&error))?;
        match members {
            Members { alerts: Some(alerts), left_out, .. } => {
                let left_out = left_out.and_then(|number| number.get().parse().ok()).unwrap_or(0);
                let alerts = serde_json::from_str(alerts.get()).map_err(|error| unreadable(&error))?;
                Ok(Self { form: Form::Webhook, alerts, left_out })
            }
            Members { labels: Some(_), .. } => {
                let alert = serde_json::from_slice(bytes).map_err(|error| unreadable(&error))?;
                Ok(Self { form: Form::Api, alerts: vec![alert], left_out: 0 })
            }
            Members { .. } => Err(missing_alerts()),
        }
    }
}

impl Form {
    /// The shortest body of this form that holds `alert` alone.
    pub(super) fn body_of(self, alert: &str) -> Vec<u8> {
        match self {
            Self::Api => alert.as_bytes().to_vec(),
            Self::Webhook => self.list_of(alert),
        }
    }

    /// A body of this form that is read as one even where `alert` is not.
    pub(super) fn list_of(self, alert: &str) -> Vec<u8> {
        match self {
            Self::Api => format!("[{alert}]"),
            Self::Webhook => format!(r#"{{"alerts":[{alert}]}}"#),
        }
        .into_bytes()
    }
}

fn unreadable(error: &serde_json::Error) -> Rejection {
    let place = format!("line {}, column {}", error.line(), error.column());
    match error.classify() {
        Category::Data => Rejection::new(
            "wrong_type",
            format!("the alerts are no list of objects ({place}): send those of Prometheus or Alertmanager"),
        ),
        Category::Syntax | Category::Eof | Category::Io => Rejection::new(
            "not_json",
            format!("the body breaks off or is no JSON ({place}): send a JSON list of alerts"),
        ),
    }
}

fn missing_alerts() -> Rejection {
    Rejection::new(
        "missing:alerts",
        "the body is an object without `alerts`: send version 4 of Alertmanager's webhook, or a list of alerts",
    )
}
