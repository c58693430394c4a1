//! What becomes of single notifications: retries, suspensions, poison, and an operator's word. `deliver` is `changes` here.

use alert::{AlertEvent, Clock as _, Fingerprint, Severity};
use campanile::embedded::{AwsCall, AwsService};
use channels::testing::destinations::StandIn;
use dispatch::{NotificationState, Outbox};
use http::StatusCode;
use serde_json::{Value, json};

use super::world::World;
use crate::api::{firing, resolved};

/// A world with one webhook, which gets every change.
async fn one(stand_in: &StandIn, more: &Value) -> World {
    World::with(json!({ "destinations": [stand_in.destination("webhook", more)] })).await
}

fn transitions(stand_in: &StandIn) -> Vec<String> {
    stand_in.notified("webhook").into_iter().map(|notified| notified.transition).collect()
}

#[tokio::test]
async fn later_changes_of_an_alert_wait_for_the_one_that_is_retried() {
    let stand_in = StandIn::start().await;
    let world = one(&stand_in, &Value::Null).await;
    stand_in.fail("webhook", 500);
    world.hear(&firing("cpu")).await;
    world.hand_on().await;
    world.hear(&AlertEvent { severity: Severity::Critical, ..firing("cpu") }).await;
    world.hear(&resolved("cpu")).await;
    world.hand_on().await;
    assert_eq!(world.notifications("cpu").await, []);

    stand_in.recover("webhook");
    world.tick().await;
    assert_eq!(transitions(&stand_in), [""; 0]);
    world.tick_after(7).await;
    assert_eq!(transitions(&stand_in), ["opened", "escalated", "resolved"]);
}

#[tokio::test]
async fn a_notification_that_will_never_be_taken_lets_the_next_one_pass() {
    let stand_in = StandIn::start().await;
    let world = one(&stand_in, &Value::Null).await;
    stand_in.fail("webhook", 422);
    world.hear(&firing("cpu")).await;
    world.hand_on().await;
    stand_in.recover("webhook");
    world.hear(&resolved("cpu")).await;
    world.hand_on().await;
    assert_eq!(
        transitions(&stand_in),
        [""; 0],
        "whoever was not notified of the opening is not notified of the end"
    );
    world.hear(&firing("cpu")).await;
    world.hand_on().await;
    assert_eq!(transitions(&stand_in), ["reopened"]);
    assert_eq!(world.count(NotificationState::Failed).await, 1);
}

#[tokio::test]
async fn after_a_day_a_notification_is_dead_lettered() {
    let stand_in = StandIn::start().await;
    let world = one(&stand_in, &Value::Null).await;
    stand_in.fail("webhook", 500);
    world.hear(&firing("cpu")).await;
    world.hand_on().await;
    for _ in 0..60 {
        world.tick_after(1_800).await;
    }
    assert_eq!(world.count(NotificationState::Dead).await, 1);
    let dead = world.notifications("cpu").await.remove(0);
    assert!(dead.attempts > 30, "{dead:?}");
}

#[tokio::test]
async fn a_suspended_destination_is_left_alone_but_for_one_probe_an_hour() {
    let stand_in = StandIn::start().await;
    let world = one(&stand_in, &Value::Null).await;
    stand_in.fail("webhook", 401);
    for name in ["cpu", "disk", "swap"] {
        world.hear(&firing(name)).await;
        world.hand_on().await;
    }
    stand_in.recover("webhook");
    world.tick_after(3_500).await;
    assert_eq!(transitions(&stand_in).len(), 0);
    world.tick_after(200).await;
    assert_eq!(transitions(&stand_in).len(), 3);
}

#[tokio::test]
async fn a_stray_404_does_not_mute_a_destination_for_good() {
    let stand_in = StandIn::start().await;
    let world = one(&stand_in, &Value::Null).await;
    stand_in.fail("webhook", 404);
    world.hear(&firing("cpu")).await;
    world.hand_on().await;
    stand_in.recover("webhook");
    world.tick_after(3_700).await;
    assert_eq!(transitions(&stand_in), ["opened"]);
}

#[tokio::test]
async fn other_settings_resume_a_destination_at_once() {
    let stand_in = StandIn::start().await;
    let world = one(&stand_in, &Value::Null).await;
    stand_in.fail("webhook", 401);
    world.hear(&firing("cpu")).await;
    world.hand_on().await;
    stand_in.recover("webhook");
    let mut settings = json!({ "destinations": [stand_in.destination("webhook", &Value::Null)] });
    settings["destinations"][0]["settings"]["token"] = json!("another");
    world.change_settings(&settings).await;
    world.tick().await;
    assert_eq!(transitions(&stand_in), ["opened"]);
}

