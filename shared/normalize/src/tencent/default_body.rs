//! The callback's default body, for metric and event alarms, and EventBridge's imitation of it.
//!
//! Documented at <https://www.tencentcloud.com/document/product/248/38919>. Real requests differ: scalars come
//! as strings or numbers, any key may be absent, and `alarmNotifyType` does not say whether repeats come. The
//! document of 2018 closes a brace too late, which puts the three times inside `alarmPolicyInfo`.

mod description;

use alert::{AlertEvent, AutoResolve, EventId, Fingerprint, Severity, Signal, Source};
use jiff::Timestamp;

use super::conditions::Conditions;
use super::dimensions::Dimensions;
use super::document::Section;
use super::identity::{AlarmType, Identity, event_id};
use super::{dimensions, refusal, resource, state, time};
use crate::Rejection;
use crate::value::link;

/// Reads the one event of a default body.
pub(super) fn read(document: Section<'_>, default_severity: Severity) -> Result<AlertEvent, Rejection> {
    let alarm = Alarm::of(document);
    if !alarm.has_identity() {
        return Err(refusal::no_identity());
    }
    let lifecycle = alarm.lifecycle()?;
    Ok(alarm.event(&lifecycle, default_severity))
}

/// The parts of a default body.
#[derive(Debug)]
struct Alarm<'a> {
    document: Section<'a>,
    object: Section<'a>,
    dimensions: Section<'a>,
    policy: Section<'a>,
    conditions: Conditions<'a>,
    kind: AlarmType,
}

/// The times of an alarm, all from fields that its event's id is made of.
#[derive(Debug)]
struct Lifecycle {
    began_at: Timestamp,
    lasted_secs: i64,
    recovered_at: Option<Timestamp>,
}

impl Lifecycle {
    fn occurred_at(&self, signal: Signal) -> Timestamp {
        let by_duration = time::seconds_after(self.began_at, self.lasted_secs);
        match signal {
            Signal::Resolved => self.recovered_at.unwrap_or(by_duration),
            Signal::Firing | Signal::Notice => by_duration,
        }
    }
}

impl<'a> Alarm<'a> {
    fn of(document: Section<'a>) -> Self {
        let object = document.section("alarmObjInfo");
        let policy = document.section("alarmPolicyInfo");
        let conditions = Conditions::of(policy);
        let kind = kind(document, &conditions);
        Self { document, object, dimensions: object.section("dimensions"), policy, conditions, kind }
    }

    fn has_identity(&self) -> bool {
        self.policy.first_scalar(&["policyId", "policyName"]).is_some()
            || self.conditions.names(&["metricName", "eventName"]).is_some()
    }

    fn lifecycle(&self) -> Result<Lifecycle, Rejection> {
        let key = "firstOccurTime";
        let found = self.timing(key);
        let began_at = found.as_deref().and_then(time::moment).ok_or_else(|| {
            refusal::no_time(
                &[key],
                found.as_deref(),
                "the default callback body has it, look at what sent this",
            )
        })?;
        let recovered = self.timing("recoverTime");
        Ok(Lifecycle {
            began_at,
            lasted_secs: self.duration().unwrap_or_default(),
            recovered_at: recovered.and_then(|text| time::moment_or_seconds_after(&text, began_at)),
        })
    }

    /// How many seconds it has lasted, where the body says so.
    fn duration(&self) -> Option<i64> {
        self.timing("durationTime").as_deref().and_then(time::seconds)
    }

    /// A time or duration: at the top, or where the document of 2018 has it.
    fn timing(&self, key: &str) -> Option<String> {
        self.document.scalar(key).or_else(|| self.policy.scalar(key))
    }

