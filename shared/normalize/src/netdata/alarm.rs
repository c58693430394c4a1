//! One transition of one alert, whichever form it came in, and the event that it makes.

use alert::{AlertEvent, AutoResolve, EventId, Fingerprint, Labels, Order, PriorState, Signal, Source};
use jiff::Timestamp;

use super::node::Node;
use super::page::Page;
use super::present;
use super::status::Status;
use crate::Normalized;

const NO_NODE: &str = "the alert names no node: equal alerts of different nodes are taken for one";

/// What the nested and the flat form of an alert both say.
pub(super) struct Alarm {
    pub(super) account: String,
    pub(super) node: Node,
    pub(super) name: String,
    /// The chart instance.
    pub(super) chart: Option<String>,
    pub(super) context: Option<String>,
    pub(super) status: Status,
    /// What it was before, where that is stated.
    pub(super) prior: Option<PriorState>,
    /// The status as sent.
    pub(super) status_raw: String,
    /// What is wrong, in words for people.
    pub(super) headline: String,
    pub(super) summary: Option<String>,
    pub(super) resource: Option<String>,
    pub(super) value: Option<String>,
    pub(super) page: Page,
    pub(super) transition_id: Option<String>,
    pub(super) occurred_at: Timestamp,
    pub(super) started_at: Option<Timestamp>,
    /// Labels beside those of the identity.
    pub(super) labels: Labels,
    pub(super) annotations: Labels,
}

impl Alarm {
    /// Its event, with a warning if no node is known.
    pub(super) fn into_normalized(self) -> Normalized {
        let warnings = if self.node.is_unknown() { vec![NO_NODE] } else { Vec::new() };
        Normalized { events: vec![self.into_event()], warnings }
    }

    fn into_event(self) -> AlertEvent {
        let fingerprint = self.fingerprint();
        let signal = self.status.signal();
        AlertEvent {
            source: Source::Netdata,
            fingerprint,
            event_id: self.event_id(fingerprint),
            signal,
            severity: self.status.severity(),
            title: self.title(),
            url: self.page.https_link(),
            labels: self.all_labels(),
            account: self.account,
            severity_raw: self.status_raw,
            summary: self.summary,
            resource: self.resource,
            service: self.context.or(self.chart),
            value: self.value,
            annotations: self.annotations,
            occurred_at: self.occurred_at,
            started_at: self.started_at,
            ended_at: (signal == Signal::Resolved).then_some(self.occurred_at),
            auto_resolve: AutoResolve::Recovery,
            episode: None,
            expires_at: None,
            order: Order::after(self.prior),
        }
    }

    /// Netdata itself distinguishes alerts by node, chart instance and name; the hash of the alert's definition
    /// changes with every edit of it and stays out.
    fn fingerprint(&self) -> Fingerprint {
        let chart = self.chart.as_deref().or(self.context.as_deref()).unwrap_or_default();
        Fingerprint::of(["netdata/alert/v1", &self.account, &self.node.identity(), chart, &self.name])
    }

    fn event_id(&self, fingerprint: Fingerprint) -> EventId {
        if let Some(transition) = &self.transition_id {
            return EventId::of(["netdata/transition/v1", transition]);
        }
        let occurred_at = self.occurred_at.to_string();
        EventId::of(["netdata/alert-event/v1", &fingerprint.to_string(), &occurred_at, self.status.as_str()])
    }

    fn title(&self) -> String {
        match &self.node.hostname {
            Some(hostname) => format!("{} on {hostname}", self.headline),
            None => self.headline.clone(),
        }
    }

    fn all_labels(&self) -> Labels {
        let identity = present([
            ("alertname", Some(self.name.clone())),
            ("instance", self.node.hostname.clone()),
            ("node_id", self.node.id.clone()),
            ("chart", self.chart.clone()),
            ("context", self.context.clone()),
        ]);
        identity.into_iter().chain(self.labels.clone()).collect()
    }
}
