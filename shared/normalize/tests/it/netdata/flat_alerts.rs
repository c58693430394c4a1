//! The flat alert: its spellings, and what the link and the message make up for.

use alert::{EventId, Fingerprint, Severity, Signal};
use serde_json::Value;

use super::{NODE, TRANSITION, event, fixture, ids, renamed, with};

fn flat() -> Value {
    fixture("flat-v1.42-warning")
}

#[test]
fn a_flat_alert_is_identified_by_the_node_in_its_message() {
    let event = event(&flat());
    let fields = ["netdata/alert/v1", "Example", "host:db-01", "disk_space._var", "disk_space_usage"];
    assert_eq!(event.fingerprint, Fingerprint::of(fields));
    assert_eq!(event.value.as_deref(), Some("92%"));
    assert_eq!(event.labels["rooms"], "db");
    assert_eq!((event.signal, event.severity), (Signal::Firing, Severity::Warning));
}

#[test]
fn every_spelling_of_a_flat_alert_has_the_same_ids() {
    let known = ids(&event(&flat()));
    let spellings = [
        renamed(flat(), "alarm", "alert"),
        renamed(flat(), "rooms", "Rooms"),
        with(flat(), "/alert_url", ""),
        with(flat(), "/date", "2026-03-03T04:00:00+0100"),
        with(flat(), "/date", "2026-03-03 04:00:00+01:00"),
        with(flat(), "/date", "2026-03-03T03:00:00.000Z"),
        with(flat(), "/date", "2026-03-03 03:00:00"),
        with(flat(), "/date", 1_772_506_800),
        with(flat(), "/date", "1772506800000"),
        with(flat(), "/severity", " Warning "),
    ];
    for spelling in spellings {
        assert_eq!(ids(&event(&spelling)), known, "{spelling}");
    }
}

#[test]
fn the_link_is_read_under_both_of_its_names() {
    let v1 = fixture("flat-v1.42-with-link");
    let v2 = renamed(renamed(v1.clone(), "alarm", "alert"), "alarm_url", "alert_url");
    assert_eq!(event(&v1), event(&v2));
}

#[test]
fn a_flat_recovery_is_the_same_alert_and_another_request() {
    let (raised, recovered) = (event(&flat()), event(&with(flat(), "/severity", "clear")));
    assert_eq!(recovered.fingerprint, raised.fingerprint);
    assert_ne!(recovered.event_id, raised.event_id);
    assert_eq!((recovered.signal, recovered.severity), (Signal::Resolved, Severity::Info));
    assert_eq!(recovered.ended_at, Some(recovered.occurred_at));
}

#[test]
fn a_flat_alerts_link_names_space_node_and_transition() {
    let event = event(&fixture("flat-v1.42-with-link"));
    let fields = ["netdata/alert/v1", "example", NODE, "disk_space._var", "disk_space_usage"];
    assert_eq!(event.fingerprint, Fingerprint::of(fields));
    assert_eq!(event.event_id, EventId::of(["netdata/transition/v1", TRANSITION]));
    assert_eq!(event.account, "example");
}

#[test]
fn equal_alerts_of_two_hosts_are_two_alerts() {
    let other = with(flat(), "/message", "Disk usage = 92%, on db-02");
    assert_ne!(event(&flat()).fingerprint, event(&other).fingerprint);
}

#[test]
fn the_counts_of_the_first_integrations_are_those_of_today() {
    let annotations = event(&fixture("flat-v1.42-with-counts")).annotations;
    assert_eq!((annotations["active_critical"].as_str(), annotations["active_warning"].as_str()), ("2", "5"));
}

#[test]
fn the_name_of_the_space_is_the_account_s_in_every_form() {
    for name in ["flat-v1.42-critical", "nested-raised-critical", "reachability-one-node-unreachable"] {
        assert_eq!(event(&fixture(name)).annotations["account_name"], "Example", "{name}");
    }
}

#[test]
fn a_link_that_leads_elsewhere_than_it_seems_is_not_kept() {
    assert_eq!(event(&fixture("nested-url-that-leads-elsewhere")).url, None);
}
