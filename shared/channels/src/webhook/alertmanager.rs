//! The body of [Alertmanager's webhook](https://prometheus.io/docs/alerting/latest/configuration/#webhook_config), version 4:
//! one alert of ours, or a whole group with those that ended.
//!
//! A receiver distinguishes alerts by their labels, and a severity is a label: a change of severity is a new alert there.
//! So a notification of one alert whose labels differ from what was announced also says that the announced one is over.

use alert::{Alert, Condition, Labels, alert_name, served_annotations, served_fingerprint, served_labels};
use jiff::Timestamp;
use net::sanitize;
use serde_json::{Map, Value, json};
use url::Url;

use super::announced::Announced;
use crate::timing::{occurred_at, since};
use crate::wording::web_address;
use crate::{AlertSubject, Attempt, Event, Notification, Subject};

/// Go's zero time: an end that is not known.
const NO_END: &str = "0001-01-01T00:00:00Z";

/// The body of the notification to the destination called `attempt.destination`.
pub(super) fn body(attempt: &Attempt<'_>) -> Value {
    let notification = attempt.notification;
    let (alerts, group_labels, truncated) = match &notification.subject {
        Subject::Alert(subject) => (of_alert(attempt, subject), name_of(&subject.alert), 0),
        Subject::Group(group) => {
            let announced = Announced::before(attempt);
            let member = |alert: &Alert| member(notification, alert, announced.labels_of(alert));
            let alerts: Vec<_> = group.alerts.iter().flat_map(member).collect();
            (alerts, sanitize::map(&group.labels), group.more)
        }
    };
    let maps = |name: &str| alerts.iter().filter_map(|alert| alert[name].as_object()).collect::<Vec<_>>();
    json!({
        "version": "4",
        "groupKey": format!("campanile:{}", notification.group),
        "truncatedAlerts": truncated,
        "status": status(&alerts),
        "receiver": attempt.destination,
        "groupLabels": group_labels,
        "commonLabels": common(&maps("labels")),
        "commonAnnotations": common(&maps("annotations")),
        "externalURL": external_url(notification),
        "notification_reason": reason(notification),
        "alerts": alerts,
    })
}

fn of_alert(attempt: &Attempt<'_>, subject: &AlertSubject) -> Vec<Value> {
    let (notification, alert) = (attempt.notification, &subject.alert);
    let recorded = subject.announced.as_ref().filter(|_| !notification.is_first).map(sanitize::map);
    let announced = recorded.or_else(|| Announced::before(attempt).labels_of(alert));
    described_by(notification, alert, !notification.event.is_end(), announced)
}

fn member(notification: &Notification, alert: &Alert, announced: Option<Labels>) -> Vec<Value> {
    let fires = alert.condition == Condition::Firing && !notification.event.is_end();
    described_by(notification, alert, fires, announced)
}

/// One alert of the body; two where the receiver knows it by another label set, which is over then: to Alertmanager's
/// receivers the labels are the alert.
fn described_by(
    notification: &Notification,
    alert: &Alert,
    fires: bool,
    announced: Option<Labels>,
) -> Vec<Value> {
    let labels = labels(alert);
    let announced = announced.filter(|announced| *announced != labels);
    match (fires, announced) {
        (false, announced) => vec![resolved(alert, &announced.unwrap_or(labels), ended_at(alert))],
        (true, None) => vec![firing(alert, &labels)],
        (true, Some(announced)) => {
            vec![firing(alert, &labels), resolved(alert, &announced, occurred_at(notification))]
        }
    }
}

pub(super) fn labels(alert: &Alert) -> Labels {
    sanitize::map(&served_labels(alert))
}

fn name_of(alert: &Alert) -> Labels {
    let labels = labels(alert);
    let name = labels.get("alertname").cloned().unwrap_or_else(|| sanitize::text(alert_name(alert)));
    Labels::from([("alertname".to_owned(), name)])
}

fn ended_at(alert: &Alert) -> Timestamp {
    alert.ended_at.unwrap_or(alert.condition_since)
}

fn firing(alert: &Alert, labels: &Labels) -> Value {
    described(alert, labels, "firing", NO_END)
}

fn resolved(alert: &Alert, labels: &Labels, at: Timestamp) -> Value {
    described(alert, labels, "resolved", &at.to_string())
}

fn described(alert: &Alert, labels: &Labels, status: &str, ends_at: &str) -> Value {
    json!({
        "status": status,
        "labels": labels,
        "annotations": sanitize::map(&served_annotations(alert)),
        "startsAt": since(alert).to_string(),
        "endsAt": ends_at,
        "generatorURL": web_address(alert.url.as_deref()).unwrap_or_default(),
        "fingerprint": served_fingerprint(labels),
    })
}

fn status(alerts: &[Value]) -> &'static str {
    let is_firing = alerts.iter().any(|alert| alert["status"] == "firing");
    if is_firing { "firing" } else { "resolved" }
}

fn reason(notification: &Notification) -> &'static str {
    match notification.event {
        Event::Resolved | Event::Expired => "all alerts resolved",
        Event::Reminder => "repeat interval elapsed",
        _ if notification.is_first => "first notification",
        Event::Updated if is_only_ended(notification) => "some alerts resolved",
        _ => "new alerts added",
    }
}

fn is_only_ended(notification: &Notification) -> bool {
    matches!(&notification.subject, Subject::Group(group) if group.opened == 0 && group.resolved > 0)
}

/// The console's own address, of which the link to this alert or group is a view.
fn external_url(notification: &Notification) -> String {
    let console = notification.links.console.as_deref().and_then(|link| Url::parse(link).ok());
    console.map_or_else(String::new, |mut url| {
        url.set_query(None);
        url.set_fragment(None);
        url.to_string().trim_end_matches('/').to_owned()
    })
}

/// What all of `maps` agree on.
fn common(maps: &[&Map<String, Value>]) -> Map<String, Value> {
    let Some((first, others)) = maps.split_first() else {
        return Map::new();
    };
    let is_common = |name: &str, value: &Value| others.iter().all(|map| map.get(name) == Some(value));
    first.iter().filter(|(name, value)| is_common(name, value)).map(|(n, v)| (n.clone(), v.clone())).collect()
}
