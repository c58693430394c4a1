//! What may be posted to `/v1/alertmanager`, for the description of the API alone: the normalizer reads the bytes.
#![expect(dead_code, reason = "these types only describe themselves")]

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

/// Texts by name; one that is null or empty is as if absent.
type Texts = BTreeMap<String, Option<String>>;

/// A body: an Alertmanager's notification, or alerts as a Prometheus posts them.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Notification {
    /// Version 4 of Alertmanager's webhook
    /// (<https://prometheus.io/docs/alerting/latest/configuration/#webhook_config>), of which only the alerts are read.
    Webhook {
        /// The alerts.
        alerts: Vec<ReceivedAlert>,
    },
    /// Alerts of `POST /api/v2/alerts`.
    List(Vec<Said>),
    /// One of them.
    One(Said),
}

/// An alert of a notification.
#[derive(Deserialize, JsonSchema)]
pub(super) struct ReceivedAlert {
    /// Whether it fires.
    status: Status,
    #[serde(flatten)]
    said: Said,
}

/// An alert.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Said {
    /// What distinguishes it from others; one of them must have a value.
    labels: Texts,
    /// What explains it.
    annotations: Option<Texts>,
    /// When it began; a time before 1970 is as if absent.
    starts_at: Option<Timestamp>,
    /// When it ended, or will end unless it is sent again; a time before 1970 is as if absent.
    ends_at: Option<Timestamp>,
    /// Where it comes from.
    #[serde(rename = "generatorURL")]
    generator_url: Option<String>,
}

/// Whether an alert fires.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Firing,
    Resolved,
}
