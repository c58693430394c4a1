//! Reading past dates on request.

use alert::{Condition, Signal};
use http::Method;
use poll::site24x7::{Outcome, PollError};
use serde_json::{Value, json};
use site24x7::testing::Fault;

use super::world::{MONITOR, World, after, log, status};

fn of(world: &World, days: i64) -> Value {
    let from = world.day.checked_sub(jiff::Span::new().days(days - 1)).unwrap();
    json!({ "backfill": { "from": from, "to": world.day } })
}

#[tokio::test(flavor = "multi_thread")]
async fn each_date_is_one_call_with_a_pause_between_and_the_cursor_stays() {
    let world = World::at("10:00:00").await;
    let outcome = world.run(of(&world, 7)).await.unwrap();
    assert!(matches!(outcome, Outcome::Backfilled { dates: 7, .. }), "{outcome:?}");
    assert_eq!(world.stand_in.world().count(&Method::GET, "/alert_logs"), 7);
    assert_eq!(world.stand_in.clock.slept_secs(), [6; 6]);
    assert_eq!(world.watermark().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_backfill_leaves_open_and_nothing_confirms_is_history_only() {
    let world = World::at("10:00:00").await;
    let rows = ["Down", "Up", "Down"].iter().zip([0, 5, 10]);
    let began = world.time("08:00:00");
    let rows =
        rows.map(|(word, minutes)| log(&format!("Shop front is {word}"), after(began, minutes), 1)).collect();
    world.logs(world.day, rows);
    world.run(of(&world, 1)).await.unwrap();
    assert_eq!(world.alerts().await[0].condition, Condition::Resolved);
    assert_eq!(world.history().await.iter().filter(|entry| entry.event.signal == Signal::Notice).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_current_status_confirms_stays_open() {
    let world = World::at("10:00:00").await;
    world.logs(world.day, vec![log("Shop front is Down", world.time("08:00:00"), 1)]);
    world.is_at(&[status(MONITOR, 0, world.time("09:58:00"))]);
    world.run(of(&world, 1)).await.unwrap();
    assert_eq!(world.alerts().await[0].condition, Condition::Firing);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backfill_that_is_stopped_says_where_to_go_on_and_keeps_what_it_has() {
    let world = World::at("10:00:00").await;
    let first = world.day.checked_sub(jiff::Span::new().days(2)).unwrap();
    world.logs(first, vec![log("note", world.time("08:00:00"), 1)]);
    let ok = || Fault::Slow(std::time::Duration::ZERO);
    let refused = || Fault::status(401, "{}");
    world.stand_in.world().fail("/alert_logs", [ok(), refused(), refused()]);
    let error = world.run(of(&world, 3)).await.unwrap_err();
    let PollError::Stopped { next, .. } = error else { panic!("{error:?}") };
    assert_eq!(next, first.tomorrow().unwrap());
    assert_eq!(world.history().await.len(), 1);
}
