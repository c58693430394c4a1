//! `deliver: state`: people are notified the present state of a group, and never a backlog.

use alert::{AlertEvent, Severity};
use channels::testing::destinations::StandIn;
use serde_json::{Value, json};

use super::world::World;
use crate::api::{firing, resolved};

/// An alert of the node `db-01`.
fn of_node(name: &str) -> AlertEvent {
    AlertEvent { resource: Some("db-01".to_owned()), ..firing(name) }
}

async fn slack(stand_in: &StandIn, more: &Value) -> World {
    World::with(json!({ "destinations": [stand_in.destination("slack", more)] })).await
}

#[tokio::test]
async fn five_hundred_alerts_of_one_node_in_a_minute_are_at_most_three_notifications() {
    let stand_in = StandIn::start().await;
    let world = slack(&stand_in, &Value::Null).await;
    for number in 0..500 {
        world.hear(&of_node(&format!("alert-{number:03}"))).await;
        if number % 100 == 99 {
            world.hand_on().await;
            world.tick_after(12).await;
        }
    }
    world.tick_after(60).await;
    let notified = stand_in.notified("slack");
    assert!((1..=3).contains(&notified.len()), "{} notifications", notified.len());
    let last = notified.last().unwrap().text();
    assert!(last.contains("500"), "{last}");
    world.tick_after(600).await;
    assert_eq!(stand_in.notified("slack").len(), notified.len(), "nothing is left to notify");
}

#[tokio::test]
async fn worse_news_does_not_wait() {
    let stand_in = StandIn::start().await;
    let world = slack(&stand_in, &Value::Null).await;
    world.hear(&AlertEvent { severity: Severity::Warning, ..of_node("disk") }).await;
    world.hand_on().await;
    world.hear(&AlertEvent { severity: Severity::Warning, ..of_node("cpu") }).await;
    world.hand_on().await;
    assert_eq!(stand_in.notified("slack").len(), 1, "what is no worse is collected");
    world.hear(&AlertEvent { severity: Severity::Critical, ..of_node("raid") }).await;
    world.hand_on().await;
    assert_eq!(stand_in.notified("slack").len(), 2);
}

#[tokio::test]
async fn after_an_outage_each_group_costs_one_notification_and_what_is_over_none() {
    let stand_in = StandIn::start().await;
    let world = slack(&stand_in, &Value::Null).await;
    stand_in.fail("slack", 503);
    for number in 0..50 {
        let event = of_node(&format!("alert-{number:03}"));
        world.hear(&event).await;
        if number % 2 == 0 {
            let over =
                AlertEvent { resource: event.resource.clone(), ..resolved(&format!("alert-{number:03}")) };
            world.hear(&over).await;
        }
    }
    world.hand_on().await;
    for _ in 0..30 {
        world.tick_after(120).await;
    }
    stand_in.recover("slack");
    for _ in 0..20 {
        world.tick_after(120).await;
    }
    let notified = stand_in.notified("slack");
    assert_eq!(notified.len(), 1, "{notified:?}");
    assert!(notified[0].text().contains("25"), "{}", notified[0].text());
}

#[tokio::test]
async fn a_blip_is_not_notified_where_the_destination_waits() {
    let stand_in = StandIn::start().await;
    let world = slack(&stand_in, &json!({ "after_secs": 60 })).await;
    world.hear(&of_node("cpu")).await;
    world.hand_on().await;
    world.clock.pass(5);
    world.hear(&AlertEvent { resource: Some("db-01".to_owned()), ..resolved("cpu") }).await;
    world.hand_on().await;
    world.tick_after(120).await;
    assert_eq!(stand_in.notified("slack").len(), 0);
}

#[tokio::test]
async fn what_opened_and_ended_while_the_settings_were_wrong_is_made_good_once() {
    let stand_in = StandIn::start().await;
    let right = json!({ "destinations": [stand_in.destination("pagerduty", &Value::Null)] });
    let world = World::with(right.clone()).await;
    world.hear(&of_node("notified-before")).await;
    world.hand_on().await;
    world.tick().await;
    assert_eq!(stand_in.notified("pagerduty").len(), 1);

    world.change_settings(&json!({ "destinations": [] })).await;
    world.hear(&AlertEvent { resource: Some("db-01".to_owned()), ..resolved("notified-before") }).await;
    world.hear(&of_node("opened-meanwhile")).await;
    world.hear(&of_node("came-and-went")).await;
    world.hear(&AlertEvent { resource: Some("db-01".to_owned()), ..resolved("came-and-went") }).await;
    world.hand_on().await;
    world.tick().await;

    world.change_settings(&right).await;
    for _ in 0..3 {
        world.tick_after(60).await;
    }
    let actions: Vec<_> =
        stand_in.notified("pagerduty").iter().map(|notified| notified.body["event_action"].clone()).collect();
    assert_eq!(actions.len(), 3, "{actions:?}");
    assert_eq!(actions.iter().filter(|action| **action == "resolve").count(), 1);
}
