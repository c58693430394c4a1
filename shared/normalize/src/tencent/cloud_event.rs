//! Events of Tencent Cloud's products, as EventBridge's HTTP target sends them: CloudEvents 1.0.
//!
//! Unlike the standard says, `time` is in epoch milliseconds, and one page calls it `timer`.

use alert::{AlertEvent, AutoResolve, EventId, Fingerprint, Labels, Severity, Signal, Source};
use jiff::Timestamp;

use super::document::Section;
use super::entries::Entries;
use super::identity::{AlarmType, Identity, event_id};
use super::shape::SOURCE_SUFFIX;
use super::{DIMENSION_PREFIX, dimensions, refusal, region, state, time, wording};
use crate::Rejection;

/// Reads the one event or notice of a CloudEvent.
pub(super) fn read(document: Section<'_>, default_severity: Severity) -> Result<AlertEvent, Rejection> {
    let message = Message { event: document, data: document.section("data") };
    let at = message.time()?;
    Ok(message.event(at, default_severity))
}

/// A CloudEvent and its payload.
#[derive(Debug)]
struct Message<'a> {
    event: Section<'a>,
    data: Section<'a>,
}

impl Message<'_> {
    fn time(&self) -> Result<Timestamp, Rejection> {
        let keys = ["time", "timer"];
        let read = |key| self.event.scalar(key).as_deref().and_then(time::moment);
        keys.into_iter().find_map(read).ok_or_else(|| {
            let remedy = "every CloudEvent of Tencent Cloud has it, look at what sent this";
            refusal::no_time(&keys, self.event.first_scalar(&keys).as_deref(), remedy)
        })
    }

    fn event(&self, at: Timestamp, default_severity: Severity) -> AlertEvent {
        let identity = self.identity();
        let fingerprint = identity.fingerprint();
        let signal = self.signal();
        let is_resolved = signal == Signal::Resolved;
        AlertEvent {
            source: Source::Tencent,
            event_id: self.event_id(fingerprint, at),
            fingerprint,
            signal,
            severity: if signal == Signal::Notice { Severity::Info } else { default_severity },
            severity_raw: String::new(),
            title: wording::title(self.name().as_deref(), self.resource().as_deref()),
            summary: self.summary(),
            resource: self.resource(),
            service: self.service(),
            value: None,
            url: None,
            labels: self.labels(&identity),
            annotations: self.annotations(),
            occurred_at: at,
            started_at: (!is_resolved).then_some(at),
            ended_at: is_resolved.then_some(at),
            auto_resolve: self.auto_resolve(),
            episode: None,
            expires_at: None,
            order: alert::Order::default(),
            account: identity.account,
        }
    }

    /// Without a state, what is no error is a fact: a snapshot was made, a machine was started.
    fn signal(&self) -> Signal {
        let event_type = self.event.scalar("type").unwrap_or_default();
        let is_error =
            event_type.split(':').nth(1).is_some_and(|class| class.eq_ignore_ascii_case("ErrorEvent"));
        match self.status() {
            Some(status) => state::worded(&status),
            None if is_error => Signal::Firing,
            None => Signal::Notice,
        }
    }

    fn auto_resolve(&self) -> AutoResolve {
        match self.signal() {
            Signal::Resolved => AutoResolve::Recovery,
            Signal::Firing | Signal::Notice => state::ends_of_event(self.status().as_deref()),
        }
    }

    fn identity(&self) -> Identity {
        let text = |key| self.event.scalar(key).unwrap_or_default();
        Identity {
            account: self.data.scalar("appId").unwrap_or_default(),
            kind: AlarmType::CloudEvent,
            policy: String::new(),
            signal_name: text("type"),
            region: text("region").to_lowercase(),
            namespace: String::new(),
            dimensions: dimensions::of_cloud_event(self.event, self.data),
        }
    }

    fn event_id(&self, fingerprint: Fingerprint, at: Timestamp) -> EventId {
        let status = self.status().unwrap_or_default();
        let status = time::integer(&status).map_or(status, |number| number.to_string());
        event_id(fingerprint, [&at.to_string(), &status, "", "", ""])
    }

    fn status(&self) -> Option<String> {
        self.event.flat("status")
    }

    /// The last segment of the type, such as `PingUnreachable` of `cvm:ErrorEvent:PingUnreachable`.
    fn name(&self) -> Option<String> {
        let event_type = self.event.scalar("type")?;
        event_type.rsplit(':').find(|segment| !segment.is_empty()).map(str::to_owned)
    }

    fn resource(&self) -> Option<String> {
        self.data.scalar("instanceId").or_else(|| self.event.scalar("subject"))
    }

    fn service(&self) -> Option<String> {
        let source = self.event.scalar("source")?;
        source.strip_suffix(SOURCE_SUFFIX).filter(|service| !service.is_empty()).map(str::to_owned)
    }

    fn summary(&self) -> Option<String> {
        let lines = [("Product", self.service()), ("Region", self.region())];
        wording::summary(Vec::new(), lines, self.data.pairs("additionalMsg"))
    }

    fn region(&self) -> Option<String> {
        self.event.scalar("region").map(region::long_name)
    }

    fn labels(&self, identity: &Identity) -> Labels {
        Entries::default()
            .put("alertname", self.name().or_else(|| self.service()))
            .put("alarm_type", Some(identity.kind.as_str()))
            .put("event_type", self.event.scalar("type"))
            .put("product", self.service())
            .put("region", self.region())
            .put("app_id", self.data.scalar("appId"))
            .put_all(DIMENSION_PREFIX, identity.dimensions.iter().cloned())
            .finish()
    }

    fn annotations(&self) -> Labels {
        Entries::default()
            .put("cloudevent_id", self.event.scalar("id"))
            .put("alarm_status", self.status())
            .put("region_code", self.event.scalar("region"))
            .put_all("obj_detail_", self.data.section("dimensions").section("objDetail").entries())
            .put_all("additional_", self.data.pairs("additionalMsg"))
            .put_all("tag_", self.event.pairs("tags"))
            .finish()
    }
}
