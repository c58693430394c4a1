//! What becomes of single messages: retries, suspensions, poison, and an operator's word.

use std::time::Duration;

use alert::{AlertEvent, Fingerprint, Severity};
use aws::{DeliveryFilter, DeliveryState};
use campanile::embedded::{AwsCall, AwsService};
use http::StatusCode;
use intake::Clock;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::stand_in::StandIn;
use super::tower::Tower;
use crate::api::{firing, resolved};

/// A tower with one webhook.
async fn one(stand_in: &StandIn, more: &Value) -> Tower {
    Tower::with(json!({ "destinations": [stand_in.destination("webhook", more)] })).await
}

fn transitions(stand_in: &StandIn) -> Vec<String> {
    stand_in.told("webhook").into_iter().map(|told| told.transition).collect()
}

#[tokio::test]
async fn later_messages_of_an_alert_wait_for_the_one_that_is_retried() {
    let stand_in = StandIn::start().await;
    let tower = one(&stand_in, &Value::Null).await;
    stand_in.fail("webhook", 500);
    tower.hear(&firing("cpu")).await;
    tower.hand_on().await;
    tower.hear(&AlertEvent { severity: Severity::Critical, ..firing("cpu") }).await;
    tower.hear(&resolved("cpu")).await;
    tower.hand_on().await;
    let states: Vec<_> = tower.deliveries("cpu").await.into_iter().map(|delivery| delivery.record).collect();
    assert!(states.iter().all(|record| record.state == DeliveryState::Waiting), "{states:?}");
    assert_eq!(states.iter().map(|record| record.attempts).collect::<Vec<_>>(), [0, 0, 1]);

    stand_in.recover("webhook");
    tower.tick().await;
    assert_eq!(transitions(&stand_in), [""; 0]);
    tower.tick_after(6).await;
    assert_eq!(transitions(&stand_in), ["opened", "escalated", "resolved"]);
}

#[tokio::test]
async fn a_message_that_will_never_be_taken_lets_the_next_one_pass() {
    let stand_in = StandIn::start().await;
    let tower = one(&stand_in, &Value::Null).await;
    stand_in.fail("webhook", 422);
    tower.hear(&firing("cpu")).await;
    tower.hand_on().await;
    stand_in.recover("webhook");
    tower.hear(&resolved("cpu")).await;
    tower.hand_on().await;
    assert_eq!(transitions(&stand_in), ["resolved"]);
    assert_eq!(tower.count(DeliveryState::Failed).await, 1);
}

#[tokio::test]
async fn after_a_day_a_message_is_dead_until_an_operator_has_it_told_once_more() {
    let stand_in = StandIn::start().await;
    let tower = one(&stand_in, &Value::Null).await;
    stand_in.fail("webhook", 500);
    tower.hear(&firing("cpu")).await;
    tower.hand_on().await;
    for _ in 0..60 {
        tower.tick_after(1_800).await;
    }
    assert_eq!(tower.count(DeliveryState::Dead).await, 1);
    let dead = tower.deliveries("cpu").await.remove(0);
    assert!(dead.record.attempts > 30, "{dead:?}");

    stand_in.recover("webhook");
    tower.tick_after(3_600).await;
    assert_eq!(transitions(&stand_in), [""; 0]);
    tower.platform.table.retry_delivery(&dead.id, dead.record.created_at).await.unwrap().unwrap();
    tower.tick().await;
    assert_eq!(transitions(&stand_in), ["opened"]);
}

#[tokio::test]
async fn a_suspended_destination_is_left_alone_but_for_one_probe_an_hour() {
    let stand_in = StandIn::start().await;
    let tower = one(&stand_in, &Value::Null).await;
    stand_in.fail("webhook", 401);
    for name in ["cpu", "disk", "swap"] {
        tower.hear(&firing(name)).await;
        tower.hand_on().await;
    }
    assert_eq!(tower.count(DeliveryState::Waiting).await, 3);
    stand_in.recover("webhook");
    tower.tick_after(3_500).await;
    assert_eq!(transitions(&stand_in).len(), 0);
    tower.tick_after(200).await;
    assert_eq!(transitions(&stand_in).len(), 3);
}

