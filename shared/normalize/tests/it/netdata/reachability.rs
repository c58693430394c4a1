//! Reachability: one alert per node, whichever form and however many nodes.

use alert::{EventId, Fingerprint, Severity, Signal};

use super::{
    NODE, OTHER_NODE, SPACE, event, fixture, ids, normalized, received_later, rejection, time, with,
};

#[test]
fn each_unreachable_node_is_an_alert_of_its_own() {
    let events = normalized(&fixture("reachability-two-nodes-unreachable")).events;
    let fingerprints: Vec<_> = events.iter().map(|event| event.fingerprint).collect();
    let expected = [NODE, OTHER_NODE].map(|node| Fingerprint::of(["netdata/node/v1", SPACE, node]));
    assert_eq!(fingerprints, expected);
    for event in &events {
        assert_eq!((event.signal, event.severity), (Signal::Firing, Severity::Critical));
    }
}

#[test]
fn nodes_that_are_reachable_again_end_the_same_alerts() {
    let down = normalized(&fixture("reachability-two-nodes-unreachable")).events;
    let up = normalized(&fixture("reachability-two-nodes-reachable-again")).events;
    assert_eq!(up.len(), down.len());
    for (up, down) in up.iter().zip(&down) {
        assert_eq!(up.fingerprint, down.fingerprint);
        assert_ne!(up.event_id, down.event_id);
        assert_eq!((up.signal, up.severity), (Signal::Resolved, Severity::Info));
        assert_eq!(up.ended_at, Some(up.occurred_at));
    }
}

#[test]
fn a_node_is_the_same_alert_alone_and_among_others() {
    let alone = event(&fixture("reachability-one-node-unreachable"));
    let among = normalized(&fixture("reachability-three-nodes")).events;
    assert_eq!(ids(&alone), ids(&among[0]));
    assert_eq!(among.len(), 3);
}

#[test]
fn a_flat_reachability_is_identified_by_its_link() {
    let down = event(&fixture("reachability-flat-unreachable"));
    let up = event(&fixture("reachability-flat-reachable-again"));
    assert_eq!(down.fingerprint, Fingerprint::of(["netdata/node/v1", "example", NODE]));
    assert_eq!(up.fingerprint, down.fingerprint);
    assert_eq!((down.signal, up.signal), (Signal::Firing, Signal::Resolved));
}

#[test]
fn a_reachability_is_one_request_within_a_second_and_another_after_it() {
    let body = fixture("reachability-one-node-unreachable");
    let known = event(&body);
    let fingerprint = known.fingerprint.to_string();
    let fields = ["netdata/node-event/v1", &fingerprint, "2026-11-01T12:00:00Z", "unreachable"];
    assert_eq!(known.event_id, EventId::of(fields));
    assert_eq!(known.occurred_at, time("2026-11-01T12:00:00Z"));
    assert_eq!(received_later(&body, 499).event_id, known.event_id);
    assert_ne!(received_later(&body, 500).event_id, known.event_id);
}

#[test]
fn the_parent_is_never_taken_for_the_node() {
    let body = fixture("reachability-parent-is-not-the-node");
    let rejection = rejection(&body);
    assert_eq!(rejection.reason, "missing:node");
}

#[test]
fn an_alert_of_a_node_names_others_that_share_its_fate_but_not_all_of_a_large_outage() {
    let nodes: Vec<_> = (0..40).map(|n| serde_json::json!({ "hostname": format!("web-{n}") })).collect();
    let body = with(fixture("reachability-three-nodes"), "/nodes", nodes);
    let summary = normalized(&body).events[3].summary.clone().unwrap();
    assert!(
        summary.starts_with("Also unreachable through the parent parent-01: web-0, web-1, web-2, web-4"),
        "{summary}"
    );
    assert!(summary.ends_with(", web-10, and 29 more."), "{summary}");
}

#[test]
fn a_node_without_a_name_of_its_own_goes_by_that_in_the_message() {
    let event = event(&fixture("reachability-one-node-named-in-message-only"));
    assert_eq!(event.title, "web-01 is unreachable");
    assert_eq!(event.fingerprint, self::event(&fixture("reachability-one-node-unreachable")).fingerprint);
}
