//! Webhooks with Alertmanager's body, which must remember the labels that they announced.

use alert::{Condition, Severity};
use channels::testing::{alert, channel, group_of, notification};
use channels::{Event, Notification, Subject, Verdict};
use serde_json::{Value, json};

use super::Run;

#[test]
fn an_alertmanager_webhook_remembers_the_labels_that_it_announced() {
    let webhook = channel("webhook", "https://vendor.example.com", &json!({ "body": "alertmanager" }));
    let opened = notification(Event::Deescalated);
    let mut run = Run::of(&*webhook, &opened);
    assert_eq!(run.attempt(&[(200, "")]), Verdict::Sent);
    assert_eq!(run.memory.0["members"][alert().fingerprint.to_string()]["severity"], "warning");
    let worse = notification(Event::Escalated);
    let mut run = Run::of(&*webhook, &worse).remembering(run.memory.0);
    assert_eq!(run.attempt(&[(200, "")]), Verdict::Sent);
    let alerts = run.bodies[0]["alerts"].as_array().unwrap();
    let said: Vec<_> = alerts.iter().map(|alert| (&alert["status"], &alert["labels"]["severity"])).collect();
    assert_eq!(said, [(&json!("firing"), &json!("critical")), (&json!("resolved"), &json!("warning"))]);
}

/// A group of two alerts, of which the first is as bad as `severity` and fires unless `is_over`.
fn pair(event: Event, severity: Severity, is_over: bool) -> Notification {
    let mut alerts = channels::testing::alerts(2);
    alerts[0].severity = severity;
    if is_over {
        alerts[0].condition = Condition::Resolved;
    }
    let firing = alerts.iter().filter(|alert| alert.condition == Condition::Firing);
    let firing = firing.map(|alert| (alert.severity, 1)).collect();
    group_of(event, alerts, firing, 10)
}

/// Status, name and severity of each alert of a body of Alertmanager.
fn alerts_of(body: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let alerts = body["alerts"].as_array().unwrap().iter();
    let summaries = alerts.map(|alert| {
        let labels = &alert["labels"];
        (text(&alert["status"]), text(&labels["alertname"]), text(&labels["severity"]))
    });
    summaries.collect()
}

#[test]
fn an_alert_of_a_group_whose_labels_change_resolves_the_old_ones() {
    let more = json!({ "body": "alertmanager" });
    let webhook = channel("webhook", "https://vendor.example.com", &more);
    let mut memory = Value::Null;
    let mut send = |notification: &Notification| {
        let mut run = Run::of(&*webhook, notification).remembering(memory.clone());
        assert_eq!(run.attempt(&[(204, "")]), Verdict::Sent);
        memory = run.memory.0.clone();
        alerts_of(&run.bodies[0])
    };
    let alert =
        |status: &str, name: &str, severity: &str| (status.to_owned(), name.to_owned(), severity.to_owned());
    let other = alert("firing", "check_0", "warning");
    assert_eq!(
        send(&pair(Event::Opened, Severity::Critical, false)),
        [alert("firing", "check_1", "critical"), other.clone()]
    );
    assert_eq!(
        send(&pair(Event::Deescalated, Severity::Low, false)),
        [alert("firing", "check_1", "low"), alert("resolved", "check_1", "critical"), other.clone()]
    );
    // It became worse and ended in between: the receiver knows it as it was.
    assert_eq!(
        send(&pair(Event::Updated, Severity::High, true)),
        [alert("resolved", "check_1", "low"), other.clone()]
    );
    assert_eq!(
        send(&pair(Event::Updated, Severity::High, false)),
        [alert("firing", "check_1", "high"), other]
    );
    let mut over = pair(Event::Resolved, Severity::Critical, true);
    if let Subject::Group(group) = &mut over.subject {
        group.alerts[1].condition = Condition::Resolved;
    }
    assert_eq!(send(&over), [alert("resolved", "check_1", "high"), alert("resolved", "check_0", "warning")]);
    assert_eq!(memory, Value::Null);
}

#[test]
fn what_a_group_has_no_room_to_name_is_not_forgotten() {
    let more = json!({ "body": "alertmanager" });
    let webhook = channel("webhook", "https://vendor.example.com", &more);
    let both = pair(Event::Opened, Severity::Critical, false);
    let mut run = Run::of(&*webhook, &both);
    run.attempt(&[(204, "")]);
    let mut one = pair(Event::Updated, Severity::Critical, false);
    if let Subject::Group(group) = &mut one.subject {
        group.alerts.truncate(1);
        group.more = 1;
    }
    let mut run = Run::of(&*webhook, &one).remembering(run.memory.0);
    run.attempt(&[(204, "")]);
    assert_eq!(run.memory.0["members"].as_object().unwrap().len(), 2);
}
