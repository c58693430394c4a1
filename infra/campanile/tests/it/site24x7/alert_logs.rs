//! The alert logs: many notifications, few events, and none of them twice or lost.

use std::collections::BTreeMap;

use alert::{Condition, Signal};
use poll::site24x7::Counts;
use serde_json::json;
use site24x7::testing::Fault;

use super::world::{MONITOR, World, after, log, outage, status};

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_five_thousand_rows_becomes_the_few_events_they_are_and_nothing_the_second_time() {
    let world = World::at("23:30:00").await;
    // 62 outages of one monitor: 40 recipients are notified of each down and each up, and the last 40 of one more.
    let began = world.time("02:00:00");
    let mut rows = Vec::new();
    for number in 0..125 {
        let state = if number % 2 == 0 { "Down" } else { "Up" };
        let minute = after(began, number * 10);
        let message = format!("Shop front is {state}");
        rows.extend((0..40).map(|recipient| {
            let mut row = log(&message, minute, 1 + recipient % 3);
            row["display_name"] = json!(format!("recipient {recipient}"));
            row
        }));
    }
    assert_eq!(rows.len(), 5000);
    world.logs(world.day, rows);
    world.is_at(&[outage(MONITOR, "11", after(began, 1240), after(began, 1245))]);

    assert_eq!(world.poll().await.logs.unwrap(), Counts { recorded: 125, duplicates: 0, unreadable: 0 });
    assert_eq!(world.history().await.len(), 125);
    let alert = world.alerts().await.remove(0);
    assert_eq!((alert.condition, alert.occurrences, alert.flaps), (Condition::Firing, 63, 62));

    let again = world.run(json!({ "backfill": { "from": world.day, "to": world.day } })).await.unwrap();
    let poll::site24x7::Outcome::Backfilled { counts, .. } = again else { panic!("{again:?}") };
    assert_eq!(counts, Counts { recorded: 0, duplicates: 125, unreadable: 0 });
    assert_eq!(world.history().await.len(), 125);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rows_stand_in_the_history_as_they_came() {
    let world = World::at("10:10:00").await;
    let rows = vec![
        log("Shop front is Down", world.time("10:00:02"), 1),
        log("Shop front is Down", world.time("10:00:41"), 2),
    ];
    world.logs(world.day, rows.clone());
    world.is_at(&[]);
    world.poll().await;
    let history = world.history().await;
    assert_eq!(history.len(), 1);
    let body: serde_json::Value = serde_json::from_slice(&history[0].inbound.body).unwrap();
    assert_eq!(body, json!(rows));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_notification_of_what_is_over_is_history_only() {
    let world = World::at("10:10:00").await;
    world.logs(world.day, vec![log("Shop front is Down", world.time("10:00:02"), 1)]);
    world.is_at(&[status(MONITOR, 1, world.time("10:09:00"))]);
    world.poll().await;
    assert_eq!(world.alerts().await, []);
    let history = world.history().await;
    assert_eq!((history.len(), history[0].event.signal), (1, Signal::Notice));
}

#[tokio::test(flavor = "multi_thread")]
async fn unreadable_rows_are_in_quarantine_once_however_often_they_are_read() {
    let world = World::at("10:10:00").await;
    let rows =
        [json!({ "msg": "Shop front is Down", "sent_time": "soon" }), json!({ "msg": "no time at all" })];
    world.logs(world.day, rows.to_vec());
    for minutes in [0, 5, 10] {
        world.set_clock(after(world.time("10:10:00"), minutes));
        assert_eq!(world.poll().await.logs.unwrap().unreadable, 2);
    }
    let page = world.platform.table.quarantined(aws::PageSize::items(100), None).await.unwrap();
    let kept: BTreeMap<_, _> = page
        .entries
        .iter()
        .map(|entry| (entry.reason.as_str(), String::from_utf8(entry.inbound.body.clone()).unwrap()))
        .collect();
    assert_eq!(page.entries.len(), 2);
    assert!(kept.contains_key("unreadable:sent_time"), "{kept:?}");
    assert!(
        page.entries
            .iter()
            .all(|entry| rows.iter().any(|row| row.to_string().as_bytes() == entry.inbound.body))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_asked_for_once_a_day_and_again_for_an_unknown_one_once_an_hour() {
    let world = World::at("10:10:00").await;
    let asked = |world: &World| world.stand_in.world().count(&http::Method::GET, "/monitors");
    world.poll().await;
    assert_eq!(asked(&world), 0, "nobody was named");

    world.logs(world.day, vec![log("Shop front is Down", world.time("10:08:00"), 1)]);
    world.poll().await;
    world.poll().await;
    assert_eq!(asked(&world), 1);

    world.logs(world.day, vec![log("Shop back is Down", world.time("10:09:00"), 1)]);
    world.poll().await;
    assert_eq!(asked(&world), 1, "they were asked for within the hour");
    world.stand_in.world().monitors = json!([{ "monitor_id": "77", "display_name": "Shop back" }]);
    world.set_clock(world.time("11:15:00"));
    world.logs(world.day, vec![log("Shop back is Down", world.time("11:10:00"), 1)]);
    world.poll().await;
    assert_eq!(asked(&world), 2);
    assert!(world.alerts().await.iter().any(|alert| alert.title == "Shop back is DOWN"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_minute_that_is_not_over_is_left_to_the_next_poll_so_that_an_event_has_all_of_its_rows() {
    let world = World::at("10:10:30").await;
    world.logs(world.day, vec![log("Shop front is Down", world.time("10:10:10"), 1)]);
    assert_eq!(world.poll().await.logs.unwrap().recorded, 0);
    world.logs(
        world.day,
        vec![
            log("Shop front is Down", world.time("10:10:10"), 1),
            log("Shop front is Down", world.time("10:10:50"), 2),
        ],
    );
    world.set_clock(world.time("10:15:30"));
    assert_eq!(world.poll().await.logs.unwrap().recorded, 1);
    assert_eq!(world.history().await[0].event.annotations["rows"], "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_in_the_place_of_the_logs_costs_no_row() {
    let world = World::at("10:10:00").await;
    world.poll().await;
    let before = world.watermark().await;
    world.set_clock(world.time("10:40:00"));
    world.logs(world.day, vec![log("Shop front is Down", world.time("10:20:00"), 1)]);
    world.stand_in.world().fail("/alert_logs", [Fault::status(200, "<html>sign in</html>")]);
    let polled = world.poll().await;
    assert!(polled.logs.is_err() && polled.status.is_ok());
    assert_eq!(world.watermark().await, before);

    world.set_clock(world.time("10:45:00"));
    assert_eq!(world.poll().await.logs.unwrap().recorded, 1);
}