#[tokio::test]
async fn a_destination_that_is_gone_is_resumed_by_a_change_of_its_settings() {
    let stand_in = StandIn::start().await;
    let tower = one(&stand_in, &Value::Null).await;
    stand_in.fail("webhook", 404);
    tower.hear(&firing("cpu")).await;
    tower.hand_on().await;
    stand_in.recover("webhook");
    tower.tick_after(100_000).await;
    assert_eq!(transitions(&stand_in), [""; 0]);

    let mut settings = json!({ "destinations": [stand_in.destination("webhook", &Value::Null)] });
    settings["destinations"][0]["settings"]["token"] = json!("another");
    tower.change_settings(&settings).await;
    tower.tick().await;
    assert_eq!(transitions(&stand_in), ["opened"]);
}

#[tokio::test]
async fn a_message_never_expires_while_it_waits() {
    let stand_in = StandIn::start().await;
    let tower = one(&stand_in, &Value::Null).await;
    stand_in.fail("webhook", 401);
    tower.hear(&firing("cpu")).await;
    tower.hear(&resolved("cpu")).await;
    tower.hand_on().await;
    assert_eq!(tower.count(DeliveryState::Waiting).await, 2);
    assert_eq!(expiring(&tower).await, [false, false]);
    stand_in.recover("webhook");
    tower.tick_after(3_700).await;
    assert_eq!(transitions(&stand_in), ["opened", "resolved"]);
    assert_eq!(expiring(&tower).await, [true, true]);

    let told = tower.deliveries("cpu").await.remove(0);
    stand_in.fail("webhook", 401);
    tower.platform.table.retry_delivery(&told.id, tower.clock.now()).await.unwrap().unwrap();
    assert_eq!(expiring(&tower).await, [true, false]);
}

#[tokio::test]
async fn a_probe_without_an_answer_leaves_the_destination_suspended_and_its_messages_held() {
    let stand_in = StandIn::start().await;
    let tower = one(&stand_in, &Value::Null).await;
    stand_in.fail("webhook", 401);
    for name in ["cpu", "disk"] {
        tower.hear(&firing(name)).await;
        tower.hand_on().await;
    }
    stand_in.fail("webhook", 500);
    for _ in 0..30 {
        tower.tick_after(3_700).await;
    }
    let states = tower.platform.table.destination_states().await.unwrap();
    assert!(states["webhook"].suspension.is_some(), "{states:?}");
    assert_eq!(tower.count(DeliveryState::Waiting).await, 2);

    stand_in.recover("webhook");
    tower.tick_after(3_700).await;
    assert_eq!(transitions(&stand_in), ["opened", "opened"]);
    let states = tower.platform.table.destination_states().await.unwrap();
    assert_eq!(states["webhook"].suspension, None);
}

#[tokio::test]
async fn a_message_that_is_told_once_more_goes_before_those_that_came_after_it() {
    let stand_in = StandIn::start().await;
    let tower = one(&stand_in, &Value::Null).await;
    stand_in.fail("webhook", 500);
    tower.hear(&firing("cpu")).await;
    tower.hear(&AlertEvent { severity: Severity::Critical, ..firing("cpu") }).await;
    tower.hear(&resolved("cpu")).await;
    tower.hand_on().await;
    while tower.count(DeliveryState::Dead).await == 0 {
        tower.tick_after(1_800).await;
    }
    tower.tick_after(1_800).await;
    let [resolved, escalated, opened] = &tower.deliveries("cpu").await[..] else { panic!() };
    assert_eq!(opened.record.state, DeliveryState::Dead);
    assert!(escalated.record.attempts > 0, "the second has its turn: {escalated:?}");
    assert_eq!(resolved.record.attempts, 0);

    stand_in.recover("webhook");
    let now = tower.clock.now();
    for delivery in [opened, resolved] {
        tower.platform.table.retry_delivery(&delivery.id, now).await.unwrap().unwrap();
    }
    assert_eq!(
        tower.platform.table.due("webhook", now, 10).await.unwrap().len(),
        1,
        "the first of the queue"
    );
    tower.tick_after(3_600).await;
    assert_eq!(transitions(&stand_in), ["opened", "escalated", "resolved"]);
}

