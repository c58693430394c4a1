//! What is said, by the text that Rocket.Chat is sent: it has everything, and only in Markdown's escapes.

use alert::{Alert, Severity};
use channels::testing::{alert, group, labels, notification_of};
use channels::{Event, Notification, Subject};
use serde_json::{Value, json};

use crate::hostile::body;

/// Title line, text and facts of `notification`, without escapes.
fn said(notification: &Notification) -> String {
    let body = body("rocketchat", &json!({}), notification);
    let attachment = &body["attachments"][0];
    let fields = attachment["fields"].as_array().cloned().unwrap_or_default();
    let facts = fields.iter().map(|field| format!("{}: {}", text(&field["title"]), text(&field["value"])));
    let lines = [text(&body["text"]), text(&attachment["text"])].into_iter().chain(facts);
    lines.collect::<Vec<_>>().join("\n").replace('\\', "")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn opened(alert: Alert) -> String {
    said(&notification_of(Event::Opened, alert))
}

#[test]
fn a_title_says_how_bad_what_and_where() {
    for (title, resource, expected) in [
        ("used_swap on db-1", "db-1", "[CRITICAL] used_swap on db-1"),
        ("used_swap on DB-1", "db-1", "[CRITICAL] used_swap on DB-1"),
        ("Swap is full", "db-1", "[CRITICAL] Swap is full on db-1"),
        ("Swap is full on db-10", "db-1", "[CRITICAL] Swap is full on db-10 on db-1"),
        ("Swap is full", "7600efb3424dc4b79854521fd4563d0a", "[CRITICAL] Swap is full"),
        ("Swap is full", "22222222-2222-4222-8222-222222222222", "[CRITICAL] Swap is full"),
        ("Swap is full", "", "[CRITICAL] Swap is full"),
    ] {
        let alert = Alert { title: title.to_owned(), resource: Some(resource.to_owned()), ..alert() };
        assert_eq!(opened(alert).lines().next(), Some(expected));
    }
}

#[test]
fn nothing_is_said_twice() {
    let alert = Alert {
        title: "Balance of account Example is low: 4.10".to_owned(),
        summary: Some("Balance of account Example is low: 4.10".to_owned()),
        resource: Some("Example".to_owned()),
        service: Some("Example".to_owned()),
        value: Some("4.10".to_owned()),
        labels: labels(&[("account_id", "Example"), ("kind", "low"), ("realm", "sip.example.com")]),
        ..alert()
    };
    let said = opened(alert);
    assert_eq!(said.matches("4.10").count(), 1, "{said}");
    assert!(said.contains("Labels: realm=sip.example.com"), "{said}");
    assert!(!said.contains("Resource:") && !said.contains("Service:") && !said.contains("Value: 4.10"));
}

#[test]
fn a_fact_that_the_source_explains_on_a_line_of_its_own_is_left_to_it() {
    let alert = Alert { summary: Some("Value: 97%\nThreshold: > 95%\nDuration: 5m".to_owned()), ..alert() };
    let said = said(&notification_of(Event::Resolved, alert));
    assert_eq!((said.matches("Value:").count(), said.matches("Duration:").count()), (1, 1), "{said}");
}

#[test]
fn the_account_has_its_name_where_the_source_says_it() {
    assert!(opened(alert()).contains("Source: netdata · Example"));
    let nameless = Alert { annotations: labels(&[]), ..alert() };
    assert!(opened(nameless).contains("Source: netdata · 22222222-2222-4222-8222-222222222222"));
}

#[test]
fn links_lead_to_the_source_the_console_the_runbook_and_to_the_acknowledgement_while_it_fires() {
    for (event, has_it) in [
        (Event::Opened, true),
        (Event::Reminder, true),
        (Event::Unacknowledged, true),
        (Event::Acknowledged, false),
        (Event::Resolved, false),
        (Event::Expired, false),
    ] {
        let said = said(&notification_of(event, alert()));
        assert_eq!(said.contains("[Acknowledge](https://alerts.example.com/a/"), has_it, "{event:?}");
        assert!(said.contains("[Runbook](https://runbooks.example.com/swap)"), "{said}");
        assert!(said.contains("[Open in Campanile](https://alerts.example.com/?open=0123)"), "{said}");
    }
}

#[test]
fn every_event_has_a_state_of_its_own() {
    for (event, state) in [
        (Event::Opened, "[CRITICAL] "),
        (Event::Reopened, "[CRITICAL] "),
        (Event::Escalated, "[WARNING → CRITICAL] "),
        (Event::Deescalated, "[CRITICAL → WARNING] "),
        (Event::Reminder, "[STILL CRITICAL] "),
        (Event::Acknowledged, "[ACKNOWLEDGED] "),
        (Event::Unacknowledged, "[UNACKNOWLEDGED] "),
        (Event::Resolved, "[RESOLVED] "),
        (Event::Expired, "[EXPIRED] "),
    ] {
        let said = said(&notification_of(event, alert()));
        assert!(said.starts_with(state), "{event:?}: {said}");
    }
}

#[test]
fn openings_that_were_withheld_are_counted() {
    for (times, shown) in [(0, None), (1, Some("Flapped: once")), (7, Some("Flapped: 7 times"))] {
        let mut notification = notification_of(Event::Opened, alert());
        if let Subject::Alert(subject) = &mut notification.subject {
            subject.flapped = times;
        }
        let said = said(&notification);
        assert_eq!(said.lines().find(|line| line.starts_with("Flapped")), shown);
    }
}

fn changed(change: impl FnOnce(&mut channels::GroupSubject)) -> String {
    let mut notification = group(Event::Updated, 12, 10);
    if let Subject::Group(group) = &mut notification.subject {
        change(group);
    }
    said(&notification)
}

#[test]
fn a_group_says_how_many_fire_how_bad_and_what_is_new() {
    let said = changed(|group| (group.opened, group.resolved, group.came_and_went) = (2, 1, 3));
    assert!(
        said.starts_with("[CRITICAL] 12 alerts on db-1\nFiring: 3 critical, 3 high, 3 warning, 3 low\n"),
        "{said}"
    );
    assert!(said.contains("2 new, 1 resolved, 3 came and went since the last notification\n"), "{said}");
    assert!(said.contains("\nand 2 more\n"), "{said}");
    let quiet = changed(|group| (group.opened, group.resolved, group.came_and_went) = (0, 0, 0));
    assert!(!quiet.contains("since the last"), "{quiet}");
}

#[test]
fn a_group_is_named_by_its_place_else_by_its_labels_else_by_its_account() {
    for (names, place) in [
        (&[("resource", "db-1"), ("source", "netdata")][..], "12 alerts on db-1"),
        (&[("source", "netdata"), ("account", "2222"), ("env", "prod")], "12 alerts of prod"),
        (&[("source", "netdata"), ("account", "2222"), ("resource", "")], "12 alerts in Example"),
        (&[], "12 alerts in Example"),
    ] {
        let said = changed(|group| group.labels = labels(names));
        assert_eq!(said.lines().next(), Some(format!("[CRITICAL] {place}").as_str()));
    }
}

#[test]
fn a_group_that_is_over_says_so_once() {
    let said = said(&group(Event::Resolved, 12, 10));
    assert!(said.starts_with("[RESOLVED] All alerts on db-1 are over\n12 resolved since"), "{said}");
    assert_eq!(said.matches("RESOLVED").count(), 1, "{said}");
    assert!(!said.contains("Firing"), "{said}");
}

#[test]
fn a_group_that_became_worse_says_from_where() {
    let said = said(&group(Event::Escalated, 12, 10));
    assert!(said.starts_with("[WARNING → CRITICAL] 12 alerts on db-1"), "{said}");
    let milder = changed(|group| {
        group.worst = Severity::Low;
        group.previous_worst = Some(Severity::High);
    });
    assert!(milder.starts_with("[HIGH → LOW] "), "{milder}");
}