#[tokio::test]
async fn an_alert_that_was_forgotten_and_comes_back_is_notified_anew() {
    let stand_in = StandIn::start().await;
    let world = one(&stand_in, &Value::Null).await;
    for _ in 0..2 {
        let now = world.clock.now();
        world.hear(&AlertEvent { occurred_at: now, ..firing("cpu") }).await;
        world.hear(&AlertEvent { occurred_at: now, severity: Severity::Critical, ..firing("cpu") }).await;
        world.hand_on().await;
        // As DynamoDB does, some time after `expires_at`; everything else is still there.
        let key = json!({
            "pk": { "S": format!("ALERT#{}", Fingerprint::of(["cpu"])) },
            "sk": { "S": "STATE" },
        });
        let input = json!({ "TableName": "campanile", "Key": key });
        let call =
            AwsCall { target: "DynamoDB_20120810.DeleteItem".to_owned(), body: input.to_string().into() };
        assert!(world.table.answer(call).await.status.is_success());
        world.hand_on().await;
        world.clock.pass(100 * 24 * 60 * 60);
    }
    assert_eq!(transitions(&stand_in), ["opened", "escalated", "opened", "escalated"]);
}

#[tokio::test]
async fn notifications_wait_until_the_ownership_check_has_passed() {
    let stand_in = StandIn::start().await;
    let mut settings = json!({ "destinations": [stand_in.destination("webhook", &Value::Null)] });
    settings["destinations"][0]["settings"]["challenge_secret"] = json!("nobody knows it");
    let world = World::with(settings).await;
    world.hear(&firing("cpu")).await;
    world.hand_on().await;
    world.tick().await;
    // The stand-in took the question and did not know the answer.
    let notified = stand_in.notified("webhook");
    assert!(notified.iter().all(|notified| notified.transition.is_empty()), "{notified:?}");
    let state = world.outbox().destination_state("webhook").await.unwrap().unwrap();
    assert!(state.suspension.is_some(), "{state:?}");
    world.tick_after(60).await;
    assert_eq!(stand_in.notified("webhook").len(), notified.len());
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_quarantined_and_holds_nobody_up() {
    let stand_in = StandIn::start().await;
    let world = one(&stand_in, &Value::Null).await;
    world.hear(&firing("cpu")).await;
    let good = world.table.oldest_records("campanile", 100).await.unwrap();
    let mut records: Vec<_> = good.into_iter().map(|record| record.event).collect();
    let is_state = |record: &&Value| record["dynamodb"]["Keys"]["sk"]["S"] == "STATE";
    let mut poison = records.iter().find(is_state).unwrap().clone();
    poison["dynamodb"]["SequenceNumber"] = json!("1");
    poison["dynamodb"]["NewImage"]["alert"] = json!({ "S": "nonsense" });
    records.insert(0, poison);
    records.insert(0, json!("not even a record"));

    assert_eq!(world.handle(json!({ "Records": records })).await, json!({ "batchItemFailures": [] }));
    world.notifier.settled().await;
    assert_eq!(transitions(&stand_in), ["opened"]);
    let quarantined = world.platform.table.quarantined(aws::PageSize::items(10), None).await.unwrap().entries;
    let reasons: Vec<_> = quarantined.iter().map(|entry| entry.reason.as_str()).collect();
    assert_eq!(reasons, ["unreadable_stream_record"; 2]);
}

#[tokio::test]
async fn a_batch_that_comes_again_notifies_nothing_twice() {
    let stand_in = StandIn::start().await;
    let world = one(&stand_in, &Value::Null).await;
    world.hear(&firing("cpu")).await;
    world.hear(&resolved("cpu")).await;
    let records = world.table.oldest_records("campanile", 100).await.unwrap();
    let records: Vec<_> = records.into_iter().map(|record| record.event).collect();
    for _ in 0..3 {
        world.handle(json!({ "Records": records })).await;
        world.notifier.settled().await;
    }
    assert_eq!(transitions(&stand_in), ["opened", "resolved"]);
}

#[tokio::test]
async fn notifications_are_listed_and_retried_through_the_api() {
    let world = crate::api::world().await;
    let (status, refused) = world.act("POST", "/v1/notifications/nonsense/retry", Value::Null).await;
    assert_eq!((status, &refused["error"]["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
    let unknown = "/v1/notifications/031b4125892183eab987979912c384a4-1-ops/retry";
    assert_eq!(world.act("POST", unknown, Value::Null).await.0, StatusCode::NOT_FOUND);
    let listed = world.get("/v1/notifications?state=dead&state=failed").await;
    assert_eq!(listed, json!({ "notifications": [], "next_cursor": null }));
}

#[tokio::test]
async fn pages_of_notifications_join_to_the_whole_list() {
    let stand_in = StandIn::start().await;
    let world = one(&stand_in, &Value::Null).await;
    for name in ["cpu", "disk"] {
        for event in [firing(name), resolved(name), firing(name), resolved(name), firing(name)] {
            world.clock.pass(1);
            world.hear(&AlertEvent { occurred_at: world.clock.now(), ..event }).await;
            world.hand_on().await;
        }
    }
    for fingerprint in [None, Some(Fingerprint::of(["cpu"]))] {
        let filter = aws::NotificationFilter { fingerprint, ..aws::NotificationFilter::default() };
        let whole = world.list(&filter).await;
        assert_eq!(whole.len(), if fingerprint.is_some() { 5 } else { 10 });
        assert!(whole.is_sorted_by(|a, b| a.created_at >= b.created_at));
        let (mut joined, mut cursor) = (Vec::new(), None);
        loop {
            let page = world.outbox().notifications(&filter, 2, cursor.as_ref()).await.unwrap();
            assert!(page.notifications.len() <= 2);
            joined.extend(page.notifications);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(joined, whole, "{fingerprint:?}");
    }
}
