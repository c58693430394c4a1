//! What the notifier counts, as alarms see it.

use channels::testing::destinations::StandIn;
use serde_json::{Value, json};
use tests::function::{Outcome, Setup};
use tests::{Alarm, Deployment, Function, Receiver, secrets};

use super::call;
use super::mapping::{Handed, Mapping};

/// The lines of the metric `name` in a log of the embedded metric format.
pub(super) fn metrics(log: &str, name: &str) -> Vec<Value> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let metrics = lines.filter(|line| line["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Campanile");
    metrics.filter(|metric| !metric[name].is_null()).collect()
}

/// The sum of the metric `name` in such a log.
fn sum(log: &str, name: &str) -> u64 {
    metrics(log, name).iter().filter_map(|metric| metric[name].as_u64()).sum()
}

async fn tick(notifier: &Function) {
    match notifier.run(&json!({ "tick": "retry" })).await {
        Outcome::Answered(_) => {}
        other => panic!("{other:?}\n{}", notifier.log()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn notifications_and_attempts_are_counted_by_destination() {
    let stand_in = StandIn::start().await;
    let mut secrets = secrets();
    let destinations = ["webhook", "pagerduty"].map(|kind| stand_in.destination(kind, &Value::Null));
    secrets["campanile/destinations"] = json!({ "destinations": destinations });
    let deployment = Deployment::start(&secrets).await;
    let Some(table) = deployment.cloud().embedded_table() else { return };
    let notifier = Function::start(Setup::new("notifier", deployment.cloud().url())).await;

    stand_in.fail("pagerduty", 401);
    assert!(deployment.answer(&call(&Alarm::raised(0))).await.is_success());
    let mapping = Mapping::of(table);
    while mapping.hand_on(&notifier).await != Handed::Nothing {}
    tick(&notifier).await;

    let log = notifier.stop().await;
    assert_eq!((sum(&log, "NotificationsSent"), sum(&log, "NotificationsFailed")), (1, 1), "{log}");
    assert!(log.contains("\"destination\":\"webhook\""), "{log}");
}
