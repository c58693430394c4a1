//! An open alert does not expire while its monitor is down, even where Site24x7 checks it no more.

use super::world::{MONITOR, World, after, outage};

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_renewed_once_an_hour_although_the_last_check_stays_where_it_is() {
    let world = World::at("00:10:00").await;
    let began = world.time("00:00:00");
    world.is_at(&[outage(MONITOR, "11", began, after(began, 3))]);
    for poll in 0..=36 {
        world.set_clock(after(world.time("00:10:00"), poll * 5));
        world.poll().await;
    }
    let alert = world.alerts().await.remove(0);
    assert_eq!(alert.last_received_at.duration_since(world.time("03:10:00")).as_secs(), 0);
    // The opening and three renewals, of 37 polls.
    assert_eq!((alert.occurrences, alert.flaps, alert.started_at), (4, 0, Some(began)));
}