#[tokio::test]
async fn a_destination_that_wants_a_long_pause_is_asked_about_once_in_a_tick() {
    let stand_in = StandIn::start().await;
    let tower = one(&stand_in, &Value::Null).await;
    let until = tower.clock.now().checked_add(SignedDuration::from_hours(1)).unwrap();
    tower.platform.table.hold("webhook", until).await.unwrap();
    for number in 0..120 {
        tower.hear(&firing(&format!("alert {number}"))).await;
    }
    tower.hand_on().await;
    assert_eq!(tower.count(DeliveryState::Waiting).await, 120);
    tokio::time::timeout(Duration::from_secs(20), tower.tick()).await.expect("the tick ends");
    assert_eq!(transitions(&stand_in), [""; 0]);
    tower.tick_after(3_700).await;
    assert_eq!(transitions(&stand_in).len(), 120);
}

#[tokio::test]
async fn a_list_that_asks_for_one_state_twice_has_each_message_once() {
    let stand_in = StandIn::start().await;
    let tower = one(&stand_in, &Value::Null).await;
    stand_in.fail("webhook", 422);
    tower.hear(&firing("cpu")).await;
    tower.hand_on().await;
    let states = vec![DeliveryState::Failed; 2];
    let filter = DeliveryFilter { states, ..DeliveryFilter::default() };
    let page = tower.platform.table.deliveries(&filter, 10, None).await.unwrap();
    assert_eq!(page.deliveries.len(), 1);
}

#[tokio::test]
async fn an_alert_that_was_forgotten_and_comes_back_is_told_anew() {
    let stand_in = StandIn::start().await;
    let tower = one(&stand_in, &Value::Null).await;
    for _ in 0..2 {
        tower.hear(&AlertEvent { occurred_at: tower.clock.now(), ..firing("cpu") }).await;
        tower
            .hear(&AlertEvent {
                occurred_at: tower.clock.now(),
                severity: Severity::Critical,
                ..firing("cpu")
            })
            .await;
        tower.hand_on().await;
        // As DynamoDB does, some time after `expires_at`; everything else is still there.
        let key = json!({
            "pk": { "S": format!("ALERT#{}", Fingerprint::of(["cpu"])) },
            "sk": { "S": "STATE" },
        });
        let input = json!({ "TableName": "campanile", "Key": key });
        let call =
            AwsCall { target: "DynamoDB_20120810.DeleteItem".to_owned(), body: input.to_string().into() };
        assert!(tower.table.answer(call).await.status.is_success());
        tower.hand_on().await;
        tower.clock.pass(100 * 24 * 60 * 60);
    }
    assert_eq!(transitions(&stand_in), ["opened", "escalated", "opened", "escalated"]);
}

/// Of each delivery of `cpu`, the oldest first, whether DynamoDB will remove it one day.
async fn expiring(tower: &Tower) -> Vec<bool> {
    let input = json!({
        "TableName": "campanile",
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)",
        "ExpressionAttributeValues": {
            ":pk": { "S": format!("ALERT#{}", Fingerprint::of(["cpu"])) },
            ":sk": { "S": "DELIVERY#" },
        },
    });
    let call = AwsCall { target: "DynamoDB_20120810.Query".to_owned(), body: input.to_string().into() };
    let output: Value = serde_json::from_slice(&tower.table.answer(call).await.body).unwrap();
    output["Items"].as_array().unwrap().iter().map(|item| item.get("expires_at").is_some()).collect()
}

