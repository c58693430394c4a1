//! The cursor: it passes only what is recorded, and midnight is no gap, by whatever clock the account lives.

use std::time::Duration;

use alert::Clock as _;
use jiff::tz::Offset;
use poll::site24x7::PollError;
use serde_json::json;
use site24x7::testing::Fault;

use super::world::{World, after, iso_at, log};

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_dies_half_way_loses_no_row() {
    let world = World::at("10:00:00").await;
    world.poll().await;
    let began = world.time("10:05:00");
    world.logs(world.day, (0..100).map(|n| log(&format!("note {n}"), after(began, n % 30), 1)).collect());
    world.set_clock(world.time("10:40:00"));

    // The logs are read and being recorded when the run is killed.
    let run = tokio::spawn(world.poller.clone().run(json!({}), world.stand_in.clock.in_secs(120)));
    while world.history().await.is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    run.abort();
    let _ = run.await;
    assert!(world.watermark().await.unwrap() < began);

    world.set_clock(world.time("10:45:00"));
    world.poll().await;
    assert_eq!(world.history().await.len(), 100);
    assert_eq!(world.watermark().await.unwrap(), world.time("10:45:00"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_time_is_over_is_an_error_and_the_next_one_goes_on() {
    let world = World::at("10:00:00").await;
    world.logs(world.day, vec![log("note", world.time("09:50:00"), 1)]);
    world.stand_in.world().fail("/current_status", [Fault::Slow(Duration::from_secs(5))]);
    let deadline = world.stand_in.clock.in_secs(2);
    let run = world.poller.clone().run(json!({}), deadline).await;
    assert!(run.is_err(), "{run:?}");
    assert_eq!(world.watermark().await, None);
    world.poll().await;
    assert_eq!(world.history().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn around_midnight_by_the_accounts_clock_both_days_are_read() {
    for hours in [-8, 0, 5, 13] {
        let offset = Offset::constant(hours);
        let world = World::at("00:00:00").await;
        let midnight = offset.to_timestamp(world.day.to_datetime(jiff::civil::Time::midnight())).unwrap();
        // The world's day begins for the account: rows of both sides, and the polls that see them.
        world.set_clock(after(midnight, -30));
        world.logs(world.day.yesterday().unwrap(), vec![row(after(midnight, -40), offset)]);
        world.poll().await;
        world.logs(
            world.day.yesterday().unwrap(),
            vec![row(after(midnight, -40), offset), row(after(midnight, -2), offset)],
        );
        world.logs(world.day, vec![row(after(midnight, 1), offset)]);
        world.set_clock(after(midnight, 4));
        world.poll().await;
        assert_eq!(world.history().await.len(), 3, "{hours}");
        world.stand_in.world().seen.clear();
        world.set_clock(after(midnight, 180));
        world.poll().await;
        world.set_clock(after(midnight, 185));
        world.stand_in.world().seen.clear();
        world.poll().await;
        assert_eq!(world.stand_in.world().count(&http::Method::GET, "/alert_logs"), 1, "{hours}");
    }
}

fn row(at: jiff::Timestamp, offset: Offset) -> serde_json::Value {
    json!({ "msg": format!("note of {at}"), "sent_time": iso_at(at, offset), "alert_type": 1 })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_never_moves_back() {
    let world = World::at("10:00:00").await;
    let table = &world.platform.table;
    let (early, late) = (world.time("09:00:00"), world.time("10:00:00"));
    table.advance_poll_cursor(alert::Source::Site24x7, "eu", late, None).await.unwrap();
    table.advance_poll_cursor(alert::Source::Site24x7, "eu", early, None).await.unwrap();
    assert_eq!(world.watermark().await, Some(late));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_asks_for_nonsense_is_refused() {
    let world = World::at("10:00:00").await;
    let refused = world.run(json!({ "backfill": { "from": "yesterday" } })).await.unwrap_err();
    assert!(matches!(refused, PollError::Request(_)));
    assert_eq!(world.stand_in.tokens_and_calls(), (0, 0));
    assert!(world.stand_in.clock.now() > world.time("09:00:00"));
}
