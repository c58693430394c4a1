//! A node that changes so often that Netdata notifies nothing of it is an alert of Campanile's own.
//!
//! <https://github.com/netdata/netdata-cloud/issues/96>: notifications are suspended until a node falls below thirty changes
//! an hour.

use std::collections::{BTreeMap, BTreeSet};

use alert::{
    AlertEvent, AutoResolve, Condition, EventId, Fingerprint, Labels, Order, Severity, Signal, Source,
};
use aws::{AlertFilter, PageSize};
use intake::{OWN_METHOD, record_event};
use jiff::Timestamp;
use netdata::Transition;
use normalize::InboundRequest;

use crate::netdata::changes::{SLICE, earlier};
use crate::netdata::keeper::Visit;
use crate::netdata::memory::SpaceMemory;
use crate::netdata::report::NetdataPartError;

/// From so many changes within an hour on Netdata notifies nothing of a node.
const MANY: usize = 30;
/// The alert's name.
const NAME: &str = "netdata_flood";
/// Most alerts of floods that are looked for.
const MOST_FLOODS: usize = 1000;

/// When the alerts of each node changed.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    nodes: BTreeMap<String, BTreeSet<(Timestamp, String)>>,
}

impl Pulse {
    /// That a node has changed, which counts once however often it is read.
    pub(crate) fn feel(&mut self, change: &Transition) {
        self.nodes.entry(change.node_id.clone()).or_default().insert((change.at, change.id.clone()));
    }

    /// Whether Netdata notifies nothing of `node` at `at`.
    pub(crate) fn floods(&self, node: &str, at: Timestamp) -> bool {
        self.count(node, at) >= MANY
    }

    /// How many changes there were in the hour before `at`.
    fn count(&self, node: &str, at: Timestamp) -> usize {
        self.hour_before(node, at).count()
    }

    fn hour_before(&self, node: &str, at: Timestamp) -> impl Iterator<Item = Timestamp> {
        let since = earlier(at, SLICE);
        let changes =
            self.nodes.get(node).into_iter().flat_map(move |all| all.range((since, String::new())..));
        changes.map(|(time, _)| *time).take_while(move |time| *time <= at)
    }

    /// Since when the flood lasts that holds at `at`.
    fn began(&self, node: &str, at: Timestamp) -> Timestamp {
        self.hour_before(node, at).nth(MANY - 1).unwrap_or(at)
    }

    fn nodes(&self) -> impl Iterator<Item = &String> {
        self.nodes.keys()
    }
}

impl Visit<'_> {
    /// Raises and resolves the alerts of floods; yields how many nodes flood at `now`.
    pub(crate) async fn record_floods(
        &self,
        memory: &mut SpaceMemory,
        pulse: &Pulse,
        now: Timestamp,
    ) -> Result<usize, NetdataPartError> {
        let mut firing = match memory.flooding.take() {
            Some(known) => known,
            None => self.known_floods().await?,
        };
        let flooding: BTreeSet<_> = pulse.nodes().filter(|node| pulse.floods(node, now)).cloned().collect();
        for node in flooding.difference(&firing) {
            let flood = Flood { space: &self.space.id, node, host: memory.names.get(node) };
            self.record_flood(flood.began(pulse.began(node, now), pulse.count(node, now))).await?;
        }
        let over: Vec<_> = firing.difference(&flooding).cloned().collect();
        for node in &over {
            let flood = Flood { space: &self.space.id, node, host: memory.names.get(node) };
            let known = self.platform.table.alerts_of([flood.fingerprint()]).await?;
            let alert = known.get(&flood.fingerprint()).filter(|alert| alert.condition == Condition::Firing);
            if let Some(alert) = alert {
                self.record_flood(flood.ended(alert.last_seen, now)).await?;
            }
        }
        firing.clone_from(&flooding);
        memory.flooding = Some(firing);
        Ok(flooding.len())
    }

    /// The nodes of this space whose flood fires.
    async fn known_floods(&self) -> Result<BTreeSet<String>, NetdataPartError> {
        let filter = AlertFilter {
            conditions: vec![Condition::Firing],
            sources: vec![Source::Campanile],
            accounts: vec![self.space.id.clone()],
            ..AlertFilter::default()
        };
        let page = self.platform.table.alerts(&filter, PageSize::items(MOST_FLOODS), None).await?;
        let floods = page
            .alerts
            .into_iter()
            .filter(|alert| alert.labels.get("alertname").is_some_and(|name| name == NAME));
        Ok(floods.filter_map(|alert| alert.labels.get("node_id").cloned()).collect())
    }

    async fn record_flood(&self, event: AlertEvent) -> Result<(), NetdataPartError> {
        let inbound = InboundRequest::empty(OWN_METHOD, self.api.clock.now());
        record_event(&*self.platform.table, event, &inbound).await?;
        Ok(())
    }
}

/// A node of a space, whose flood an event reports.
struct Flood<'a> {
    space: &'a str,
    node: &'a str,
    host: Option<&'a String>,
}

impl Flood<'_> {
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(["campanile/netdata-flood/v1", self.space, self.node])
    }

    fn began(&self, at: Timestamp, count: usize) -> AlertEvent {
        let host = self.host.map_or(self.node, String::as_str);
        AlertEvent {
            summary: Some(format!(
                "{count} alerts of {host} changed within an hour. Netdata Cloud notifies nothing of a node that changes so often: \
                 the keeper fetches its changes, some minutes late."
            )),
            started_at: Some(at),
            ..self.event(Signal::Firing, Severity::Warning, at, "flood")
        }
    }

    /// Found at `now`; the same event whoever finds it of the flood that was last heard of at `last_seen`.
    fn ended(&self, last_seen: Timestamp, now: Timestamp) -> AlertEvent {
        let event = self.event(Signal::Resolved, Severity::Info, last_seen, "over");
        AlertEvent {
            occurred_at: now,
            ended_at: Some(now),
            order: Order { sent_at: Some(last_seen), ..Order::logged() },
            ..event
        }
    }

    fn event(&self, signal: Signal, severity: Severity, at: Timestamp, state: &str) -> AlertEvent {
        let host = self.host.map_or(self.node, String::as_str);
        let labels =
            [("alertname", NAME), ("node_id", self.node), ("instance", host), ("space_id", self.space)];
        AlertEvent {
            source: Source::Campanile,
            account: self.space.to_owned(),
            fingerprint: self.fingerprint(),
            event_id: EventId::of([
                "campanile/netdata-flood-event/v1",
                self.space,
                self.node,
                state,
                &at.to_string(),
            ]),
            signal,
            severity,
            severity_raw: state.to_owned(),
            title: format!("Netdata Cloud notifies nothing of {host}, which changes too often"),
            summary: None,
            resource: Some(host.to_owned()),
            service: Some(Source::Netdata.to_string()),
            value: None,
            url: None,
            labels: labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            annotations: Labels::new(),
            occurred_at: at,
            started_at: None,
            ended_at: None,
            auto_resolve: AutoResolve::Recovery,
            episode: None,
            expires_at: None,
            order: Order::logged(),
        }
    }
}
