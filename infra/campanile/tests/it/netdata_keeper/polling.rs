//! What was not notified is there once, whether or not it is notified later.

use std::collections::BTreeSet;
use std::time::Duration;

use alert::{Clock as _, Condition, Severity};
use netdata::testing::Fault;
use poll::netdata::Changes;

use super::world::{CLEARED, RAISED, World, id};

#[tokio::test]
async fn a_raise_and_a_clear_that_were_lost_are_recorded_and_their_webhooks_are_duplicates() {
    let world = World::new().await;
    world.cloud().transition(&id(1), world.ago(900), "used_swap", RAISED);
    world.cloud().transition(&id(2), world.ago(600), "used_swap", CLEARED);
    assert_eq!(world.care().await.0, Changes { recorded: 2, ..Changes::default() });
    let alert = world.only_alert().await;
    assert_eq!((alert.condition, alert.severity), (Condition::Resolved, Severity::Critical));
    assert_eq!(alert.title, "System swap memory utilization on web-01.example.net");

    for number in [1, 2] {
        world.deliver(&world.webhook_of(&id(number))).await;
    }
    assert_eq!(world.entries().await.len(), 2);
    let alert = world.only_alert().await;
    assert_eq!((alert.condition, alert.duplicates, alert.flaps), (Condition::Resolved, 2, 0));
}

#[tokio::test]
async fn what_was_notified_is_known_and_counts_as_no_duplicate() {
    let world = World::new().await;
    world.cloud().transition(&id(1), world.ago(900), "used_swap", RAISED);
    world.deliver(&world.webhook_of(&id(1))).await;
    assert_eq!(world.care().await.0, Changes { known: 1, ..Changes::default() });
    assert_eq!(world.care().await.0, Changes::default(), "a process that goes on remembers it");
    assert_eq!(world.only_alert().await.duplicates, 0);
}

#[tokio::test]
async fn runs_at_once_and_after_each_other_record_each_change_once() {
    let world = World::new().await;
    for number in 0..20 {
        world.cloud().transition(&id(number), world.ago(900), &format!("alert-{number}"), RAISED);
    }
    let other = world.another_keeper();
    let (one, two) = tokio::join!(Box::pin(world.keeper.run()), Box::pin(other.run()));
    assert!(one.is_ok() || two.is_ok());
    world.care().await;
    assert_eq!(world.entries().await.len(), 20);
    assert_eq!(world.care().await.0, Changes::default());
}

#[tokio::test]
async fn a_run_that_dies_half_way_leaves_the_rest_to_the_next_one() {
    let world = World::new().await;
    let began = world.ago(4 * 3600);
    world.cloud().transition(&id(1), began, "used_swap", RAISED);
    world.cloud().transition(&id(2), world.ago(600), "used_swap", CLEARED);
    // It dies while it waits for the last hour.
    for _ in 0..23 {
        world.cloud().faults.push_back(("alert_transitions", Fault::Error(503, "x")));
    }
    world.cloud().faults.clear();
    world.cloud().faults.push_back(("nodes", Fault::Silence));
    let died = tokio::time::timeout(Duration::from_millis(400), Box::pin(world.keeper.run())).await;
    assert!(died.is_err());
    let watermark = world.watermark().await.unwrap();
    assert!(watermark <= began, "{watermark} is not after what is not recorded");

    let again = World { keeper: world.another_keeper(), ..world };
    assert_eq!(again.care().await.0.recorded, 2);
    assert_eq!(again.condition().await, Condition::Resolved);
    assert_eq!(again.entries().await.len(), 2);
}

#[tokio::test]
async fn pages_that_break_inside_a_second_lose_nothing() {
    for most_rows in [200, 60] {
        let world = World::new().await;
        world.cloud().most_rows = most_rows;
        // Three seconds of changes, each more than half a page of the smaller kind.
        let mut ids = BTreeSet::new();
        for number in 0..120 {
            let at = world.ago(900 - number / 40);
            ids.insert(id(usize::try_from(number).unwrap()));
            let number = usize::try_from(number).unwrap();
            world.cloud().transition(&id(number), at, &format!("alert-{number}"), RAISED);
        }
        assert_eq!(world.care().await.0.recorded, 120, "{most_rows} rows a page");
        let recorded =
            world.entries().await.into_iter().map(|entry| entry.event.annotations["transition_id"].clone());
        assert_eq!(recorded.collect::<BTreeSet<_>>(), ids);
    }
}

#[tokio::test]
async fn a_second_with_more_changes_than_a_page_is_read_whole() {
    let world = World::new().await;
    world.cloud().most_rows = 1000;
    for number in 0..500 {
        world.cloud().transition(&id(number), world.ago(900), &format!("alert-{number}"), RAISED);
    }
    assert_eq!(world.care().await.0.recorded, 500);
}

#[tokio::test]
async fn what_is_listed_late_is_found_within_the_hour() {
    let world = World::new().await;
    world.care().await;
    world.clock.advance(300);
    world.care().await;
    world.cloud().transition(&id(1), world.ago(1800), "used_swap", RAISED);
    assert_eq!(world.care().await.0.recorded, 1);
}

#[tokio::test]
async fn an_idle_run_asks_for_the_changes_of_an_hour_and_nothing_else() {
    let world = World::new().await;
    world.care().await;
    assert_eq!(world.cloud().times("alert_transitions"), 24, "the first run looks a day back");
    assert_eq!(world.cloud().times("/spaces"), 1);
    world.clock.advance(300);
    world.cloud().asked.clear();
    world.care().await;
    assert_eq!(world.cloud().asked.len(), 1);
    let before = world.watermark().await.unwrap();
    assert!(world.clock.now().duration_since(before).as_secs() < 5);
}

#[tokio::test]
async fn a_storm_of_spans_never_exceeds_what_netdata_takes() {
    let world = World::new().await;
    for number in 0..600 {
        world.cloud().transition(
            &id(number),
            world.ago(i64::try_from(number).unwrap() * 120),
            &format!("alert-{number}"),
            RAISED,
        );
    }
    assert_eq!(world.care().await.0.recorded, 600);
    assert!(world.clock.pauses().iter().all(|pause| *pause == 0), "nobody had to be waited for");
}
