//! Destinations, alerts and a world to try them in.

use std::sync::Arc;

use alert::{
    Alert, AlertEvent, AutoResolve, Condition, EventId, Fingerprint, Labels, Severity, Signal, Source,
};
use channels::Channel;
use dispatch::testing::{FakeChannel, Received, World, run};
use dispatch::{
    Destination, Filter, GroupBy, Hours, InhibitRule, Level, NotificationConfiguration, NotifyOn, StateChange,
};
use jiff::{SignedDuration, Timestamp};

pub(crate) fn start() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

fn destination(id: &str, channel: FakeChannel) -> Destination {
    Destination {
        id: id.to_owned(),
        name: None,
        is_enabled: true,
        filter: Filter::default(),
        notify_on: NotifyOn::Level(Level::AllAndUnreachable),
        deliver: channel.lifecycle().deliver,
        group_by: GroupBy::EachAlert,
        group_wait_secs: 0,
        group_interval_secs: 0,
        damping_secs: None,
        after_secs: None,
        unless_acknowledged: false,
        repeat_secs: None,
        hours: Hours::default(),
        has_links: false,
        channel: Arc::new(channel),
        settings_digest: "one".to_owned(),
    }
}

pub(crate) fn chat(id: &str) -> Destination {
    let names = ["source", "account", "resource"].map(str::to_owned).to_vec();
    Destination {
        group_by: GroupBy::Labels(names),
        group_interval_secs: 60,
        ..destination(id, FakeChannel::chat())
    }
}

pub(crate) fn pager(id: &str) -> Destination {
    destination(id, FakeChannel::pager())
}

pub(crate) fn machine(id: &str) -> Destination {
    destination(id, FakeChannel::machine())
}

pub(crate) fn settings(destinations: Vec<Destination>) -> NotificationConfiguration {
    NotificationConfiguration {
        destinations,
        inhibit_rules: InhibitRule::built_in(),
        digest: "one".to_owned(),
        ..NotificationConfiguration::default()
    }
}

/// An alert of a Netdata node as it opens.
pub(crate) fn firing(name: &str, node: &str, severity: Severity, at: Timestamp) -> Alert {
    let labels = [("alertname", name), ("node_id", node), ("instance", node)];
    let labels: Labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let event = AlertEvent {
        source: Source::Netdata,
        account: "space".to_owned(),
        fingerprint: Fingerprint::of([name, node]),
        event_id: EventId::of([name, node]),
        signal: Signal::Firing,
        severity,
        severity_raw: severity.to_string(),
        title: format!("{name} on {node}"),
        summary: None,
        resource: Some(node.to_owned()),
        service: None,
        value: None,
        url: None,
        labels,
        annotations: Labels::new(),
        occurred_at: at,
        started_at: Some(at),
        ended_at: None,
        auto_resolve: AutoResolve::Recovery,
        episode: None,
        expires_at: None,
        order: alert::Order::default(),
    };
    alert::fold(None, &event, at).alert.unwrap()
}

/// What a source or a person may do to an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Fire(Severity),
    Resolve,
    Expire,
    Acknowledge,
    Unacknowledge,
    /// Its labels change, and with them the group that it would open in.
    Move,
}

/// The alert after `act`; none if that changes nothing.
pub(crate) fn after(known: &Alert, act: Act, now: Timestamp) -> Option<Alert> {
    let mut alert = known.clone();
    let is_firing = alert.condition == Condition::Firing;
    match act {
        Act::Fire(severity) if is_firing && severity == alert.severity => return None,
        Act::Fire(severity) => {
            if !is_firing {
                alert.condition_since = now;
                alert.started_at = Some(now);
                alert.ended_at = None;
                alert.flaps += 1;
            }
            if severity > alert.severity || !is_firing {
                alert.acknowledgement = None;
            }
            alert.condition = Condition::Firing;
            alert.severity = severity;
            alert.occurrences += 1;
            alert.last_received_at = now;
        }
        Act::Resolve | Act::Expire if !is_firing => return None,
        Act::Resolve | Act::Expire => {
            alert.condition = if act == Act::Resolve { Condition::Resolved } else { Condition::Expired };
            alert.condition_since = now;
            alert.ended_at = Some(now);
            alert.acknowledgement = None;
        }
        Act::Acknowledge if is_firing && alert.acknowledgement.is_none() => {
            let (by, note) = ("ada".to_owned(), None);
            alert.acknowledgement = Some(alert::Acknowledgement { by, note, at: now });
        }
        Act::Unacknowledge if alert.acknowledgement.is_some() => alert.acknowledgement = None,
        Act::Move => {
            let node = if alert.resource.as_deref() == Some("n1") { "n2" } else { "n1" };
            alert.resource = Some(node.to_owned());
        }
        Act::Acknowledge | Act::Unacknowledge => return None,
    }
    alert.revision += 1;
    Some(alert)
}

