//! What somebody silenced in Netdata Cloud is known, and notified only where it ends what was notified.

use alert::{Clock as _, Condition};
use aws::EventFilter;
use dispatch::{ChangeReason, StateChange};
use poll::netdata::Changes;
use serde_json::json;

use super::world::{CLEARED, RAISED, World, id};

#[tokio::test]
async fn what_nobody_was_notified_of_fires_unannounced_once_netdata_has_had_time() {
    let world = World::new().await;
    world.cloud().unnotified(&id(1), world.ago(60), "used_swap", RAISED);
    assert_eq!(world.care().await.0, Changes { waiting: 1, ..Changes::default() });
    assert!(world.entries().await.is_empty(), "it may be notified yet");
    world.clock.advance(900);
    assert_eq!(world.care().await.0, Changes { recorded: 1, unannounced: 1, ..Changes::default() });
    let alert = world.only_alert().await;
    assert_eq!(alert.condition, Condition::Firing);
    assert!(alert.is_unannounced());
    assert_eq!(alert.annotations["netdata_notified"], "no");
}

#[tokio::test]
async fn a_notification_that_is_held_back_is_waited_for() {
    let world = World::new().await;
    world.cloud().unnotified(&id(1), world.ago(660), "used_swap", RAISED);
    world.cloud().transitions[0]["notification"] = json!({ "delay": 900 });
    assert_eq!(world.care().await.0.waiting, 1);
    let watermark = world.watermark().await.unwrap();
    assert!(world.clock.now().duration_since(watermark).as_secs() >= 660, "nothing after it is done");
    world.deliver(&world.webhook_of(&id(1))).await;
    world.clock.advance(900);
    assert_eq!(world.care().await.0.known, 1);
    assert!(!world.only_alert().await.is_unannounced());
}

#[tokio::test]
async fn a_webhook_that_comes_after_all_announces_what_was_unannounced() {
    let world = World::new().await;
    world.cloud().unnotified(&id(1), world.ago(1200), "used_swap", RAISED);
    world.care().await;
    let quiet = world.only_alert().await;
    world.deliver(&world.webhook_of(&id(1))).await;
    let announced = world.only_alert().await;
    assert!(quiet.is_unannounced() && !announced.is_unannounced());
    let change = StateChange::between(Some(&quiet), &announced, world.clock.now()).unwrap();
    assert_eq!(change.reason, ChangeReason::Transition(alert::Transition::Opened));
}

#[tokio::test]
async fn a_silenced_recovery_ends_what_was_notified_at_once() {
    let world = World::new().await;
    world.cloud().transition(&id(1), world.ago(900), "used_swap", RAISED);
    world.deliver(&world.webhook_of(&id(1))).await;
    world.cloud().unnotified(&id(2), world.ago(30), "used_swap", CLEARED);
    assert_eq!(world.care().await.0.recorded, 1);
    assert_eq!(world.condition().await, Condition::Resolved);
}

#[tokio::test]
async fn who_wants_to_be_notified_of_everything_is() {
    let world = World::with(|secret| secret["polled"] = json!("notify")).await;
    world.cloud().unnotified(&id(1), world.ago(1200), "used_swap", RAISED);
    assert_eq!(world.care().await.0, Changes { recorded: 1, ..Changes::default() });
    let alert = world.only_alert().await;
    assert!(!alert.is_unannounced());
    assert_eq!(alert.annotations["netdata_notified"], "no");
    let page =
        world.platform.table.events(&EventFilter::default(), aws::PageSize::items(10), None).await.unwrap();
    assert_eq!(page.entries.len(), 1);
}
