//! What was tried is recorded once, whatever becomes of Campanile, the hooks and the keeper.

use std::time::Duration;

use alert::{Clock as _, Condition, Source};
use jiff::SignedDuration;
use poll::kazoo::Replayed;
use serde_json::json;

use super::world::{Campanile, HOOK, World, hook};
use kazoo::testing::{ACCOUNT, Condition as Server};

#[tokio::test]
async fn after_a_death_of_90_seconds_under_traffic_two_runs_have_every_event_that_was_tried() {
    let mut world = World::new().await;
    world.traffic(60, Campanile::Lives).await;
    world.traffic(90, Campanile::IsDead).await;
    assert!(!world.kazoo.crossbar().is_on(HOOK), "six failures in a minute switch a hook off");
    let tried_until_then = world.tried.len();
    assert!(tried_until_then > 20, "some were tried in vain");

    let (hooks, attempts) = world.keep().await;
    assert_eq!((hooks.ours, hooks.switched_on, hooks.off), (1, 1, 0));
    assert_eq!(attempts.recorded, tried_until_then - 20);
    world.all_are_there_once().await;
    let alert = world.alert().await.unwrap();
    assert_eq!((alert.condition, alert.source), (Condition::Firing, Source::Campanile));

    world.traffic(300, Campanile::Lives).await;
    let (hooks, attempts) = world.keep().await;
    assert_eq!((hooks.switched_on, hooks.off, attempts.recorded), (0, 0, 0));
    assert!(world.kazoo.crossbar().is_on(HOOK));
    world.all_are_there_once().await;
    assert_eq!(world.alert().await.unwrap().condition, Condition::Resolved);
}

#[tokio::test]
async fn what_was_answered_otherwise_than_200_is_replayed_at_the_time_of_its_try() {
    let mut world = World::new().await;
    world.call_ends(Campanile::Answers(503)).await;
    let tried_at = world.kazoo.clock.now();
    world.kazoo.clock.advance(200);
    let (_, attempts) = world.keep().await;
    assert_eq!(attempts, Replayed { recorded: 1, ..Replayed::default() });
    let [entry] = world.history(Source::Kazoo).await.try_into().unwrap();
    assert_eq!(entry.inbound.received_at, tried_at);
    assert_eq!(entry.inbound.query, "hook=channel_destroy");
    let headers: Vec<_> = entry.inbound.headers.keys().map(String::as_str).collect();
    assert_eq!(headers, ["x-account-id", "x-hook-id"], "what else was sent may hold a token");
}

#[tokio::test]
async fn what_arrived_after_all_is_a_duplicate_whichever_comes_first() {
    let mut world = World::new().await;
    world.call_ends(Campanile::Answers(504)).await;
    let body = world.kazoo.crossbar().attempts[0]["req_body"].as_str().unwrap().to_owned();
    world.deliver(body.clone()).await;
    let (_, attempts) = world.keep().await;
    assert_eq!(attempts, Replayed { duplicates: 1, ..Replayed::default() });
    world.deliver(body).await;
    world.all_are_there_once().await;
}

#[tokio::test]
async fn two_keepers_at_once_record_nothing_twice_and_raise_one_alert() {
    let mut world = World::new().await;
    world.traffic(30, Campanile::IsDead).await;
    let others = [world.another_keeper(), world.another_keeper()];
    let (first, second, third) = tokio::join!(world.keeper.run(), others[0].run(), others[1].run());
    for run in [first, second, third] {
        run.unwrap();
    }
    world.all_are_there_once().await;
    let raised = world.history(Source::Campanile).await;
    let mut states: Vec<_> = raised.iter().map(|entry| entry.event.severity_raw.as_str()).collect();
    states.sort_unstable();
    assert_eq!(states, ["off", "on"]);

    let (first, second) = tokio::join!(world.keeper.run(), others[0].run());
    for run in [first, second] {
        run.unwrap();
    }
    world.all_are_there_once().await;
    assert_eq!(world.history(Source::Campanile).await.len(), 3);
    assert_eq!(world.alert().await.unwrap().condition, Condition::Resolved);
}

