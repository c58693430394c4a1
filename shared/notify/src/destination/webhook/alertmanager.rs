//! The body of [Alertmanager's webhook](https://prometheus.io/docs/alerting/latest/configuration/#webhook_config), version 4,
//! with one alert of ours.
//!
//! A receiver tells alerts apart by their labels, and a severity is a label: a change of severity is a new alert there.
//! So a message whose labels differ from what was announced also says that the announced alert is over.

use alert::{Labels, alert_name, served_annotations, served_fingerprint, served_labels};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::attempt::Attempt;
use crate::message::{self, Kind, Message};

/// Go's zero time: an end that is not known.
const NO_END: &str = "0001-01-01T00:00:00Z";

/// The body of the message to the destination called `receiver`.
pub(super) fn body(receiver: &str, attempt: &Attempt<'_>) -> Value {
    let message = attempt.message;
    let alerts = alerts(message);
    let maps = |name: &str| alerts.iter().filter_map(|alert| alert[name].as_object()).collect::<Vec<_>>();
    let labels = served_labels(&message.alert);
    let alert_name = labels.get("alertname").map_or(alert_name(&message.alert), String::as_str);
    json!({
        "version": "4",
        "groupKey": format!("campanile:{}", message.alert.fingerprint),
        "truncatedAlerts": 0,
        "status": status(message.kind),
        "receiver": receiver,
        "groupLabels": { "alertname": alert_name },
        "commonLabels": common(&maps("labels")),
        "commonAnnotations": common(&maps("annotations")),
        "externalURL": attempt.console_url.unwrap_or_default(),
        "notification_reason": reason(message),
        "alerts": alerts,
    })
}

fn alerts(message: &Message) -> Vec<Value> {
    let labels = served_labels(&message.alert);
    let announced = message.announced.as_ref().filter(|announced| **announced != labels);
    match (message.kind.is_end(), announced) {
        (true, announced) => vec![resolved(message, announced.unwrap_or(&labels), ended_at(message))],
        (false, None) => vec![firing(message, &labels)],
        (false, Some(announced)) => {
            vec![firing(message, &labels), resolved(message, announced, message.occurred_at())]
        }
    }
}

fn ended_at(message: &Message) -> Timestamp {
    message.alert.ended_at.unwrap_or(message.alert.condition_since)
}

fn firing(message: &Message, labels: &Labels) -> Value {
    alert(message, labels, "firing", NO_END)
}

fn resolved(message: &Message, labels: &Labels, at: Timestamp) -> Value {
    alert(message, labels, "resolved", &at.to_string())
}

fn alert(message: &Message, labels: &Labels, status: &str, ends_at: &str) -> Value {
    json!({
        "status": status,
        "labels": labels,
        "annotations": served_annotations(&message.alert),
        "startsAt": message.since().to_string(),
        "endsAt": ends_at,
        "generatorURL": message::link(message).unwrap_or_default(),
        "fingerprint": served_fingerprint(labels),
    })
}

const fn status(kind: Kind) -> &'static str {
    if kind.is_end() { "resolved" } else { "firing" }
}

const fn reason(message: &Message) -> &'static str {
    match message.kind {
        Kind::Resolved | Kind::Expired => "all alerts resolved",
        _ if message.is_first => "first notification",
        _ => "new alerts added",
    }
}

/// What all of `maps` agree on.
fn common(maps: &[&Map<String, Value>]) -> Map<String, Value> {
    let Some((first, others)) = maps.split_first() else {
        return Map::new();
    };
    let is_common = |name: &str, value: &Value| others.iter().all(|map| map.get(name) == Some(value));
    first.iter().filter(|(name, value)| is_common(name, value)).map(|(n, v)| (n.clone(), v.clone())).collect()
}
