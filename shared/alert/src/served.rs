//! The labels by which people and their tools know an alert: silences, queries and other systems match these.

use crate::{Alert, Labels, Source};

/// The labels of `alert` as they are served: its own, and where absent `alertname`, `severity`, `source` and `account`.
///
/// An alert that came from Prometheus or an Alertmanager keeps exactly the labels it came with.
pub fn served_labels(alert: &Alert) -> Labels {
    let mut labels = alert.labels.clone();
    if alert.source == Source::Alertmanager {
        return labels;
    }
    let name = labels.get("kind").or_else(|| labels.get("monitor_name")).cloned();
    let added = [
        ("alertname", name.unwrap_or_else(|| alert.source.to_string())),
        ("severity", alert.severity.to_string()),
        ("source", alert.source.to_string()),
        ("account", alert.account.clone()),
    ];
    for (name, value) in added {
        labels.entry(name.to_owned()).or_insert(value);
    }
    labels
}