#[tokio::test]
async fn messages_wait_until_the_ownership_check_has_passed() {
    let stand_in = StandIn::start().await;
    let mut settings = json!({ "destinations": [stand_in.destination("webhook", &Value::Null)] });
    settings["destinations"][0]["settings"]["challenge_secret"] = json!("nobody knows it");
    let tower = Tower::with(settings).await;
    tower.hear(&firing("cpu")).await;
    tower.hand_on().await;
    tower.tick().await;
    // The stand-in took the question and did not know the answer.
    let told = stand_in.told("webhook");
    assert!(told.iter().all(|told| told.transition.is_empty()), "{told:?}");
    assert_eq!(tower.count(DeliveryState::Waiting).await, 1);
    tower.tick_after(60).await;
    assert_eq!(stand_in.told("webhook").len(), told.len());
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_put_aside_and_holds_nobody_up() {
    let stand_in = StandIn::start().await;
    let tower = one(&stand_in, &Value::Null).await;
    tower.hear(&firing("cpu")).await;
    let good = tower.table.oldest_records("campanile", 100).await.unwrap();
    let mut records: Vec<_> = good.into_iter().map(|record| record.event).collect();
    let mut poison = records.last().unwrap().clone();
    poison["dynamodb"]["SequenceNumber"] = json!("1");
    poison["dynamodb"]["NewImage"]["alert"] = json!({ "S": "nonsense" });
    poison["dynamodb"]["Keys"]["sk"] = json!({ "S": "STATE" });
    records.insert(0, poison);
    records.insert(0, json!("not even a record"));

    let time_left = intake::TimeLeft(std::time::Duration::from_mins(2));
    let answer = tower.notifier.clone().handle(json!({ "Records": records }), time_left).await.unwrap();

    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    assert_eq!(transitions(&stand_in), ["opened"]);
    let aside = tower.platform.table.quarantined(aws::PageSize::items(10), None).await.unwrap().entries;
    let reasons: Vec<_> = aside.iter().map(|entry| entry.reason.as_str()).collect();
    assert_eq!(reasons, ["unreadable_stream_record"; 2]);
}

#[tokio::test]
async fn a_batch_that_comes_again_tells_nothing_twice() {
    let stand_in = StandIn::start().await;
    let tower = one(&stand_in, &Value::Null).await;
    tower.hear(&firing("cpu")).await;
    tower.hear(&resolved("cpu")).await;
    let records = tower.table.oldest_records("campanile", 100).await.unwrap();
    let records: Vec<_> = records.into_iter().map(|record| record.event).collect();
    for _ in 0..3 {
        let time_left = intake::TimeLeft(std::time::Duration::from_mins(2));
        tower.notifier.clone().handle(json!({ "Records": records }), time_left).await.unwrap();
    }
    assert_eq!(transitions(&stand_in), ["opened", "resolved"]);
}

#[tokio::test]
async fn deliveries_are_listed_and_retried_through_the_api() {
    let world = crate::api::world().await;
    let (status, refused) = world.act("POST", "/v1/deliveries/nonsense/retry", Value::Null).await;
    assert_eq!((status, &refused["error"]["code"]), (StatusCode::BAD_REQUEST, &json!("bad_request")));
    let unknown = "/v1/deliveries/031b4125892183eab987979912c384a4-1-ops/retry";
    assert_eq!(world.act("POST", unknown, Value::Null).await.0, StatusCode::NOT_FOUND);
    let listed = world.get("/v1/deliveries?state=dead&state=failed").await;
    assert_eq!(listed, json!({ "deliveries": [], "next_cursor": null }));
}

#[tokio::test]
async fn pages_of_deliveries_join_to_the_whole_list() {
    let stand_in = StandIn::start().await;
    let tower = one(&stand_in, &Value::Null).await;
    for name in ["cpu", "disk"] {
        for event in [firing(name), resolved(name), firing(name), resolved(name), firing(name)] {
            tower.clock.pass(1);
            tower.hear(&AlertEvent { occurred_at: tower.clock.now(), ..event }).await;
            tower.hand_on().await;
        }
    }
    for fingerprint in [None, Some(Fingerprint::of(["cpu"]))] {
        let filter = DeliveryFilter { fingerprint, ..DeliveryFilter::default() };
        let whole = tower.platform.table.deliveries(&filter, 100, None).await.unwrap();
        assert_eq!((whole.deliveries.len(), whole.next), (if fingerprint.is_some() { 5 } else { 10 }, None));
        assert!(whole.deliveries.is_sorted_by(|a, b| a.record.created_at > b.record.created_at));
        let (mut joined, mut cursor) = (Vec::new(), None);
        loop {
            let page = tower.platform.table.deliveries(&filter, 2, cursor.as_ref()).await.unwrap();
            assert!(page.deliveries.len() <= 2);
            joined.extend(page.deliveries);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(joined, whole.deliveries, "{fingerprint:?}");
    }
}
