//! `campanile alerts`, `counts`, `sources`, `alert`, `ack`, `resolve`, `note`, `events`, `replay`, `silence` and `quarantine`, typed before a
//! running bundle.

mod acting;
mod at_once;
mod hostile;
mod reading;
mod refusals;
mod scripts;
mod silences;
mod statistics;
mod unread;
mod watching;

use serde_json::Value;

use crate::operator::Operator;

const DISK: &[(&str, &str)] = &[("alertname", "DiskFull"), ("instance", "db-01"), ("severity", "critical")];
const SWAP: &[(&str, &str)] = &[("alertname", "SwapUsed"), ("instance", "db-02"), ("severity", "warning")];
const JOB: &[(&str, &str)] = &[("alertname", "JobLate"), ("instance", "batch-7"), ("severity", "info")];

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// Before a bundle in which three alerts fire.
async fn three_ring() -> Operator {
    let operator = Operator::before_a_bundle().await;
    operator.fire(&[(DISK, DAY + 5 * HOUR), (SWAP, 2 * DAY + 7 * HOUR), (JOB, 3 * DAY + 2 * HOUR)]).await;
    operator
}

/// The fingerprint of the alert with `text`, whatever its condition.
async fn fingerprint(operator: &Operator, text: &str) -> String {
    let alerts: Value = serde_json::from_str(&operator.api(&format!("/v1/alerts?q={text}")).await).unwrap();
    alerts["alerts"][0]["fingerprint"].as_str().unwrap().to_owned()
}

/// Gives the events of all alerts names that do not differ from run to run, in the order of their titles and times.
async fn name_events(operator: &mut Operator) {
    let events: Value = serde_json::from_str(&operator.api("/v1/events").await).unwrap();
    let mut events: Vec<_> = events["events"].as_array().unwrap().iter().collect();
    events.sort_by_key(|event| {
        [&event["title"], &event["occurred_at"], &event["transition"]].map(Value::to_string)
    });
    let ids: Vec<_> = events.iter().map(|event| event["event_id"].as_str().unwrap().to_owned()).collect();
    for (id, name) in ids.iter().zip('A'..) {
        operator.call(id, name);
    }
}
