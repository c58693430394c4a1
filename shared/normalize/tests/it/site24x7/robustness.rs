//! No bytes make a normalizer panic.

use alert::Signal;
use normalize::site24x7::{alert_logs, current_status};
use normalize::{InboundRequest, SourceConfiguration};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::post_json;
use super::{ACCOUNT, API_ROOT, SCHEDULED_AT, at, everything, fixture, names, receive};

const KEYS: [&str; 17] = [
    "STATUS",
    "MONITOR_ID",
    "MONITORNAME",
    "MONITORURL",
    "MONITOR_GROUPNAME",
    "MONITOR_DASHBOARD_LINK",
    "INCIDENT_REASON",
    "INCIDENT_TIME_ISO",
    "OUTAGE_TIME_UNIX_FORMAT",
    "ct",
    "TAGS",
    "FAILED_ATTRIBUTES",
    "STATUS_CHANGE_ATTRIBUTES",
    "RCA_LINK",
    "status",
    "",
    "my_token",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
        "[0-9]{1,25}".prop_map(Value::from),
        Just(json!("DOWN")),
        Just(json!("UP")),
        Just(json!("-9999-01-02T00:00:00Z")),
        Just(json!("9999-12-30T21:58:00Z")),
        Just(json!("https://www.site24x7.com/app/client#/home/monitors/123456000000025013/Summary")),
        Just(json!("Cart is Down")),
        "[a-zA-Z :,äß🦀]*(Down|Cart|Up| is )[a-zA-Z :,äß🦀]*".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("reason|[a-z]{1,4}", inner, 0..3).prop_map(|members| json!(members)),
        ]
    })
}

fn members(keys: &'static [&'static str]) -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::btree_map(prop::sample::select(keys).prop_map(str::to_owned), value(), 0..12)
        .prop_map(|members| members.into_iter().collect())
}

fn fixtures() -> impl Strategy<Value = Vec<u8>> {
    let files: Vec<_> = std::fs::read_dir(fixture(""))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    prop::sample::select(files)
}

fn received(body: impl Into<Vec<u8>>) {
    if let Ok(normalized) = receive(&post_json(body), &SourceConfiguration::default()) {
        for event in normalized.events {
            assert_eq!(event.ended_at.is_some(), event.signal == Signal::Resolved);
            assert!(event.labels.contains_key("monitor_id"));
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_answered(body in prop::collection::vec(any::<u8>(), 0..256), query in ".*") {
        received(body.clone());
        let inbound = InboundRequest { method: "GET".into(), query, content_type: None, ..post_json("") };
        let _ = receive(&inbound, &SourceConfiguration::default());
        received([b"{", body.as_slice()].concat());
    }

    #[test]
    fn arbitrary_values_under_known_keys_are_answered(members in members(&KEYS)) {
        received(Value::Object(members).to_string());
    }

    #[test]
    fn mutated_fixtures_are_answered(
        mut body in fixtures(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..8),
    ) {
        for (place, byte, change) in changes {
            let place = place.index(body.len() + 1);
            match change {
                0 if place < body.len() => body[place] = byte,
                1 => body.insert(place, byte),
                _ => body.truncate(place),
            }
        }
        received(body);
    }

    #[test]
    fn arbitrary_rows_of_current_status_are_read(
        rows in prop::collection::vec(members(&[
            "monitor_id", "status", "name", "last_polled_time", "downtime_millis", "outage_id", "attribute_value",
            "unit", "tags", "down_reason", "monitor_type",
        ]), 0..4),
        other in value(),
        root in ".*",
    ) {
        let body = json!({ "data": { "monitors": rows, "monitor_groups": [other, { "monitors": rows }] } });
        let read = current_status(&body, ACCOUNT, &root, at(SCHEDULED_AT));
        prop_assert!(read.len() <= rows.len());
        let _ = current_status(&other, ACCOUNT, &root, at(SCHEDULED_AT));
    }

    #[test]
    fn every_row_of_arbitrary_alert_logs_is_in_one_event_or_unreadable(
        rows in prop::collection::vec(members(&["msg", "sent_time", "alert_type", "display_name"]), 0..8),
        other in value(),
    ) {
        let mut rows: Vec<_> = rows.into_iter().map(Value::Object).collect();
        rows.push(other);
        let mut read = alert_logs(&rows, &names(), ACCOUNT, API_ROOT, everything());
        let logged: usize = read.events.iter().map(|logged| logged.rows.len()).sum();
        let unfinished = rows.len() - logged - read.unreadable.len();
        prop_assert_eq!(unfinished, 0);
        read.demote_unclosed(&[]);
        prop_assert!(read.events.iter().all(|logged| logged.event.signal != Signal::Notice || logged.event.ended_at.is_none()));
    }
}
