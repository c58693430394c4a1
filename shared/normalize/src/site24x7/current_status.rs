//! The rows of current status: how every monitor is at this moment.

use std::collections::HashSet;

use alert::{AlertEvent, AutoResolve, Labels, Signal, Source};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::identity;
use super::labels::{joined, labels, tag_labels};
use super::monitor_id::is_whole;
use super::parameters::entries;
use super::redaction::redact_urls;
use super::status::Status;
use super::time::{from_duration, from_iso};
use crate::value::{field, filled, text};

/// How one monitor is, and the event that says so.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusRow {
    /// The monitor, in digits.
    pub monitor_id: String,
    /// Its name now.
    pub name: Option<String>,
    /// The number that the API gives its state.
    pub code: i64,
    /// Its state.
    pub status: Status,
    /// The outage it is in, as the API numbers them.
    pub outage_id: Option<String>,
    /// When it was last checked.
    pub last_polled_at: Option<Timestamp>,
    /// What the row says; whether that is news [`reconcile`](super::reconcile) knows.
    pub event: AlertEvent,
    /// The row as answered, without userinfo in URLs.
    pub raw: Value,
}

/// Reads the answer of `GET /current_status`, whole or its `data`: one row for each monitor, in groups or alone.
/// Rows without id or state are left out; `scheduled_at` stands in for the time of a check that is not stated.
pub fn current_status(
    body: &Value,
    account: &str,
    api_root: &str,
    scheduled_at: Timestamp,
) -> Vec<StatusRow> {
    let mut data = body.get("data").unwrap_or(body).clone();
    redact_urls(&mut data);
    let mut seen = HashSet::new();
    grouped(&data)
        .chain(list(&data, "monitors").iter().map(|row| (None, row)))
        .filter_map(|(group, row)| Facts::read(row, group))
        .filter(|facts| seen.insert(facts.monitor_id.clone()))
        .map(|facts| facts.into_row(account, api_root, scheduled_at))
        .collect()
}

/// The offset that the account's times are written in, as the first row with a time has it.
pub fn utc_offset_of(rows: &[StatusRow]) -> Option<Offset> {
    let written = rows.iter().filter_map(|row| row.raw.get("last_polled_time").and_then(text));
    written.filter_map(|time| from_iso(&time)).map(|moment| moment.offset).next()
}

fn grouped(data: &Value) -> impl Iterator<Item = (Option<String>, &Value)> {
    list(data, "monitor_groups").iter().flat_map(|group| {
        let name = group.get("group_name").and_then(text);
        list(group, "monitors").iter().map(move |row| (name.clone(), row))
    })
}

fn list<'a>(parent: &'a Value, key: &str) -> &'a [Value] {
    parent.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The page of a monitor in the console that belongs to `api_root`.
pub(super) fn monitor_page(api_root: &str, monitor_id: &str) -> String {
    let root = api_root.trim_end_matches('/');
    let root = root.strip_suffix("/api").unwrap_or(root);
    format!("{root}/app/client#/home/monitors/{monitor_id}/Summary")
}

/// A row as far as every reader of it needs it.
struct Facts {
    monitor_id: String,
    code: i64,
    status: Status,
    group: Option<String>,
    members: Map<String, Value>,
}

impl Facts {
    fn read(row: &Value, group: Option<String>) -> Option<Self> {
        let members = row.as_object()?.clone();
        let monitor_id = field(&members, "monitor_id").filter(|id| is_whole(id))?;
        let code = field(&members, "status")?.parse().ok()?;
        Some(Self { monitor_id, code, status: Status::of_code(code), group, members })
    }

    fn text(&self, key: &str) -> Option<String> {
        field(&self.members, key)
    }

    fn last_polled_at(&self) -> Option<Timestamp> {
        from_iso(&self.text("last_polled_time")?).map(|moment| moment.at)
    }

    /// The outage's number; a monitor without an outage may have a dash or zero in its place.
    fn outage_id(&self) -> Option<String> {
        self.text("outage_id").filter(|id| !matches!(id.as_str(), "-" | "0"))
    }

