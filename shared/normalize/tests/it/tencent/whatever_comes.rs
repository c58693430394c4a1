//! What holds of every body, however broken.

use super::*;

proptest! {
    #[test]
    fn arbitrary_bytes_are_understood_or_refused(body in prop::collection::vec(any::<u8>(), 0..400)) {
        holds_for(body)?;
    }

    #[test]
    fn arbitrary_documents_are_understood_or_refused(body in documents()) {
        holds_for(body.to_string())?;
    }

    #[test]
    fn broken_fixtures_are_understood_or_refused(
        fixture in any::<Index>(),
        breaks in prop::collection::vec((any::<Index>(), any::<Index>(), any::<u8>()), 1..8),
    ) {
        let mut body = std::fs::read(fixture.get(&fixtures())).unwrap();
        for (start, end, byte) in breaks {
            if body.is_empty() {
                break;
            }
            let (start, end) = (start.index(body.len()), end.index(body.len()));
            body[start] = byte;
            if byte < 64 {
                body.drain(start.min(end)..start.max(end).min(start.min(end) + 40));
            }
        }
        holds_for(body)?;
    }

    #[test]
    fn fixtures_with_strange_values_are_understood_or_refused(
        fixture in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), strange_values()), 1..4),
    ) {
        let mut body = fixture.get(&json_fixtures()).1.clone();
        for (place, value) in changes {
            let places = places(&body);
            if let Some(target) = body.pointer_mut(place.get(&places).as_str()) {
                *target = value;
            }
        }
        holds_for(body.to_string())?;
    }
}

#[test]
fn the_order_of_keys_does_not_matter() {
    for (path, body) in json_fixtures() {
        let read =
            |body: String| outcome(tencent::normalize, &post_json(body), &SourceConfiguration::default());
        assert_eq!(read(reversed(&body)), read(body.to_string()), "{}", path.display());
    }
}

#[test]
fn numbers_sent_as_text_are_the_same_event() {
    for (path, body) in json_fixtures() {
        let Ok(original) = tencent::normalize(&inbound(&path), &SourceConfiguration::default()) else {
            continue;
        };
        let as_text = tencent::normalize(
            &post_json(numbers_as_text(body).to_string()),
            &SourceConfiguration::default(),
        );
        let ids =
            |events: &[AlertEvent]| events.iter().map(|e| (e.fingerprint, e.event_id)).collect::<Vec<_>>();
        assert_eq!(ids(&as_text.unwrap().events), ids(&original.events), "{}", path.display());
    }
}

/// What no body may break.
fn holds_for(body: impl Into<Vec<u8>>) -> Result<(), TestCaseError> {
    let sent = post_json(body);
    let echo = tencent::session_id(&sent.body);
    prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(echo.get()).is_ok());
    match tencent::normalize(&sent, &SourceConfiguration::default()) {
        Ok(read) => {
            prop_assert!(read.events.len() <= 1);
            read.events.iter().try_for_each(event_is_sound)
        }
        Err(refused) => {
            prop_assert!(REASONS.contains(&&*refused.reason));
            Ok(())
        }
    }
}

fn event_is_sound(event: &AlertEvent) -> Result<(), TestCaseError> {
    prop_assert!(!event.title.is_empty());
    prop_assert!(event.occurred_at > Timestamp::UNIX_EPOCH);
    prop_assert_eq!(event.signal == Signal::Resolved, event.ended_at.is_some());
    prop_assert!(event.url.iter().all(|url| url.to_ascii_lowercase().starts_with("http")));
    prop_assert!(event.labels.contains_key("alarm_type"));
    for (name, value) in event.labels.iter().chain(&event.annotations) {
        prop_assert!(!value.is_empty());
        prop_assert!(
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        );
    }
    Ok(())
}

const REASONS: [&str; 6] =
    ["not_json", "unknown_source", "no_identity", "unknown_shape", "no_time", "verification_probe"];

fn strange_values() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[0-9]{1,20}".prop_map(Value::from),
        "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}( \\(UTC[+-][0-9]{2}:[0-9]{2}\\))?"
            .prop_map(Value::from),
    ];
    scalar.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z.é]{0,6}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Objects with the keys that mean something, and anything under them.
fn documents() -> impl Strategy<Value = Value> {
    let keys = [
        "alarmStatus",
        "alarmType",
        "alarmObjInfo",
        "alarmPolicyInfo",
        "firstOccurTime",
        "durationTime",
        "recoverTime",
        "specversion",
        "source",
        "type",
        "time",
        "data",
        "status",
        "content",
        "object",
        "policy_id",
        "first_trigger_time",
        "trigger_time",
        "recovery_time",
        "duration",
        "msg",
        "sessionId",
    ];
    let values = prop_oneof![Just(json!("cvm.cloud.tencent")), Just(json!(1_786_248_000)), strange_values()];
    prop::collection::btree_map(prop::sample::select(keys.to_vec()), values, 0..keys.len())
        .prop_map(|members| json!(members))
}

/// Pointers to every value inside `value`.
fn places(value: &Value) -> Vec<String> {
    let inside = |key: String, value: &Value| {
        let key = key.replace('~', "~0").replace('/', "~1");
        places(value).into_iter().map(move |place| format!("/{key}{place}")).collect::<Vec<_>>()
    };
    let below: Vec<_> = match value {
        Value::Object(members) => {
            members.iter().flat_map(|(key, value)| inside(key.clone(), value)).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(i, item)| inside(i.to_string(), item)).collect()
        }
        _ => Vec::new(),
    };
    std::iter::once(String::new()).chain(below).collect()
}

/// The same JSON with the members of every object in the opposite order.
fn reversed(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .rev()
                .map(|(key, value)| format!("{}:{}", json!(key), reversed(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(reversed).collect::<Vec<_>>().join(",")),
        scalar => scalar.to_string(),
    }
}

fn numbers_as_text(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        Value::Array(items) => items.into_iter().map(numbers_as_text).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(key, value)| (key, numbers_as_text(value))).collect()
        }
        other => other,
    }
}
