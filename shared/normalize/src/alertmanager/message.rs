//! One alert that follows the rules, and the event that it makes.

use alert::{AlertEvent, AutoResolve, GENERATOR_URL, Labels, Order, Signal, Source};
use jiff::Timestamp;
use serde_json::value::RawValue;

use super::body::BodyShape;
use super::{identity, moment, severity, wire};
use crate::Rejection;
use crate::value::{filled, link, relative_link};

/// An alert that can be kept.
pub(super) struct Message {
    alert: wire::Alert,
    shape: BodyShape,
}

impl Message {
    /// Reads the alert at `position`.
    pub(super) fn read(alert: &RawValue, shape: BodyShape, position: usize) -> Result<Self, Rejection> {
        let alert = wire::Alert::parse(alert, shape, position)?;
        broken_rule(&alert, position).map_or(Ok(Self { alert, shape }), Err)
    }

    /// Its event, for a tenant and the moment it came in.
    pub(super) fn into_event(self, account: &str, received_at: Timestamp) -> AlertEvent {
        let signal = self.signal(received_at);
        let slot = moment::repeat_slot(received_at);
        let apart = self.apart(signal, slot);
        let sent_at = self.sent_at(signal, slot);
        let expires_at = self.expires_at(signal, received_at);
        let wire::Alert { labels, mut annotations, starts_at, ends_at, generator_url, .. } = self.alert;
        let ended_at = ends_at.filter(|_| signal == Signal::Resolved);
        let generator = generator_url.map(|url| Generator::of(url.trim())).unwrap_or_default();
        annotations.extend(generator.relative.map(|url| (GENERATOR_URL.to_owned(), url)));
        let fingerprint = identity::fingerprint(account, &labels);
        AlertEvent {
            source: Source::Alertmanager,
            account: account.to_owned(),
            fingerprint,
            event_id: identity::event_id(fingerprint, starts_at, signal, apart),
            signal,
            severity: severity::of(labels.get("severity").map_or("", String::as_str)),
            severity_raw: first(&labels, ["severity"]).unwrap_or_else(|| signal.to_string()),
            title: title(&labels),
            summary: first(&annotations, ["summary", "description", "message"]),
            resource: first(&labels, ["instance", "node", "pod", "host"]),
            service: first(&labels, ["service", "job"]),
            value: None,
            url: generator.link,
            occurred_at: ended_at.unwrap_or(received_at).min(received_at),
            started_at: starts_at,
            ended_at,
            auto_resolve: AutoResolve::Recovery,
            episode: starts_at.map(|starts_at| starts_at.to_string()),
            expires_at,
            order: Order::restated(sent_at),
            labels,
            annotations,
        }
    }

    fn signal(&self, received_at: Timestamp) -> Signal {
        let has_ended = self.alert.ends_at.is_some_and(|ends_at| ends_at <= received_at);
        if self.alert.is_called_resolved.unwrap_or(has_ended) { Signal::Resolved } else { Signal::Firing }
    }

    /// What distinguishes this event from others of its run: a resolution has its end, and what an API is sent again and
    /// again counts once in a while. An Alertmanager repeats only what has not changed.
    fn apart(&self, signal: Signal, slot: Timestamp) -> Option<Timestamp> {
        let is_repeated = signal == Signal::Firing && self.shape == BodyShape::Api;
        match self.alert.ends_at {
            Some(ends_at) if signal == Signal::Resolved => Some(ends_at),
            _ if is_repeated || self.alert.starts_at.is_none() => Some(slot),
            _ => None,
        }
    }

    /// The time that each request of the event has.
    fn sent_at(&self, signal: Signal, slot: Timestamp) -> Timestamp {
        let ended_at = self.alert.ends_at.filter(|_| signal == Signal::Resolved);
        ended_at.or(self.alert.starts_at).unwrap_or(slot)
    }

    /// An Alertmanager reports the end itself; a Prometheus just stops to repeat what it has forgotten.
    fn expires_at(&self, signal: Signal, received_at: Timestamp) -> Option<Timestamp> {
        let may_be_forgotten = signal == Signal::Firing && self.shape == BodyShape::Api;
        may_be_forgotten.then(|| moment::expires_at(self.alert.ends_at, received_at))
    }
}

/// Where an alert comes from: a link that anybody can follow, or one that only its sender can.
#[derive(Default)]
struct Generator {
    link: Option<String>,
    relative: Option<String>,
}

impl Generator {
    fn of(url: &str) -> Self {
        let link = link(url, &["https", "http"]);
        let relative = if link.is_none() { relative_link(url) } else { None };
        Self { link, relative }
    }
}

fn broken_rule(alert: &wire::Alert, position: usize) -> Option<Rejection> {
    let (reason, rule) = if alert.labels.is_empty() {
        ("no_labels", "has no label with a value: give it at least `alertname`")
    } else if alert.labels.contains_key("") {
        ("no_label_name", "has a label without a name: name it or leave it out")
    } else if alert
        .ends_at
        .is_some_and(|ends_at| alert.starts_at.is_some_and(|starts_at| ends_at < starts_at))
    {
        ("ends_before_start", "ends before it starts: send an `endsAt` that is not before `startsAt`")
    } else {
        return None;
    };
    Some(Rejection::new(reason, format!("alert {position} {rule}")))
}

/// `InstanceDown on web-1:9100`; of an alert without a name its labels.
fn title(labels: &Labels) -> String {
    match (first(labels, ["alertname"]), first(labels, ["instance"])) {
        (Some(name), Some(instance)) => format!("{name} on {instance}"),
        (Some(name), None) => name,
        (None, _) => {
            let labels: Vec<_> = labels.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
            labels.join(", ")
        }
    }
}

/// The first of `names` that has more than white space.
fn first<const N: usize>(labels: &Labels, names: [&str; N]) -> Option<String> {
    names.into_iter().find_map(|name| labels.get(name).and_then(|value| filled(value))).map(str::to_owned)
}
