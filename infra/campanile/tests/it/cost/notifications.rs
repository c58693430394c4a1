//! What the notifier consumes of the table.

use alert::AlertEvent;
use campanile::embedded::{EmbeddedTable, Location};
use channels::testing::destinations::StandIn;
use serde_json::{Value, json};

use super::manual::{READ, WRITE, assert_rows, dollars};
use super::meter::{Meter, Units};
use crate::api::{firing, resolved};
use crate::notifier::world::World;

/// How often the template's schedules call, in thirty days.
const TICKS_A_MONTH: f64 = 43_200.0;
const SWEEPS_A_MONTH: f64 = 8_640.0;
/// How many alerts a storm has.
const STORM: u32 = 500;

fn of_node(event: AlertEvent) -> AlertEvent {
    AlertEvent { resource: Some("db-01".to_owned()), ..event }
}

/// A notifier that has run before and has nothing to do, with destinations of these types.
async fn world(stand_in: &StandIn, kinds: &[&str]) -> (World, Meter) {
    let table = EmbeddedTable::open(&Location::InMemory).unwrap();
    let meter = Meter::before(table.clone());
    let destinations: Vec<_> = kinds.iter().map(|kind| stand_in.destination(kind, &Value::Null)).collect();
    let secrets = json!({ "campanile/destinations": { "destinations": destinations } });
    let world = World::over(table, meter.clone(), secrets).await;
    // Once something was notified each destination has its state, and the day of notifications is known.
    for event in [firing("before"), resolved("before")] {
        world.hear(&event).await;
        world.hand_on().await;
        world.tick_after(60).await;
    }
    world.tick_after(60).await;
    meter.take();
    (world, meter)
}

/// The tick of a minute in which nothing happens, and a sweep that finds nothing.
async fn idle(kinds: &[&str]) -> [Units; 2] {
    let stand_in = StandIn::start().await;
    let (world, meter) = Box::pin(world(&stand_in, kinds)).await;
    world.tick_after(60).await;
    let tick = meter.take();
    world.handle(json!({ "tick": "sweep" })).await;
    [tick, meter.take()]
}

/// The units of routing and notifying an opening, and of its end, both without those of an idle tick.
async fn one(kinds: &[&str]) -> [Units; 2] {
    let stand_in = StandIn::start().await;
    let (world, meter) = Box::pin(world(&stand_in, kinds)).await;
    world.tick_after(60).await;
    let idle = meter.take();
    let notified = || kinds.iter().map(|kind| stand_in.notified(kind).len()).sum::<usize>();
    let mut measured = Vec::new();
    for event in [firing("swap"), resolved("swap")] {
        let before = notified();
        world.hear(&of_node(event)).await;
        meter.take();
        world.hand_on().await;
        world.tick_after(60).await;
        measured.push(meter.take() - idle);
        assert_eq!(notified(), before + kinds.len());
    }
    measured.try_into().unwrap()
}

#[tokio::test]
async fn a_notification_costs_so_many_units_and_the_manual_says_so() {
    let (mut units, mut prices) = (Vec::new(), Vec::new());
    for (name, kinds) in [
        ("nobody", &[][..]),
        ("a chat (`slack`)", &["slack"]),
        ("a pager (`pagerduty`)", &["pagerduty"]),
        ("a webhook (`webhook`)", &["webhook"]),
    ] {
        let [opening, end] = Box::pin(one(kinds)).await;
        units.push(format!("| {name} | {opening} | {end} |"));
        let (written, read) = (opening.written * WRITE, opening.read * READ);
        let Units { read: reads, written: writes } = opening;
        prices.push(format!(
            "| {name} | {writes} units, {} | {reads} units, {} | {} |",
            dollars(written),
            dollars(read),
            dollars(written + read)
        ));
    }
    assert_rows("docs/performance.md", &units);
    assert_rows("docs/operations.md", &prices);
}

#[tokio::test]
async fn a_minute_in_which_nothing_happens_costs_so_many_units_and_the_manual_says_so() {
    let mut rows = Vec::new();
    for kinds in [&[][..], &["slack"], &["slack", "pagerduty", "webhook"]] {
        let [tick, sweep] = Box::pin(idle(kinds)).await;
        assert_eq!(
            (tick.written, sweep.written),
            (0.0, 1.0),
            "nothing happens, and only what was counted is written"
        );
        let read = tick.read * TICKS_A_MONTH + sweep.read * SWEEPS_A_MONTH;
        let written = sweep.written * SWEEPS_A_MONTH;
        let price = dollars(read / 1e6 * READ + written / 1e6 * WRITE);
        rows.push(format!("| {} | {} | {} | {price} |", kinds.len(), tick.read, sweep.read));
    }
    assert_rows("docs/performance.md", &rows);
}

#[tokio::test]
async fn of_a_storm_of_one_node_an_alert_costs_a_chat_fewer_than_four_units() {
    let stand_in = StandIn::start().await;
    let (world, meter) = Box::pin(world(&stand_in, &["slack"])).await;
    for number in 0..STORM {
        world.hear(&of_node(firing(&format!("alert-{number}")))).await;
    }
    meter.take();
    world.hand_on().await;
    world.tick_after(60).await;
    let Units { read, written } = meter.take();
    let (read, written) = (read / f64::from(STORM), written / f64::from(STORM));
    println!(
        "{written} units written for each alert, {read} read, {} notifications",
        stand_in.notified("slack").len() - 2
    );
    assert!(written < 4.0, "{written}");
}
