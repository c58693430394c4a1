//! The test notification: its token must come back and nothing must fire.

use alert::{EventId, Fingerprint, Signal};
use normalize::netdata::test_token;
use serde_json::json;

use super::{fixture, normalized, with};

#[test]
fn a_test_notification_is_a_notice_with_its_token() {
    let events = normalized(&fixture("test-notification")).events;
    let token = "b8f3d0a7-6e15-4c92-a47b-30d9e1f5c286";
    assert_eq!(test_token(&events), Some(token));
    assert_eq!(events[0].signal, Signal::Notice);
    assert_eq!(events[0].fingerprint, Fingerprint::of(["netdata/test/v1", "unknown"]));
    assert_eq!(events[0].event_id, EventId::of(["netdata/test/v1", token]));
}

#[test]
fn the_token_comes_back_as_it_was_sent() {
    let events = normalized(&json!({ "token": "B8F3D0A7-6e15-4c92-a47b-30d9e1f5c286" })).events;
    assert_eq!(test_token(&events), Some("B8F3D0A7-6e15-4c92-a47b-30d9e1f5c286"));
}

#[test]
fn no_other_notification_has_a_test_token() {
    for name in ["nested-raised-critical", "flat-v1.42-warning", "reachability-one-node-unreachable"] {
        let body = with(fixture(name), "/token", "b8f3d0a7-6e15-4c92-a47b-30d9e1f5c286");
        assert_eq!(test_token(&normalized(&body).events), None, "{name}");
    }
    assert_eq!(test_token(&[]), None);
}
