//! Whatever of an outage arrives, in whatever order: one alert, one run, the right end.

use alert::{AlertEvent, Condition, Severity, Signal, fold};
use normalize::site24x7::current_status;
use proptest::prelude::*;
use serde_json::json;

use super::{ACCOUNT, API_ROOT, at, fixture, json_in, logs, webhook};

/// All that the three ways report of one outage, which current status calls `outage_id`.
fn reported(outage_id: &str) -> Vec<AlertEvent> {
    let polled = |code: i64, at_time: &str| {
        let row = json!({
            "monitor_id": "123456000000025013", "name": "Shop front", "status": code,
            "last_polled_time": at_time, "outage_id": outage_id,
        });
        let body = json!({ "data": { "monitors": [row] } });
        current_status(&body, ACCOUNT, API_ROOT, at("2026-03-01T05:00:00Z")).remove(0).event
    };
    let logged = logs(&json_in(&fixture("poll/alert-logs-of-one-outage.json")));
    let mut events: Vec<_> = logged.events.into_iter().map(|logged| logged.event).collect();
    events.extend([webhook("down.json"), webhook("up-with-resolved-reason.json")]);
    events.extend([polled(0, "2026-03-01T04:48:00Z"), polled(1, "2026-03-01T04:53:00Z")]);
    events
}

proptest! {
    #[test]
    fn one_outage_is_one_run_whatever_arrives_and_in_whatever_order(
        outage_id in prop::sample::select(vec!["1772340327166", "123456000000099001"]),
        order in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle(),
        arriving in 1..=6_usize,
    ) {
        let all = reported(outage_id);
        let events: Vec<_> = order.iter().take(arriving).map(|place| &all[*place]).collect();
        let alert = events.iter().fold(None, |alert, event| fold(alert, event, at("2026-03-01T05:00:00Z")).alert);
        let alert = alert.unwrap();

        let is_over = events.iter().any(|event| event.signal == Signal::Resolved);
        let began = events.iter().any(|event| event.signal == Signal::Firing);
        prop_assert_eq!(alert.condition, if is_over { Condition::Resolved } else { Condition::Firing });
        prop_assert_eq!(alert.severity, if began { Severity::Critical } else { Severity::Info });
        prop_assert_eq!(alert.flaps, 0);
    }
}
