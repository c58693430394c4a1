//! `campanile notifications`, typed before a bundle that notifies stand-ins.

use std::time::Duration;

use channels::testing::destinations::StandIn;
use serde_json::{Value, json};

use crate::operator::Operator;
use crate::transcripts::assert_transcript;

const DISK: &[(&str, &str)] = &[("alertname", "DiskFull"), ("instance", "db-01"), ("severity", "critical")];

/// Before a bundle that notifies `destinations` of everything.
async fn before_a_bundle_that_notifies(stand_in: &StandIn, destinations: &[&str]) -> Operator {
    let secrets = include_str!("../../../development-secrets.json");
    let mut secrets: Value = serde_json::from_str(secrets).unwrap();
    let destinations: Vec<_> =
        destinations.iter().map(|kind| stand_in.destination(kind, &json!({}))).collect();
    secrets["campanile/destinations"] = json!({ "destinations": destinations });
    Operator::before_a_bundle_with(&secrets).await
}

/// Waits until as many notifications as `count` are in `state`.
async fn until(operator: &Operator, state: &str, count: usize) {
    for _ in 0..600 {
        let notifications: Value =
            serde_json::from_str(&operator.api(&format!("/v1/notifications?state={state}")).await).unwrap();
        // One that waits for its first attempt is not meant; one that is held since the destination refused us is.
        let is_tried = |inbound: &&Value| inbound["attempts"] != 0 || !inbound["reason"].is_null();
        let tried = notifications["notifications"].as_array().unwrap().iter().filter(is_tried);
        if tried.count() == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("there are not {count} {state} notifications: {}", operator.api("/v1/notifications").await);
}

/// The id of the only notification for `destination`.
async fn id_of(operator: &Operator, destination: &str) -> String {
    let listed = operator.api(&format!("/v1/notifications?destination={destination}")).await;
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let [only] = &listed["notifications"].as_array().unwrap()[..] else { panic!("{listed}") };
    only["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_sent_is_listed_with_the_reason_and_sent_once_more() {
    let stand_in = StandIn::start().await;
    stand_in.fail("slack", 403);
    stand_in.fail("webhook", 400);
    let mut operator = before_a_bundle_that_notifies(&stand_in, &["discord", "slack", "webhook"]).await;
    operator.run("notifications").await;
    operator.fire(&[(DISK, 5)]).await;
    until(&operator, "sent", 1).await;
    until(&operator, "failed", 1).await;
    until(&operator, "waiting", 1).await;
    operator.run("notifications --state sent").await;
    operator.run("notifications --state failed --columns 120").await;
    operator.run("notifications list --destination slack --state waiting,dead").await;
    operator.run("notifications --alert 42f4 --destination discord").await;
    operator.run("notifications --alert 0000").await;
    operator.run("notifications --destination nobody").await;

    stand_in.recover("slack");
    stand_in.recover("webhook");
    let (slack, webhook) = (id_of(&operator, "slack").await, id_of(&operator, "webhook").await);
    operator.run(&format!("notifications retry {slack} {webhook}")).await;
    until(&operator, "sent", 3).await;
    operator.run("notifications --state waiting,failed,dead").await;
    assert_eq!([stand_in.notified("slack").len(), stand_in.notified("webhook").len()], [1, 1]);
    operator.run("notifications retry 42f46be72bbaf4da7783316b31438b48-9-slack").await;
    operator.run("notifications retry").await;
    assert_transcript!("notifications", operator.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_destination_knows_is_not_sent_again_whoever_asks_for_it() {
    let stand_in = StandIn::start().await;
    let operator = before_a_bundle_that_notifies(&stand_in, &["slack"]).await;
    operator.fire(&[(DISK, 5)]).await;
    until(&operator, "sent", 1).await;
    let known =
        operator.answer(&format!("notifications retry {} --json", id_of(&operator, "slack").await)).await;
    let known: Value = serde_json::from_str(&known).unwrap();
    assert_eq!((&known["destination"], &known["state"]), (&json!("slack"), &json!("sent")));
    operator.fire(&[(&[("alertname", "Other"), ("instance", "db-02"), ("severity", "critical")], 5)]).await;
    until(&operator, "sent", 2).await;
    assert_eq!(stand_in.notified("slack").len(), 2);
}
