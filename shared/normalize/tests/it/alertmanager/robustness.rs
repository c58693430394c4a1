//! Whatever comes in: no panic, and no event that breaks what every event promises.

use std::sync::LazyLock;

use alert::Signal;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

static BODIES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut paths: Vec<_> = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
});

/// Takes `body` apart and holds every event to what all events promise.
fn check(body: impl Into<Vec<u8>>) {
    check_at(body, RECEIVED_AT);
}

fn check_at(body: impl Into<Vec<u8>>, received_at: &str) {
    let inbound = InboundRequest { received_at: time(received_at), ..post_json(body) };
    match split(&inbound, &settings()) {
        Ok(batch) => {
            for understood in &batch.understood {
                check_event(&understood.event.clone().received(inbound.received_at).event);
                let alone = InboundRequest { body: understood.body.clone(), ..inbound.clone() };
                assert_eq!(
                    normalize(&alone, &settings()).unwrap().events,
                    std::slice::from_ref(&understood.event)
                );
            }
            assert!(batch.refused.iter().all(|refused| !refused.rejection.message.is_empty()));
        }
        Err(rejection) => assert!(!rejection.reason.is_empty() && !rejection.message.is_empty()),
    }
}

fn check_event(event: &AlertEvent) {
    assert!(!event.title.trim().is_empty() && !event.severity_raw.trim().is_empty());
    assert!(!event.labels.is_empty());
    assert!(event.labels.iter().all(|(name, value)| !name.is_empty() && !value.is_empty()));
    assert!(event.annotations.values().all(|value| !value.is_empty()));
    assert!(event.url.as_ref().is_none_or(|url| url.to_ascii_lowercase().starts_with("http")));
    assert!(event.signal == Signal::Resolved || event.ended_at.is_none());
    assert!(event.started_at.is_none_or(|started_at| started_at <= event.occurred_at));
    assert!(event.occurred_at > Timestamp::UNIX_EPOCH);
}

#[test]
fn deeply_nested_bodies_are_rejected() {
    check("[".repeat(100_000));
    check(format!("[{}1{}]", "{\"labels\":".repeat(100_000), "}".repeat(100_000)));
    check(format!("[{{\"labels\":{{\"a\":\"b\"}},\"x\":{}{}}}]", "[".repeat(100_000), "]".repeat(100_000)));
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), Just(" ".into()), "[a-z_]{1,8}", ".{0,8}"]
}

fn times() -> impl Strategy<Value = Value> {
    let known = [
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "-009999-01-02T01:59:59Z",
        "9999-12-30T22:00:00.999999999Z",
        "2026-11-01T12:00:00Z",
        "2026-11-01T11:00:00+14:00",
        "2016-12-31T23:59:60Z",
        "",
        "now",
    ];
    let known = prop::sample::select(known.to_vec()).prop_map(Value::from);
    let any =
        (0_i64..4_102_444_800).prop_map(|s| Value::from(Timestamp::from_second(s).unwrap().to_string()));
    prop_oneof![Just(Value::Null), known, any, Just(json!(0))]
}

fn alerts() -> impl Strategy<Value = Value> {
    let map = || prop::collection::btree_map(texts(), texts(), 0..5);
    let status =
        prop_oneof![Just(json!("firing")), Just(json!("resolved")), Just(json!({ "state": "active" }))];
    (map(), map(), times(), times(), texts(), status).prop_map(
        |(labels, annotations, start, end, url, status)| {
            json!({ "labels": labels, "annotations": annotations, "startsAt": start, "endsAt": end,
            "generatorURL": url, "status": status })
        },
    )
}

proptest! {
    #[test]
    fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..512)) {
        check(body);
    }

    #[test]
    fn no_flipped_bytes_panic(body: Index, flips in prop::collection::vec(any::<(Index, u8)>(), 1..8)) {
        let mut body = body.get(&BODIES).clone();
        for (at, byte) in flips {
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
    fn whatever_alerts_hold_their_events_are_sound(alerts in prop::collection::vec(alerts(), 0..4)) {
        check(json!(alerts).to_string());
        check(json!({ "alerts": alerts }).to_string());
    }

    #[test]
    fn no_moment_of_receipt_panics(alert in alerts(), received_at in prop::sample::select(vec![
        "9999-12-30T22:00:00.999999999Z", "2026-11-01T12:00:00Z", "1970-01-01T00:05:00Z",
    ])) {
        check_at(json!([alert]).to_string(), received_at);
    }

    #[test]
    fn neither_order_nor_empty_labels_make_another_alert(
        labels in prop::collection::btree_map("[a-z]{1,4}", "[a-z]{1,4}", 1..6),
        empty in prop::collection::btree_set("[A-Z]{1,4}", 0..4),
    ) {
        let written = |labels: Vec<(&String, &str)>| {
            let members: Vec<_> = labels.iter().map(|(name, value)| format!("{name:?}:{value:?}")).collect();
            format!(r#"[{{"labels":{{{}}}}}]"#, members.join(","))
        };
        let plain: Vec<_> = labels.iter().map(|(name, value)| (name, value.as_str())).collect();
        let mut more: Vec<_> = plain.iter().copied().chain(empty.iter().map(|name| (name, ""))).collect();
        more.reverse();
        let of = |body: String| events(&post_json(body)).remove(0);
        let (one, other) = (of(written(plain)), of(written(more)));
        prop_assert_eq!((one.fingerprint, one.event_id, one.labels), (other.fingerprint, other.event_id, other.labels));
    }
}
