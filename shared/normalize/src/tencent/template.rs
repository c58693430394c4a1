//! A body that a user wrote with the variables of a notification content template, each under its own name.
//!
//! The variables are documented at <https://www.tencentcloud.com/document/product/248/67653>; nothing else of such
//! a body is known, so any other key is the user's own affair.

use alert::{AlertEvent, AutoResolve, EventId, Fingerprint, Labels, Severity, Signal, Source};
use jiff::Timestamp;

use super::document::Section;
use super::entries::Entries;
use super::identity::{AlarmType, Identity, event_id};
use super::{DIMENSION_PREFIX, dimensions, refusal, region, state, time, wording};
use crate::Rejection;
use crate::value::{filled, link};

/// Reads the one event of a template's body.
pub(super) fn read(document: Section<'_>, default_severity: Severity) -> Result<AlertEvent, Rejection> {
    let body = Body(document);
    let lifecycle = body.lifecycle()?;
    Ok(body.event(&lifecycle, default_severity))
}

/// The variables of a template.
#[derive(Debug)]
struct Body<'a>(Section<'a>);

/// The times of an alarm, all from fields that its event's id is made of.
#[derive(Debug)]
struct Lifecycle {
    began_at: Timestamp,
    first_triggered_at: Option<Timestamp>,
    triggered_at: Option<Timestamp>,
    recovered_at: Option<Timestamp>,
    lasted_secs: i64,
}

impl Lifecycle {
    fn occurred_at(&self, signal: Signal) -> Timestamp {
        let while_firing =
            self.triggered_at.unwrap_or_else(|| time::seconds_after(self.began_at, self.lasted_secs));
        match signal {
            Signal::Resolved => self.recovered_at.unwrap_or(while_firing),
            Signal::Firing | Signal::Notice => while_firing,
        }
    }
}

