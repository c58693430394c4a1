//! `campanile notify --test`.

use channels::testing::destinations::every_type;
use serde_json::json;

use super::Desk;
use crate::transcripts::assert_transcript;

#[tokio::test]
async fn each_type_takes_a_test_that_is_at_once_over() {
    let mut desk = Desk::before_every_type().await;
    for kind in every_type() {
        desk.run(&format!("notify --test {}", kind.replace('_', "-"))).await;
        let notified = desk.stand_in.notified(kind);
        assert!(notified.len() >= 2 && notified.last().unwrap().is_end(), "{kind}: {notified:?}");
    }
    assert_transcript!("destinations", desk.transcript);
}

#[tokio::test]
async fn a_test_is_for_one_destination_by_its_id_or_else_its_name() {
    let mut desk = Desk::before_every_type().await;
    let mut named = desk.destination("slack");
    named["name"] = json!("discord");
    named["enabled"] = json!(false);
    let mut also = desk.destination("mattermost");
    also["name"] = json!("Ops channel");
    desk.keep(&json!({ "destinations": [named, desk.destination("discord"), also, { "id": "wrong" }] }));
    desk.run("notify --test discord").await;
    desk.run("notify --test 'Ops channel'").await;
    desk.run("notify --test slack").await;
    desk.run("notify --test nobody").await;
    desk.run("notify --test wrong").await;
    desk.run("notify").await;
    // Discord is also notified by an edit of the existing message.
    assert_eq!(["discord", "mattermost", "slack"].map(|kind| desk.stand_in.notified(kind).len()), [3, 2, 2]);
    assert_transcript!("destinations", desk.transcript);
}

#[tokio::test]
async fn a_test_that_is_not_taken_says_what_the_destination_answered() {
    let mut desk = Desk::before_every_type().await;
    for (kind, status) in
        [("slack", 403), ("pagerduty", 400), ("webhook", 500), ("opsgenie", 429), ("mattermost", 302)]
    {
        desk.stand_in.fail(kind, status);
        desk.run(&format!("notify --test {kind}")).await;
    }
    let mut gone = desk.destination("slack");
    gone["settings"]["webhook_url"] = json!("http://127.0.0.1:1/s3cr3t-path");
    desk.keep(&json!({ "destinations": [gone] }));
    desk.run("notify --test slack").await;
    assert_transcript!("destinations", desk.transcript);
}
