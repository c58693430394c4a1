//! No bytes panic, whatever they claim to be.

use normalize::InboundRequest;
use normalize::kazoo::{check_signature, normalize, redact};
use proptest::prelude::*;
use proptest::sample::Index;

use super::{fixtures, settings};
use crate::{inbound, post_json};

fn take_in(inbound: InboundRequest) {
    let _ = check_signature(&inbound.body, "key", inbound.received_at);
    let _ = normalize(&redact(inbound), &settings());
}

fn content_type() -> impl Strategy<Value = Option<String>> {
    let known = ["application/json", "application/x-www-form-urlencoded", "text/plain", ";"];
    prop::option::of(prop::sample::select(known.map(str::to_owned).to_vec()))
}

/// A fixture with some bytes exchanged for others.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<Index>(), 0_usize..8, prop::collection::vec(any::<u8>(), 0..4));
    let changes = prop::collection::vec(change, 1..6);
    (prop::sample::select(fixtures()), changes).prop_map(|(path, changes)| {
        let mut bytes = std::fs::read(path).unwrap();
        for (place, removed, added) in changes {
            let start = place.index(bytes.len() + 1);
            let end = bytes.len().min(start + removed);
            bytes.splice(start..end, added);
        }
        bytes
    })
}

proptest! {
    #[test]
    fn any_bytes_are_taken_in(
        body in prop::collection::vec(any::<u8>(), 0..300),
        query in ".{0,60}",
        content_type in content_type(),
        is_get in any::<bool>(),
    ) {
        let method = if is_get { "GET" } else { "POST" };
        take_in(InboundRequest { method: method.into(), query, content_type, ..post_json(body) });
    }

    #[test]
    fn any_change_to_a_fixture_is_taken_in(bytes in mutated(), content_type in content_type()) {
        let query = String::from_utf8_lossy(&bytes).into_owned();
        take_in(InboundRequest { content_type, ..post_json(bytes) });
        take_in(InboundRequest { method: "GET".into(), query, ..post_json("") });
    }

    #[test]
    fn any_value_of_a_field_that_is_computed_with_is_taken_in(
        number in prop_oneof![any::<i128>().prop_map(|n| n.to_string()), any::<f64>().prop_map(|n| n.to_string())],
    ) {
        take_in(InboundRequest {
            content_type: Some("application/x-www-form-urlencoded".into()),
            ..post_json(format!(
                "account_id=A&event_name=low_balance&current_balance={number}&timestamp={number}"
            ))
        });
        take_in(post_json(format!(
            r#"{{"account_id":"A","event_name":"deregister","realm":"r","username":"u",
                 "event_timestamp":63900000000,"expires":"{number}"}}"#
        )));
        take_in(post_json(format!(
            r#"{{"account_id":"A","hook_event":"channel_destroy","call_id":"c",
                 "timestamp":"63900000000","duration_seconds":"{number}"}}"#
        )));
    }
}

#[test]
fn no_depth_overflows_the_stack() {
    for opening in ["{\"a\":", "[", "{\"data\":{\"a\":[", "\"\\\"", "{\"password\":{"] {
        take_in(post_json(opening.repeat(80_000)));
    }
    for key in ["a[]", "a[b]", "a[][b]", "["] {
        let form = format!("a{}=1", key.repeat(60_000));
        take_in(InboundRequest { content_type: None, ..post_json(form.clone()) });
        take_in(InboundRequest { method: "GET".into(), query: form, ..post_json("") });
    }
    let deep = format!("items[]={}{}", "%7B%22a%22%3A".repeat(40_000), "%7D".repeat(40_000));
    take_in(InboundRequest { content_type: None, ..post_json(deep) });
}

#[test]
fn a_fixture_that_is_cut_off_is_taken_in() {
    for path in fixtures() {
        let whole = inbound(&path);
        for end in (0..whole.body.len()).step_by(5) {
            take_in(InboundRequest { body: whole.body[..end].to_vec(), ..whole.clone() });
        }
    }
}
