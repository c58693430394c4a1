//! One alert, and groups of many.

use std::collections::BTreeMap;

use alert::{
    Acknowledgement, Alert, AutoResolve, Condition, Fingerprint, Handling, Labels, Severity, Source, Timeline,
};
use jiff::{SignedDuration, Timestamp};

use crate::{AlertSubject, Event, GroupSubject, Links, Notification, Subject};

/// When attempts are made.
pub fn now() -> Timestamp {
    time("2026-01-02T03:20:00Z")
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// When what follows an opening happens.
fn later() -> Timestamp {
    time("2026-01-02T03:14:17Z")
}

/// Labels of these names and values.
pub fn labels(labels: &[(&str, &str)]) -> Labels {
    labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The links of the examples.
pub fn links() -> Links {
    Links {
        console: Some("https://alerts.example.com/?open=0123".to_owned()),
        acknowledge: Some("https://alerts.example.com/a/l1.e30.c2ln".to_owned()),
    }
}

/// The one alert of the tests: swap is used up on db-1.
pub fn alert() -> Alert {
    Alert {
        fingerprint: Fingerprint::of(["used_swap", "db-1"]),
        source: Source::Netdata,
        account: "22222222-2222-4222-8222-222222222222".to_owned(),
        condition: Condition::Firing,
        handling: Handling::Open,
        severity: Severity::Critical,
        severity_raw: "Critical".to_owned(),
        title: "used_swap on db-1".to_owned(),
        summary: Some("Swap is nearly full\nand grows".to_owned()),
        resource: Some("db-1".to_owned()),
        service: Some("mem.swap".to_owned()),
        value: Some("93 %".to_owned()),
        url: Some("https://app.netdata.cloud/x?a=1&b=2".to_owned()),
        labels: labels(&[
            ("alertname", "used_swap"),
            ("instance", "db-1"),
            ("chart", "mem.swap"),
            ("context", "mem.swap"),
            ("class", "Utilization"),
            ("env", "prod"),
            ("rooms", "all-nodes,production"),
        ]),
        annotations: labels(&[
            ("account_name", "Example"),
            ("active_critical", "2"),
            ("active_warning", "1"),
            ("info", "Swap use"),
            ("runbook_url", "https://runbooks.example.com/swap"),
            ("threshold", "> 90 %"),
        ]),
        first_seen: time("2026-01-02T03:00:00Z"),
        last_seen: time("2026-01-02T03:04:05Z"),
        last_received_at: time("2026-01-02T03:04:06Z"),
        condition_since: time("2026-01-02T03:04:05Z"),
        started_at: Some(time("2026-01-02T03:04:05Z")),
        ended_at: None,
        auto_resolve: AutoResolve::Recovery,
        episode: None,
        expires_at: None,
        occurrences: 1,
        duplicates: 0,
        flaps: 0,
        last_transition: None,
        revision: 7,
        acknowledgement: None,
        silenced_by: Vec::new(),
        inhibited_by: Vec::new(),
        timeline: Timeline::default(),
    }
}

/// The alert's notification of `event`, as the course of one episode would bring it.
pub fn notification(event: Event) -> Notification {
    notification_of(event, alert())
}

/// The same of another alert.
pub fn notification_of(event: Event, mut alert: Alert) -> Notification {
    let previous_severity = course(event, &mut alert);
    let is_handling = event.is_handling();
    Notification {
        id: format!("{}-{}", alert.fingerprint, alert.revision),
        group: alert.fingerprint.to_string(),
        event,
        is_first: matches!(event, Event::Opened | Event::Reopened),
        subject: Subject::Alert(Box::new(AlertSubject {
            alert,
            previous_severity,
            flapped: 0,
            announced: None,
            by: is_handling.then(|| "ada".to_owned()),
            note: is_handling.then(|| "I look at it".to_owned()),
        })),
        at: later(),
        links: links(),
    }
}

/// Brings `alert` to where `event` finds it; yields how bad it was before.
fn course(event: Event, alert: &mut Alert) -> Option<Severity> {
    match event {
        Event::Reopened => alert.flaps = 1,
        Event::Escalated | Event::Deescalated => return Some(change(event, alert)),
        Event::Resolved => end(alert, Condition::Resolved),
        Event::Expired => end(alert, Condition::Expired),
        Event::Acknowledged => {
            alert.handling = Handling::Acknowledged;
            let note = Some("I look at it".to_owned());
            alert.acknowledgement = Some(Acknowledgement { by: "ada".to_owned(), note, at: later() });
        }
        Event::Opened | Event::Updated | Event::Reminder | Event::Unacknowledged => {}
    }
    None
}

fn change(event: Event, alert: &mut Alert) -> Severity {
    (alert.last_seen, alert.last_received_at) = (later(), later());
    if event == Event::Escalated {
        return Severity::Warning;
    }
    alert.severity = Severity::Warning;
    Severity::Critical
}

fn end(alert: &mut Alert, condition: Condition) {
    alert.condition = condition;
    alert.condition_since = later();
    alert.ended_at = Some(later());
    if condition == Condition::Resolved {
        (alert.last_seen, alert.last_received_at) = (later(), later());
    }
}

/// `count` alerts of one node, the worst first.
pub fn alerts(count: usize) -> Vec<Alert> {
    let mut alerts: Vec<_> = (0..count).map(numbered).collect();
    alerts.sort_by_key(|alert| std::cmp::Reverse(alert.severity));
    alerts
}

fn numbered(number: usize) -> Alert {
    let name = format!("check_{number}");
    let severities = [Severity::Warning, Severity::Critical, Severity::High, Severity::Low];
    Alert {
        fingerprint: Fingerprint::of([name.as_str(), "db-1"]),
        title: format!("{name} on db-1"),
        severity: severities[number % severities.len()],
        labels: labels(&[("alertname", &name), ("instance", "db-1")]),
        value: Some(format!("{number} %")),
        ..alert()
    }
}

/// A notification of `event` of a group of `count` alerts of which at most `most` are named.
pub fn group(event: Event, count: usize, most: usize) -> Notification {
    let mut alerts = alerts(count);
    let mut firing = BTreeMap::new();
    for alert in &mut alerts {
        if event.is_end() {
            end(alert, if event == Event::Expired { Condition::Expired } else { Condition::Resolved });
        } else {
            *firing.entry(alert.severity).or_insert(0) += 1;
        }
    }
    group_of(event, alerts, firing, most)
}

/// A notification of `event` of `alerts`, of which `firing` fire.
pub fn group_of(
    event: Event,
    mut alerts: Vec<Alert>,
    firing: BTreeMap<Severity, usize>,
    most: usize,
) -> Notification {
    let count = alerts.len();
    alerts.truncate(most);
    let fire = firing.values().sum::<usize>();
    let named = alerts.iter().filter(|alert| alert.condition == Condition::Firing).count();
    let is_change = matches!(event, Event::Updated | Event::Escalated | Event::Deescalated);
    let group = Fingerprint::of(["group", "netdata", "Example", "db-1"]).to_string();
    Notification {
        id: format!("{group}-3"),
        group,
        event,
        is_first: event == Event::Opened,
        subject: Subject::Group(Box::new(GroupSubject {
            labels: labels(&[("account", "2222"), ("resource", "db-1"), ("source", "netdata")]),
            firing,
            worst: Severity::Critical,
            previous_worst: (event == Event::Escalated).then_some(Severity::Warning),
            opened: if is_change {
                2
            } else if event == Event::Opened {
                count
            } else {
                0
            },
            resolved: if event.is_end() { count } else { usize::from(is_change) },
            came_and_went: if is_change { 3 } else { 0 },
            alerts,
            more: fire - named,
            by: event.is_handling().then(|| "ada".to_owned()),
        })),
        at: later().checked_add(SignedDuration::from_secs(60)).unwrap(),
        links: links(),
    }
}
