//! What a run of the keeper consumes of the table in which nothing happens.

use campanile::embedded::{EmbeddedTable, Location};

use super::manual::{READ, WRITE, assert_rows, dollars};
use super::meter::{Meter, Units};
use crate::netdata_keeper::world::World;

/// How often the template's schedule calls in thirty days.
const RUNS_A_MONTH: f64 = 8_640.0;
/// How often it is time to look at what fires.
const LOOKS_A_MONTH: f64 = 720.0;

#[tokio::test]
async fn a_run_over_netdata_in_which_nothing_happens_costs_so_many_units_and_the_manual_says_so() {
    let meter = Meter::before(EmbeddedTable::open(&Location::InMemory).unwrap());
    let world = World::over(meter.clone(), |_| ()).await;
    world.care().await;
    world.clock.advance(300);
    meter.take();
    world.care().await;
    let idle = meter.take();
    for _ in 0..10 {
        world.clock.advance(300);
        world.care().await;
    }
    meter.take();
    world.clock.advance(300);
    world.care().await;
    let looking = meter.take();
    let Units { read, written } = looking - idle;
    let month = (idle.read * RUNS_A_MONTH + read * LOOKS_A_MONTH) / 1e6 * READ
        + (idle.written * RUNS_A_MONTH + written * LOOKS_A_MONTH) / 1e6 * WRITE;
    assert!(month < 0.02, "{month}");
    assert_rows(
        "docs/performance.md",
        &[format!("| Netdata Cloud | {idle} | {looking} | {} |", dollars(month))],
    );
}
