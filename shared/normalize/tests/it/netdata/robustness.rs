//! Whatever comes in: no panic, and no event that breaks what every event promises.

use std::sync::LazyLock;

use alert::{AlertEvent, Signal};
use normalize::SourceConfiguration;
use normalize::netdata::normalize;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::fixture_folder;
use crate::post_json;

static BODIES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(read_bodies);
static DOCUMENTS: LazyLock<Vec<Value>> = LazyLock::new(read_documents);

#[expect(clippy::unwrap_used, reason = "without fixtures there is nothing to break")]
fn read_bodies() -> Vec<Vec<u8>> {
    let files = std::fs::read_dir(fixture_folder()).unwrap();
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn read_documents() -> Vec<Value> {
    BODIES.iter().filter_map(|body| serde_json::from_slice(body).ok()).collect()
}

/// Normalizes `body` and holds every event to what all events promise.
fn check(body: impl Into<Vec<u8>>) {
    let inbound = post_json(body);
    match normalize(&inbound, &SourceConfiguration::default()) {
        Ok(normalized) => {
            assert!(!normalized.events.is_empty());
            normalized.events.iter().for_each(check_event);
            assert_eq!(
                normalize(&inbound, &SourceConfiguration::default()),
                Ok(normalized),
                "one request, one meaning"
            );
        }
        Err(rejection) => assert!(!rejection.reason.is_empty() && !rejection.message.is_empty()),
    }
}

fn check_event(event: &AlertEvent) {
    let filled = |text: &str| !text.trim().is_empty();
    assert!(filled(&event.account) && filled(&event.title) && filled(&event.severity_raw));
    assert!(event.labels.values().chain(event.annotations.values()).all(|value| filled(value)));
    assert!(event.url.as_ref().is_none_or(|url| url.to_ascii_lowercase().starts_with("https://")));
    assert_eq!(event.ended_at.is_some(), event.signal == Signal::Resolved);
    assert!(event.started_at.is_none_or(|started_at| started_at <= event.occurred_at));
}

fn replacement() -> impl Strategy<Value = Value> {
    let odd = vec![
        json!(null),
        json!(true),
        json!("false"),
        json!(0),
        json!(-1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1e308),
        json!(-1e308),
        json!("1e999"),
        json!("NaN"),
        json!(""),
        json!(" \u{feff}\u{0} "),
        json!("9999-12-31T23:59:59-25:00"),
        json!("-009999-01-01T00:00:00Z"),
        json!(":::/nodes/%%%?transition=%ff#"),
        json!(", on "),
        json!(" = "),
        json!("/ is unreachable"),
        json!("é, on é"),
        json!([]),
        json!([[[]]]),
        json!({}),
        json!({ "": { "": null } }),
        json!({ "id": [], "hostname": {} }),
        json!("Clear"),
        json!("critical"),
        json!("reachable"),
    ];
    prop_oneof![3 => prop::sample::select(odd), 1 => any::<f64>().prop_map(Value::from), 1 => ".*".prop_map(Value::from)]
}

/// `body` with `replacement` in any place of it, objects and lists included.
#[expect(clippy::unwrap_used, reason = "every pointer was made from the body itself")]
fn replaced(body: &Value, place: Index, replacement: Value) -> Value {
    let mut places = Vec::new();
    list_places(body, String::new(), &mut places);
    let mut body = body.clone();
    *body.pointer_mut(&places[place.index(places.len())]).unwrap() = replacement;
    body
}

fn list_places(value: &Value, pointer: String, places: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, field)| (key.clone(), field)).collect(),
        Value::Array(entries) => {
            entries.iter().enumerate().map(|(at, entry)| (at.to_string(), entry)).collect()
        }
        _ => Vec::new(),
    };
    for (key, child) in children {
        let key = key.replace('~', "~0").replace('/', "~1");
        list_places(child, format!("{pointer}/{key}"), places);
    }
    places.push(pointer);
}

#[test]
fn deeply_nested_bodies_are_rejected() {
    check("[".repeat(100_000));
    check(format!("{}1{}", "{\"alert\":".repeat(100_000), "}".repeat(100_000)));
}

proptest! {
    #[test]
    fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..512)) {
        check(body);
    }

    #[test]
    fn no_flipped_bytes_panic(body: Index, flips in prop::collection::vec(any::<(Index, u8)>(), 1..8)) {
        let mut body = body.get(&BODIES).clone();
        for (at, byte) in flips.into_iter().filter(|_| !body.is_empty()).collect::<Vec<_>>() {
            let at = at.index(body.len());
            body[at] = byte;
        }
        check(body);
    }

    #[test]
    fn no_truncated_body_panics(body: Index, length: Index) {
        let body = body.get(&BODIES);
        check(&body[..length.index(body.len() + 1)]);
    }

    #[test]
    fn no_value_of_another_type_panics(
        body: Index,
        replacements in prop::collection::vec((any::<Index>(), replacement()), 1..6),
    ) {
        let body = body.get(&DOCUMENTS).clone();
        let change = |body, (place, replacement)| replaced(&body, place, replacement);
        check(replacements.into_iter().fold(body, change).to_string());
    }

    #[test]
    fn no_message_panics(body: Index, message in "(.|, on | = |/| is unreachable){0,12}") {
        let mut body = body.get(&DOCUMENTS).clone();
        if let Some(fields) = body.as_object_mut() {
            fields.insert("message".into(), message.into());
        }
        check(body.to_string());
    }

    #[test]
    fn no_link_panics(link in "(https://|/|spaces/|nodes/|rooms/|:::|[?#&=%+é]|transition=|[0-9a-f-]{36}|.){0,12}") {
        for key in ["alarm_url", "url"] {
            check(json!({ "alarm": "a", "severity": "clear", key: link }).to_string());
            check(json!({ "reachable": true, "host": "a", key: link }).to_string());
        }
    }
}