/// A world with an engine that does not crash.
pub(crate) struct Bench {
    pub(crate) world: World,
}

impl Bench {
    pub(crate) fn new(destinations: Vec<Destination>) -> Self {
        Self { world: World::new(start(), settings(destinations)) }
    }

    pub(crate) fn now(&self) -> Timestamp {
        use alert::Clock;
        self.world.clock.now()
    }

    /// Keeps `alert` and yields the change.
    pub(crate) fn keep(&self, alert: Alert) -> Option<StateChange> {
        let known = self.world.alerts.get(alert.fingerprint);
        let change = StateChange::between(known.as_ref(), &alert, self.now());
        self.world.alerts.put(alert);
        change
    }

    pub(crate) fn open(&self, name: &str, node: &str, severity: Severity) -> Alert {
        let alert = firing(name, node, severity, self.now());
        let change = self.keep(alert.clone()).unwrap();
        self.route(&[change]);
        alert
    }

    pub(crate) fn act(&self, alert: &mut Alert, act: Act) {
        *alert = after(alert, act, self.now()).unwrap();
        let change = self.keep(alert.clone()).unwrap();
        self.route(&[change]);
    }

    pub(crate) fn route(&self, changes: &[StateChange]) {
        let dispatcher = self.world.dispatcher();
        let failures = run(&self.world.faults, dispatcher.handle_changes(changes)).unwrap().unwrap();
        assert!(failures.is_empty());
    }

    pub(crate) fn deliver(&self) {
        let dispatcher = self.world.dispatcher();
        for id in self.world.wake.take() {
            self.deliver_to(&dispatcher, &id);
        }
    }

    fn deliver_to(&self, dispatcher: &dispatch::Dispatcher, id: &str) {
        let until = self.now() + SignedDuration::from_secs(50);
        run(&self.world.faults, dispatcher.deliver(id, until)).unwrap().unwrap();
    }

    pub(crate) fn tick(&self) {
        let dispatcher = self.world.dispatcher();
        let until = self.now() + SignedDuration::from_secs(50);
        run(&self.world.faults, dispatcher.tick(until)).unwrap().unwrap();
        self.deliver();
    }

    /// Lets `minutes` pass, with a tick in each.
    pub(crate) fn pass(&self, minutes: i64) {
        for _ in 0..minutes {
            self.world.clock.advance(60);
            self.tick();
        }
    }

    /// What `id` took since it was last asked, in words.
    #[expect(clippy::unused_self, reason = "it reads like the other questions to the set-up")]
    pub(crate) fn notified(&self, received: &[Received], id: &str) -> Vec<String> {
        received.iter().filter(|received| received.destination == id).map(in_words).collect()
    }

    pub(crate) fn take(&self) -> Vec<Received> {
        self.world.transport.take_received()
    }
}

fn in_words(received: &Received) -> String {
    let notification = &received.notification;
    let event = notification.event.as_str();
    match &notification.subject {
        channels::Subject::Alert(subject) => {
            format!("{event} {} {}", subject.alert.severity, subject.alert.title)
        }
        channels::Subject::Group(group) => format!(
            "{event} {} firing, worst {}, {} opened, {} resolved, {} came and went",
            group.firing_count(),
            group.worst,
            group.opened,
            group.resolved,
            group.came_and_went
        ),
    }
}
