//! What people read: sentences that say what and whose, and no ids.

use serde_json::json;

use super::{event, fixture, fixture_folder, fixtures, post};
use crate::inbound;

#[test]
fn a_title_says_what_has_happened_to_what_and_whose_it_is() {
    for (name, title) in [
        ("low-balance-of-a-named-account.json", "Balance of account Example is low: 4.10"),
        ("low-balance-below-zero.form", "Balance is low: -1.23"),
        ("voicemail-full-of-a-named-account.form", "Voicemail box 2001 of account Example is full: 100/100"),
        ("deregister.form", "Registration of device-3@pbx.example.com was lost"),
        ("transaction-declined.form", "Payment failed"),
        ("port-rejected-with-one-number.json", "Port request of +15555550110 was rejected"),
        ("port-rejected.json", "Port request of +15555550110, +15555550111 was rejected"),
        ("emergency-bridge.form", "Emergency call from Example Corp (+15555550120) to 911 was placed"),
        ("number-feature-manual-action.json", "Number +15555550110 needs a manual action: add e911"),
        ("channel-destroy-rejected.json", "Calls fail: CALL_REJECTED (through trunk-berlin)"),
        ("webhook-disabled-of-ours.form", "Webhook was disabled: KAZOO sends Campanile nothing more"),
        ("system-alert-blocked-call.json", "System alert: blocked 1 to 2"),
    ] {
        assert_eq!(event(&fixture(name)).title, title, "{name}");
    }
}

#[test]
fn no_title_shows_an_id_that_means_nothing_to_a_reader() {
    for path in fixtures() {
        let Ok(normalized) = normalize::kazoo::normalize(&inbound(&path), &super::settings()) else {
            continue;
        };
        for event in normalized.events {
            let has_id = event.title.split(|c: char| !c.is_ascii_hexdigit()).any(|word| word.len() >= 16);
            assert!(!has_id && !event.title.contains('~'), "{}: {}", path.display(), event.title);
            let is_repeated =
                event.summary.as_ref().is_some_and(|summary| event.title.contains(summary.as_str()));
            assert!(!is_repeated, "{}: {}", path.display(), event.title);
        }
    }
    assert!(fixture_folder().exists());
}

#[test]
fn a_node_or_a_trunk_is_the_resource_of_a_system_alert_and_never_a_format() {
    for (name, resource) in [
        ("system-alert-node-lost.json", "freeswitch@fs1.example.com"),
        ("system-alert-node-back.form", "freeswitch@fs1.example.com"),
        ("system-alert-of-a-failing-call.json", "trunk-berlin"),
        ("system-alert-blocked-call.json", "A"),
    ] {
        assert_eq!(event(&fixture(name)).resource.as_deref(), Some(resource), "{name}");
    }
}

#[test]
fn lists_and_nested_facts_are_kept_as_annotations() {
    let port = event(&fixture("port-rejected.json"));
    assert_eq!(port.annotations["number"], "+15555550110, +15555550111");
    let feature = event(&fixture("number-feature-manual-action.json"));
    assert_eq!(feature.annotations["feature.action"], "add");
    let full = event(&fixture("voicemail-full-of-a-named-account.form"));
    assert_eq!(full.annotations["account_name"], "Example");
    let secret = json!({ "account_id": "A", "event_name": "new_event", "password": ["a", "b"] });
    assert_eq!(event(&post(&secret)).annotations["password"], "[redacted]");
}