    /// When the present outage began, seen from the check `at`: by its length in milliseconds, else in words.
    fn started_at(&self, at: Timestamp) -> Option<Timestamp> {
        let millis = || self.text("downtime_millis")?.parse().ok().filter(|millis| *millis > 0);
        let in_words = || from_duration(&self.text("duration")?);
        let elapsed = millis().map(SignedDuration::from_millis).or_else(in_words)?;
        at.checked_sub(elapsed).ok()
    }

    /// Why it is down; of one that is not, what was measured and where it fails.
    fn summary(&self) -> Option<String> {
        let measured = || Some(format!("{}: {}", self.text("attribute_label")?, self.value()?));
        let failed = || Some(format!("Failed from {}", self.failed_locations()?));
        self.text("down_reason").or_else(|| {
            let reasons: Vec<_> = [measured(), failed()].into_iter().flatten().collect();
            (!reasons.is_empty()).then(|| reasons.join("\n"))
        })
    }

    /// The locations from which it does not answer.
    fn failed_locations(&self) -> Option<String> {
        let locations = self.members.get("locations")?.as_array()?.iter().filter_map(Value::as_object);
        let failed = locations.filter(|location| field(location, "status").as_deref() == Some("0"));
        joined(&failed.filter_map(|location| field(location, "location_name")).collect::<Vec<_>>())
    }

    fn value(&self) -> Option<String> {
        let value = self.text("attribute_value").filter(|value| value != "-")?;
        let unit = self.text("unit").unwrap_or_default();
        filled(&format!("{value} {unit}")).map(str::to_owned)
    }

    fn labels(&self) -> Labels {
        let tags: Vec<_> =
            self.members.get("tags").map(entries).unwrap_or_default().iter().filter_map(text).collect();
        let mut identifying = labels([
            ("monitor_id", Some(self.monitor_id.clone())),
            ("monitor_name", self.text("name")),
            ("monitor_type", self.text("monitor_type")),
            ("monitor_group", self.group.clone()),
            ("tags", joined(&tags)),
        ]);
        identifying.extend(tag_labels(&tags));
        identifying
    }

    fn annotations(&self) -> Labels {
        let mut annotations =
            labels(["duration", "attribute_label", "server_type"].map(|key| (key, self.text(key))));
        annotations.extend(labels([("failed_locations", self.failed_locations())]));
        annotations
    }

    fn event(&self, account: &str, api_root: &str, scheduled_at: Timestamp) -> AlertEvent {
        let name = self.text("name");
        let known_as = name.clone().unwrap_or_else(|| format!("Monitor {}", self.monitor_id));
        let name = name.unwrap_or_else(|| self.monitor_id.clone());
        let word = self.status.word();
        let signal = self.status.signal();
        let is_firing = signal == Signal::Firing;
        let occurred_at = self.last_polled_at().unwrap_or(scheduled_at);
        AlertEvent {
            source: Source::Site24x7,
            account: account.to_owned(),
            fingerprint: identity::fingerprint(account, &self.monitor_id),
            event_id: identity::of_status(account, &self.monitor_id, word, occurred_at),
            signal,
            severity: self.status.severity(),
            title: format!("{known_as} is {word}"),
            severity_raw: word.to_owned(),
            summary: self.summary(),
            resource: Some(name),
            service: self.group.clone(),
            value: self.value(),
            url: Some(monitor_page(api_root, &self.monitor_id)),
            labels: self.labels(),
            annotations: self.annotations(),
            occurred_at,
            started_at: self.started_at(occurred_at).filter(|_| is_firing),
            ended_at: (signal == Signal::Resolved).then_some(occurred_at),
            auto_resolve: AutoResolve::Recovery,
            episode: self.outage_id().filter(|_| is_firing),
            expires_at: None,
            order: alert::Order::default(),
        }
    }

    fn into_row(self, account: &str, api_root: &str, scheduled_at: Timestamp) -> StatusRow {
        StatusRow {
            name: self.text("name"),
            code: self.code,
            outage_id: self.outage_id(),
            last_polled_at: self.last_polled_at(),
            event: self.event(account, api_root, scheduled_at),
            monitor_id: self.monitor_id,
            status: self.status,
            raw: Value::Object(self.members),
        }
    }
}