#[tokio::test]
async fn a_run_that_is_killed_anywhere_is_made_good_by_the_next_one() {
    let mut world = World::new().await;
    for _ in 0..120 {
        world.call_ends(Campanile::Answers(503)).await;
        world.kazoo.crossbar().hooks.get_mut(HOOK).unwrap().failures.clear();
        world.kazoo.clock.advance(1);
    }
    let mut counts = Vec::new();
    for milliseconds in [5, 20, 40, 60, 90, 120] {
        let killed = world.another_keeper();
        let _ = tokio::time::timeout(Duration::from_millis(milliseconds), killed.run()).await;
        counts.push(world.recorded().await.len());
    }
    assert!(counts.iter().any(|count| *count < 120), "none was killed at work: {counts:?}");
    world.keep().await;
    world.all_are_there_once().await;
}

#[tokio::test]
async fn a_second_with_more_than_a_page_is_read_whole() {
    let mut world = World::new().await;
    for number in 0..150 {
        world.call_ends(Campanile::Answers(500)).await;
        world.kazoo.crossbar().hooks.get_mut(HOOK).unwrap().failures.clear();
        if number % 70 == 0 {
            world.kazoo.clock.advance(1);
        }
    }
    world.kazoo.clock.advance(5);
    world.keep().await;
    world.all_are_there_once().await;
    assert_eq!(world.watermark().await, Some(world.kazoo.clock.now()));
}

#[tokio::test]
async fn a_server_that_knows_no_order_but_its_own_is_read_whole_as_well() {
    let mut world = World::new().await;
    world.kazoo.crossbar().conditions.insert(Server::NewestFirst);
    for _ in 0..120 {
        world.call_ends(Campanile::Answers(500)).await;
        world.kazoo.crossbar().hooks.get_mut(HOOK).unwrap().failures.clear();
        world.kazoo.clock.advance(2);
    }
    world.keep().await;
    world.all_are_there_once().await;
}

#[tokio::test]
async fn a_watermark_older_than_kazoo_shows_asks_for_no_more_than_it_may() {
    let mut world = World::new().await;
    let long_ago = world.ago(SignedDuration::from_hours(40 * 24));
    world.platform.table.advance_poll_cursor(Source::Kazoo, ACCOUNT, long_ago, None).await.unwrap();
    world.call_ends(Campanile::Answers(500)).await;
    world.kazoo.clock.advance(5);
    let (_, attempts) = world.keep().await;
    assert_eq!(attempts.recorded, 1);
    assert_eq!(world.watermark().await, Some(world.kazoo.clock.now()));
}

#[tokio::test]
async fn others_hooks_and_tries_that_kazoo_repeats_are_left_alone() {
    let world = World::new().await;
    world.kazoo.crossbar().put(
        "other",
        json!({
            "hook": "parking", "name": "somebody's", "uri": "https://other.example.org/kazoo/x?hook=parking"
        }),
    );
    world.kazoo.crossbar().attempt("other", "{\"secret\":\"somebody's\"}", Some(500));
    // Two tries without an answer, and the third got through: KAZOO says nothing of that one.
    world.kazoo.crossbar().attempt(HOOK, "{\"hook_event\":\"channel_destroy\"}", None);
    world.kazoo.crossbar().attempts.truncate(3);
    world.kazoo.clock.advance(60);
    let (_, attempts) = world.keep().await;
    assert_eq!(attempts, Replayed::default());
    world.all_are_there_once().await;
}

#[tokio::test]
async fn what_is_not_understood_is_in_quarantine_once_and_what_has_no_body_is_counted() {
    let world = World::new().await;
    world.kazoo.crossbar().put("get", hook(super::world::TOKEN, "parking"));
    world.kazoo.crossbar().attempt(HOOK, "nonsense", Some(500));
    world.kazoo.crossbar().attempt("get", "", Some(500));
    world.kazoo.crossbar().attempts.last_mut().unwrap()["method"] = json!("get");
    world.kazoo.clock.advance(5);
    for _ in 0..2 {
        let (_, attempts) = world.keep().await;
        assert_eq!((attempts.quarantined, attempts.without_body), (1, 1));
    }
    let quarantined = world.platform.table.quarantined(aws::PageSize::items(10), None).await.unwrap();
    assert_eq!(quarantined.entries.len(), 1);
}