    fn event(&self, lifecycle: &Lifecycle, default_severity: Severity) -> AlertEvent {
        let identity = self.identity();
        let fingerprint = identity.fingerprint();
        let signal = state::numbered(self.status().as_deref());
        let level = self.level();
        let occurred_at = lifecycle.occurred_at(signal);
        // A recovery event may have its own `firstOccurTime`, which then says nothing of the firing.
        let severity = level.as_deref().and_then(state::severity).unwrap_or(default_severity);
        // In one second with its firing it comes after that, whichever arrives first: an event has no episode to say so.
        let ends_an_event = self.kind == AlarmType::Event && signal == Signal::Resolved;
        let is_began_at_known = self.kind == AlarmType::Metric || signal != Signal::Resolved;
        AlertEvent {
            source: Source::Tencent,
            event_id: self.event_id(fingerprint, lifecycle),
            fingerprint,
            signal,
            severity,
            severity_raw: level.unwrap_or_default(),
            title: self.title(),
            summary: self.summary(lifecycle),
            resource: resource::resource(self.object),
            service: self.service(),
            value: self.value(),
            url: self.document.scalar("policyDetailURL").and_then(|url| link(&url, &["http", "https"])),
            labels: self.labels(&identity),
            annotations: self.annotations(),
            occurred_at,
            started_at: is_began_at_known.then_some(lifecycle.began_at),
            ended_at: (signal == Signal::Resolved).then_some(occurred_at),
            auto_resolve: self.auto_resolve(),
            episode: (self.kind == AlarmType::Metric).then(|| lifecycle.began_at.to_string()),
            expires_at: None,
            order: alert::Order::after(ends_an_event.then_some(alert::PriorState::Firing(severity))),
            account: identity.account,
        }
    }

    fn identity(&self) -> Identity {
        let lower = |text: Option<String>| text.unwrap_or_default().to_lowercase();
        let is_metric = self.kind == AlarmType::Metric;
        Identity {
            account: self.object.first_scalar(&["uin", "appId"]).unwrap_or_default(),
            kind: self.kind,
            policy: self.policy.scalar("policyId").unwrap_or_else(|| self.policy_names()),
            signal_name: self.signal_name(),
            region: lower(self.object.scalar("region")),
            namespace: lower(self.object.scalar("namespace").filter(|_| is_metric)),
            dimensions: self.canonical_dimensions(),
        }
    }

    fn signal_name(&self) -> String {
        let name = |key| self.conditions.names(&[key]).unwrap_or_default();
        match self.kind {
            AlarmType::Event => format!("{}/{}", name("productName"), name("eventName")),
            _ => name("metricName"),
        }
    }

    fn canonical_dimensions(&self) -> Dimensions {
        match self.kind {
            AlarmType::Event => dimensions::of_event(self.object),
            _ => dimensions::of_metric(self.object),
        }
    }

    /// What stands for the id of a policy that has none: events have none.
    fn policy_names(&self) -> String {
        let part = |key| self.policy.scalar(key).unwrap_or_default();
        format!("{}/{}", part("policyName"), part("policyType"))
    }

    fn event_id(&self, fingerprint: Fingerprint, lifecycle: &Lifecycle) -> EventId {
        let status = self.status().unwrap_or_default();
        let status = time::integer(&status).map_or(status, |number| number.to_string());
        let recovered_at = lifecycle.recovered_at.map(|moment| moment.to_string()).unwrap_or_default();
        let level = self.level().unwrap_or_default().to_lowercase();
        event_id(
            fingerprint,
            [
                &lifecycle.began_at.to_string(),
                &status,
                &lifecycle.lasted_secs.to_string(),
                &recovered_at,
                &level,
            ],
        )
    }

    /// The level; of a policy with several that does not say so, the end of `alertId`, such as `<session>_Warn`.
    fn level(&self) -> Option<String> {
        let in_id = || {
            let id = self.document.scalar("alertId")?;
            let (_, level) = id.rsplit_once('_')?;
            state::is_level(level).then(|| level.to_owned())
        };
        self.document.scalar("alarmLevel").or_else(in_id)
    }

    fn status(&self) -> Option<String> {
        self.document.flat("alarmStatus")
    }

    fn auto_resolve(&self) -> AutoResolve {
        match self.kind {
            AlarmType::Event => state::ends_of_event(self.status().as_deref()),
            _ => AutoResolve::Recovery,
        }
    }
}

/// Whether it is a metric or an event alarm; older bodies do not say so.
fn kind(document: Section<'_>, conditions: &Conditions<'_>) -> AlarmType {
    let said = document.scalar("alarmType").unwrap_or_default().to_ascii_lowercase();
    let has = |key| conditions.names(&[key]).is_some();
    match said.as_str() {
        "metric" => AlarmType::Metric,
        "event" => AlarmType::Event,
        _ if has("eventName") && !has("metricName") => AlarmType::Event,
        _ => AlarmType::Metric,
    }
}
