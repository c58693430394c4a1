//! What Tencent's own history says of an alarm whose callback did not come.

use alert::{Alert, AlertEvent, AutoResolve, Order, Severity, Signal, Source, Timing};
use jiff::Timestamp;

use super::identity::{AlarmType, event_id};

/// How an alarm ended, by the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryEnd {
    /// It recovered.
    Recovered,
    /// Nobody watches any more, because its policy or its binding is gone. There is no callback for it.
    Void,
}

/// Whether the history can say how `alert` ended: it has one row for each life of a metric alarm.
pub fn has_history(alert: &Alert) -> bool {
    alert.source == Source::Tencent
        && alert.labels.get("alarm_type").is_some_and(|kind| kind == AlarmType::Metric.as_str())
        && alert.labels.contains_key("policy_id")
        && alert.started_at.is_some()
}

/// The event that ends `alert` at `ended_at`. Of a recovery it is the one that the callback yields, so that the callback is a
/// duplicate if it comes after all.
pub fn ended(alert: &Alert, end: HistoryEnd, ended_at: Timestamp) -> AlertEvent {
    let began_at = alert.started_at.unwrap_or(alert.first_seen);
    let lasted_secs = ended_at.duration_since(began_at).as_secs().max(0);
    let (status, summary) = match end {
        HistoryEnd::Recovered => ("0", "It recovered, by Tencent's history of alarms."),
        HistoryEnd::Void => (
            "NO_CONF",
            "It is void, by Tencent's history of alarms: its policy or its binding to this object is gone, and nobody \
             watches any more.",
        ),
    };
    let level = alert.severity_raw.to_lowercase();
    let fields = [&*began_at.to_string(), status, &lasted_secs.to_string(), &ended_at.to_string(), &level];
    AlertEvent {
        source: Source::Tencent,
        account: alert.account.clone(),
        fingerprint: alert.fingerprint,
        event_id: event_id(alert.fingerprint, fields),
        signal: Signal::Resolved,
        severity: Severity::Info,
        severity_raw: alert.severity_raw.clone(),
        title: alert.title.clone(),
        summary: Some(summary.to_owned()),
        resource: alert.resource.clone(),
        service: alert.service.clone(),
        value: None,
        url: alert.url.clone(),
        labels: alert.labels.clone(),
        annotations: [("alarm_status".to_owned(), status.to_owned())].into(),
        occurred_at: ended_at,
        started_at: Some(began_at),
        ended_at: Some(ended_at),
        auto_resolve: AutoResolve::Recovery,
        episode: alert.episode.clone(),
        expires_at: None,
        order: Order { timing: Timing::Logged, ..Order::default() },
    }
}
