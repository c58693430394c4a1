//! What ends an alert of which Netdata Cloud will say nothing more.

use alert::{Alert, AlertEvent, AutoResolve, EventId, Order, Severity, Signal, Source};
use jiff::Timestamp;

/// Why an alert is over without a word of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UntoldEnd {
    /// Its node is reached, and Netdata Cloud does not list it among what is active.
    NotActive,
    /// It says that its node is not reached, and Netdata Cloud reaches it.
    Reached,
    /// Other alerts of its node came with lists of all that is active there, and it was in none of them.
    NotListed,
}

impl UntoldEnd {
    const fn as_str(self) -> &'static str {
        match self {
            Self::NotActive => "not active",
            Self::Reached => "reached",
            Self::NotListed => "not listed",
        }
    }

    const fn reason(self) -> &'static str {
        match self {
            Self::NotActive => {
                "It is not among the active alerts of its node in Netdata Cloud any more; no notification of its end came."
            }
            Self::Reached => "Netdata Cloud reaches the node again; no notification of that came.",
            Self::NotListed => {
                "Later notifications of the same node list its active alerts, and this one is not among them: it expired."
            }
        }
    }
}

/// The event that ends `alert`, found at `found_at`: nobody knows when it really ended. However often and by whomever it is
/// found of one run of firing, it is the same event.
pub fn untold_end(alert: &Alert, end: UntoldEnd, found_at: Timestamp) -> AlertEvent {
    let (fingerprint, last_seen) = (alert.fingerprint.to_string(), alert.last_seen.to_string());
    AlertEvent {
        source: Source::Netdata,
        account: alert.account.clone(),
        fingerprint: alert.fingerprint,
        event_id: EventId::of(["netdata/untold-end/v1", &fingerprint, &last_seen]),
        signal: Signal::Resolved,
        severity: Severity::Info,
        severity_raw: end.as_str().to_owned(),
        title: alert.title.clone(),
        summary: Some(end.reason().to_owned()),
        resource: alert.resource.clone(),
        service: alert.service.clone(),
        value: None,
        url: alert.url.clone(),
        labels: alert.labels.clone(),
        annotations: [("untold_end".to_owned(), end.as_str().to_owned())].into(),
        occurred_at: found_at,
        started_at: alert.started_at,
        ended_at: Some(found_at),
        auto_resolve: AutoResolve::Recovery,
        episode: None,
        expires_at: None,
        // The same time whoever finds it: it stands in the history once.
        order: Order { sent_at: Some(alert.last_seen), ..Order::logged() },
    }
}