impl Body<'_> {
    fn lifecycle(&self) -> Result<Lifecycle, Rejection> {
        let first_triggered_at = self.moment("first_trigger_time", "first_trigger_time_fmt");
        let triggered_at = self.moment("trigger_time", "trigger_time_fmt");
        Ok(Lifecycle {
            began_at: first_triggered_at.or(triggered_at).ok_or_else(|| self.no_time())?,
            first_triggered_at,
            triggered_at,
            recovered_at: self.moment("recovery_time", "recovery_time_fmt"),
            lasted_secs: self.duration().unwrap_or_default(),
        })
    }

    /// How many seconds it has lasted, where the body says so.
    fn duration(&self) -> Option<i64> {
        self.0.scalar("duration").as_deref().and_then(time::seconds)
    }

    fn moment(&self, plain: &str, formatted: &str) -> Option<Timestamp> {
        let read = |key| self.0.scalar(key).as_deref().and_then(time::moment);
        read(plain).or_else(|| read(formatted))
    }

    fn no_time(&self) -> Rejection {
        let keys = ["first_trigger_time", "trigger_time", "first_trigger_time_fmt", "trigger_time_fmt"];
        let remedy = "add the variable `first_trigger_time` to the notification template";
        refusal::no_time(&keys, self.0.first_scalar(&keys).as_deref(), remedy)
    }

    fn event(&self, lifecycle: &Lifecycle, default_severity: Severity) -> AlertEvent {
        let identity = self.identity();
        let fingerprint = identity.fingerprint();
        let signal = state::worded(&self.status().unwrap_or_default());
        let level = self.level(signal);
        let occurred_at = lifecycle.occurred_at(signal);
        AlertEvent {
            source: Source::Tencent,
            event_id: event_id_of(fingerprint, signal, lifecycle, level.as_deref()),
            fingerprint,
            signal,
            severity: level.as_deref().and_then(state::severity).unwrap_or(default_severity),
            severity_raw: level.unwrap_or_default(),
            title: self.title(),
            summary: self.summary(lifecycle),
            resource: self.0.scalar("object"),
            service: self.0.scalar("server_name"),
            value: self.value(),
            url: self.0.scalar("console_link").and_then(|url| link(&url, &["http", "https"])),
            labels: self.labels(&identity),
            annotations: self.annotations(),
            occurred_at,
            started_at: Some(lifecycle.began_at),
            ended_at: (signal == Signal::Resolved).then_some(occurred_at),
            // One template writes both notifications: whoever receives the alarm receives its recovery.
            auto_resolve: AutoResolve::Recovery,
            episode: lifecycle.first_triggered_at.map(|moment| moment.to_string()),
            expires_at: None,
            order: alert::Order::default(),
            account: identity.account,
        }
    }

    fn identity(&self) -> Identity {
        let text = |key| self.0.scalar(key).unwrap_or_default();
        let names = || format!("{}/{}", text("policy_name"), text("server_name"));
        Identity {
            account: text("app_id"),
            kind: AlarmType::Template,
            policy: self.0.scalar("policy_id").unwrap_or_else(names),
            signal_name: self.metric().unwrap_or_default(),
            region: text("region").to_lowercase(),
            namespace: String::new(),
            dimensions: dimensions::of_template(self.0),
        }
    }

    /// What `content` says before it compares, such as `host_requests` of `host_requests > 3 Count`.
    fn metric(&self) -> Option<String> {
        let content = self.0.scalar("content")?;
        content.split(['<', '>', '=', '!']).next().and_then(filled).map(str::to_owned)
    }

    fn status(&self) -> Option<String> {
        self.0.first_scalar(&["status", "status_fmt", "status_level_fmt"])
    }

    /// The level; a recovery has none of its own, and is as bad as what it ends.
    fn level(&self, signal: Signal) -> Option<String> {
        let current = self.0.first_scalar(&["current_level", "current_level_fmt"]);
        let has_none = current.as_ref().is_none_or(|level| level.eq_ignore_ascii_case("none"));
        let last = || self.0.first_scalar(&["last_level", "last_level_fmt"]);
        if signal == Signal::Resolved && has_none { last().or(current) } else { current }
    }

    fn title(&self) -> String {
        let what = self.0.first_scalar(&["content", "policy_name", "policy_id", "server_name"]);
        wording::title(what.as_deref(), self.0.scalar("object").as_deref())
    }

    fn summary(&self, lifecycle: &Lifecycle) -> Option<String> {
        let lines = [
            ("Value", self.value()),
            ("Policy", self.0.first_scalar(&["policy_name", "policy_id"])),
            ("Region", self.region()),
            ("Duration", wording::duration(lifecycle.lasted_secs)),
        ];
        wording::summary(Vec::new(), lines, [])
    }

    fn value(&self) -> Option<String> {
        self.0.first_scalar(&["current_value_content", "current_value"])
    }

    fn region(&self) -> Option<String> {
        self.0.scalar("region").map(region::long_name)
    }

    fn labels(&self, identity: &Identity) -> Labels {
        let policy_id = self.0.scalar("policy_id");
        let policy_name = self.0.scalar("policy_name").filter(|_| policy_id.is_none());
        let alert_name = self.metric().or_else(|| policy_id.clone()).or_else(|| policy_name.clone());
        Entries::default()
            .put("alertname", alert_name)
            .put("alarm_type", Some(identity.kind.as_str()))
            .put("policy_id", policy_id)
            .put("policy_name", policy_name)
            .put("product", self.0.scalar("server_name"))
            .put("region", self.region())
            .put("app_id", self.0.scalar("app_id"))
            .put_all(DIMENSION_PREFIX, identity.dimensions.iter().cloned())
            .finish()
    }

    fn annotations(&self) -> Labels {
        let as_they_are = [
            "policy_name",
            "content",
            "current_level",
            "current_level_fmt",
            "last_level",
            "last_level_fmt",
            "status_fmt",
            "status_level_fmt",
            "trigger_time",
            "trigger_time_fmt",
        ];
        let variables = as_they_are.iter().map(|key| (*key, self.0.scalar(key)));
        variables
            .fold(Entries::default(), |entries, (key, value)| entries.put(key, value))
            .put("alarm_status", self.status())
            .put("duration_seconds", self.duration().map(|seconds| seconds.to_string()))
            .put("region_code", self.0.scalar("region"))
            .finish()
    }
}

fn event_id_of(
    fingerprint: Fingerprint,
    signal: Signal,
    lifecycle: &Lifecycle,
    level: Option<&str>,
) -> EventId {
    let text = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string());
    let status = if signal == Signal::Resolved { "0" } else { "1" };
    let progress = text(lifecycle.triggered_at).unwrap_or_else(|| lifecycle.lasted_secs.to_string());
    event_id(
        fingerprint,
        [
            &text(lifecycle.first_triggered_at).unwrap_or_default(),
            status,
            &progress,
            &text(lifecycle.recovered_at).unwrap_or_default(),
            &level.unwrap_or_default().to_lowercase(),
        ],
    )
}
