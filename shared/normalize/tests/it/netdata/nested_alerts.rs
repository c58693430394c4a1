//! The nested alert: what identifies it, which requests are one, and where its state and times come from.

use alert::{EventId, Fingerprint, Severity, Signal};
use serde_json::Value;

use super::{
    NODE, SPACE, TRANSITION, event, fixture, ids, normalized, received_later, rejection, time, with,
};

fn raised() -> Value {
    fixture("nested-raised-critical")
}

#[test]
fn a_nested_alert_is_identified_by_space_node_chart_and_name() {
    let event = event(&raised());
    assert_eq!(
        event.fingerprint,
        Fingerprint::of(["netdata/alert/v1", SPACE, NODE, "mem.swap", "used_swap"])
    );
    assert_eq!(event.event_id, EventId::of(["netdata/transition/v1", TRANSITION]));
    assert_eq!(event.account, SPACE);
    assert_eq!(event.value.as_deref(), Some("100%"));
    assert_eq!(event.title, "System swap memory utilization on web-01.example.net");
    assert_eq!((event.signal, event.severity), (Signal::Firing, Severity::Critical));
    assert_eq!(event.occurred_at, time("2026-03-03T03:11:48Z"));
    assert_eq!(event.started_at, Some(event.occurred_at));
    assert_eq!(event.ended_at, None);
}

#[test]
fn a_recovery_is_the_same_alert_and_another_request() {
    let (raised, recovered) = (event(&raised()), event(&fixture("nested-recovered")));
    assert_eq!(recovered.fingerprint, raised.fingerprint);
    assert_ne!(recovered.event_id, raised.event_id);
    assert_eq!((recovered.signal, recovered.severity), (Signal::Resolved, Severity::Info));
    assert_eq!(recovered.started_at, raised.started_at);
    assert_eq!(recovered.ended_at, Some(time("2026-03-03T03:15:08Z")));
}

#[test]
fn an_edited_definition_is_the_same_alert() {
    assert_eq!(event(&fixture("nested-definition-edited")).fingerprint, event(&raised()).fingerprint);
}

#[test]
fn another_space_node_chart_or_name_is_another_alert() {
    let known = event(&raised()).fingerprint;
    let changes = [
        ("/space/id", "9c1f0b44-5f1e-4f0a-8d53-1be7c2a40f66"),
        ("/node/id", "9c1f0b44-5f1e-4f0a-8d53-1be7c2a40f66"),
        ("/alert/chart/id", "mem.swap_2"),
        ("/alert/name", "used_swap_2"),
    ];
    for (pointer, value) in changes {
        assert_ne!(event(&with(raised(), pointer, value)).fingerprint, known, "{pointer}");
    }
}

#[test]
fn names_that_hold_separators_are_kept_apart() {
    let one = with(with(raised(), "/alert/chart/id", "a,1:b"), "/alert/name", "c");
    let other = with(with(raised(), "/alert/chart/id", "a"), "/alert/name", "b,1:c");
    assert_ne!(event(&one).fingerprint, event(&other).fingerprint);
}

#[test]
fn capitals_in_uuids_change_no_id() {
    assert_eq!(ids(&event(&fixture("nested-uuids-in-capitals"))), ids(&event(&raised())));
}

#[test]
fn a_transition_in_the_link_is_as_good_as_its_own_key() {
    assert_eq!(ids(&event(&fixture("nested-transition-in-url-only"))), ids(&event(&raised())));
}

#[test]
fn without_a_transition_time_and_status_make_the_request() {
    let known = fixture("nested-without-transition");
    let ids = [
        event(&known).event_id,
        event(&with(known.clone(), "/alert/triggered_at", "2026-03-02T22:11:49-05:00")).event_id,
        event(&with(known.clone(), "/alert/state/status", "Warning")).event_id,
    ];
    assert!(ids[0] != ids[1] && ids[0] != ids[2] && ids[1] != ids[2]);
    let fingerprint = event(&known).fingerprint.to_string();
    let fields = ["netdata/alert-event/v1", &fingerprint, "2026-03-03T03:11:48Z", "critical"];
    assert_eq!(ids[0], EventId::of(fields));
    assert_eq!(event(&with(known.clone(), "/alert/state/status", "CRITICAL")).event_id, ids[0]);
    assert_eq!(received_later(&known, 60_000).event_id, ids[0]);
}

#[test]
fn an_unset_transition_makes_no_two_alerts_one_request() {
    let unset = fixture("nested-nil-uuids");
    let other = with(unset.clone(), "/alert/name", "ram_in_use");
    assert_ne!(event(&unset).event_id, event(&other).event_id);
}

#[test]
fn an_alert_without_a_node_is_kept_with_a_warning() {
    assert_eq!(normalized(&raised()).warnings, [""; 0]);
    for name in ["nested-without-node", "nested-bare-minimum", "flat-without-node"] {
        let normalized = normalized(&fixture(name));
        assert_eq!((normalized.events.len(), normalized.warnings.len()), (1, 1), "{name}");
    }
}

#[test]
fn the_state_never_comes_from_the_message() {
    let body = with(raised(), "/message", "Recovered, System swap memory utilization = 4%, on web-01");
    assert_eq!(event(&body).signal, Signal::Firing);
}

#[test]
fn a_later_alert_in_the_log_does_not_move_the_time() {
    let body = with(raised(), "/alert/log/entries/0/triggered_at", "2027-01-01T00:00:00Z");
    assert_eq!(event(&body).occurred_at, time("2026-03-03T03:11:48Z"));
}

#[test]
fn an_unknown_status_is_rejected_by_its_name() {
    let body = with(raised(), "/alert/state/status", "Purple");
    let rejection = rejection(&body);
    assert_eq!(rejection.reason, "unknown:alert.state.status");
    // What a sender wrote may be a secret: it is in the quarantined body alone.
    assert!(!rejection.message.contains("Purple"), "{}", rejection.message);
}
