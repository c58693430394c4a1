//! The table's promises where something is in the way: many writers, large notifications, items that cannot be read, a
//! table of an earlier version.

mod batches;
mod first_format;
mod hot_alert;
mod meddling;
mod pages;
mod unreadable;

use alert::{AlertEvent, Fingerprint};
use aws::Configuration;
use aws_sdk_dynamodb::Client;
use campanile::embedded::{EmbeddedTable, Location, sdk_config};

use crate::api::{World, firing, now, world_over};

/// The name of the table.
const TABLE: &str = "campanile";

/// A world over an empty table, and a client of that table.
async fn world_and_client() -> (World, Client) {
    let table = EmbeddedTable::open(&Location::InMemory).unwrap();
    let client = Client::new(&sdk_config(table.clone()));
    (world_over(table, Configuration::default()).await, client)
}

/// A firing of `name`, at each call an event of its own.
fn again(name: &str) -> AlertEvent {
    AlertEvent { fingerprint: Fingerprint::of([name]), occurred_at: now(), ..firing(name) }
}
