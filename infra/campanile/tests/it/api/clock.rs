//! What the clock alone changes: alerts that expire, sources that fall silent.

use std::time::Duration;

use alert::{AlertEvent, AutoResolve, ExpiryRules, Patience, Source};
use aws::{Configuration, Swept};
use campanile::embedded::{EmbeddedTable, Location};
use intake::Store;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{World, ago, firing, kinds, now, path_of, world, world_over};

async fn world_with(configuration: Configuration) -> World {
    world_over(EmbeddedTable::open(&Location::InMemory).unwrap(), configuration).await
}

async fn impatient_world() -> World {
    let patience = Patience { recovery: Duration::from_hours(1), quiet: Duration::from_mins(1) };
    let expiry = ExpiryRules { otherwise: patience, ..ExpiryRules::default() };
    world_with(Configuration { expiry, ..Configuration::default() }).await
}

#[tokio::test]
async fn an_overdue_alert_is_expired_before_and_after_the_sweep_that_writes_it() {
    let world = impatient_world().await;
    let quiet = |name| AlertEvent { auto_resolve: AutoResolve::Quiet, ..firing(name) };
    world.record_at(&quiet("cpu"), ago(300)).await;
    world.record_at(&quiet("disk"), now()).await;
    world.record_at(&firing("raid"), ago(300)).await;

    let before = world.get(&path_of("cpu")).await;
    assert_eq!(before["condition"], "expired");
    assert_eq!(kinds(&world.get("/v1/alerts?condition=firing&q=cpu").await), Vec::<&str>::new());

    let swept = world.platform.table.sweep(now()).await.unwrap();
    assert_eq!(swept, Swept { expired: 1, ..Swept::default() });
    assert_eq!(world.get(&path_of("cpu")).await, before);
    assert_eq!(kinds(&world.get("/v1/alerts?condition=expired").await), ["cpu"]);
    assert_eq!(world.platform.table.sweep(now()).await.unwrap(), Swept::default());

    let notes = world.get(&format!("{}/notes", path_of("cpu"))).await;
    assert_eq!(
        (&notes["notes"][0]["by"], &notes["notes"][0]["action"]),
        (&json!("campanile"), &json!("expire"))
    );

    world.record(&quiet("cpu")).await;
    let reopened = world.get(&path_of("cpu")).await;
    assert_eq!((&reopened["condition"], &reopened["flaps"]), (&json!("firing"), &json!(1)));
}

#[tokio::test]
async fn a_request_that_is_known_but_still_comes_puts_expiry_off() {
    let world = impatient_world().await;
    let event = AlertEvent { auto_resolve: AutoResolve::Quiet, ..firing("cpu") };
    world.record_at(&event, ago(300)).await;
    world.record_at(&event, now()).await;
    let alert = world.get(&path_of("cpu")).await;
    assert_eq!((&alert["condition"], &alert["duplicates"]), (&json!("firing"), &json!(1)));
}

#[tokio::test]
async fn a_stale_source_is_an_alert_until_it_speaks() {
    let silent_after = [(Source::Netdata, Duration::from_mins(5))].into();
    let world = world_with(Configuration { silent_after, ..Configuration::default() }).await;
    let table = &world.platform.table;
    table.heard(Source::Netdata, "space", ago(600)).await;
    table.heard(Source::Kazoo, "quiet by nature", ago(6000)).await;
    settled().await;

    assert_eq!(table.sweep(now()).await.unwrap(), Swept { fell_silent: 1, ..Swept::default() });
    assert_eq!(table.sweep(now()).await.unwrap(), Swept::default());
    let list = world.get("/v1/alerts?source=campanile&condition=firing").await;
    assert_eq!(list["alerts"][0]["title"], "netdata is silent");
    assert_eq!(list["alerts"][0]["labels"]["silent_account"], "space");
    let sources = world.get("/v1/sources").await;
    let states: Vec<_> =
        sources["sources"].as_array().unwrap().iter().map(|source| &source["state"]).collect();
    assert_eq!(states, ["silent", "speaking"]);

    table.heard(Source::Netdata, "space", now()).await;
    settled().await;
    assert_eq!(table.sweep(now()).await.unwrap(), Swept { spoke_again: 1, ..Swept::default() });
    assert_eq!(kinds(&world.get("/v1/alerts?source=campanile&condition=firing").await), Vec::<&str>::new());
}

#[tokio::test]
async fn a_source_is_listed_with_what_it_sent_within_the_hour() {
    let world = world().await;
    world.record(&firing("cpu")).await;
    world.record(&firing("disk")).await;
    world.record_at(&firing("old"), now().checked_sub(SignedDuration::from_mins(90)).unwrap()).await;
    world.platform.table.heard(Source::Netdata, "space", now()).await;
    settled().await;
    let sources = world.get("/v1/sources").await;
    let source = &sources["sources"][0];
    assert_eq!((&source["source"], &source["account"]), (&json!("netdata"), &json!("space")));
    assert_eq!(source["state"], "speaking");
    assert_eq!(sources["totals"]["netdata"]["events_last_hour"], 2);
}

/// A heartbeat is written beside the reply: it may take a moment longer.
async fn settled() {
    tokio::time::sleep(Duration::from_millis(200)).await;
}

#[tokio::test]
async fn what_the_keeper_of_a_source_last_came_to_is_listed_and_what_it_healed_stays() {
    let world = world().await;
    let table = &world.platform.table;
    let [first, second] = [900, 600].map(|seconds| Timestamp::from_second(ago(seconds).as_second()).unwrap());
    let healed = Some((first, "hooks switched on: 2".to_owned()));
    let upkeep = aws::Upkeep {
        ran_at: first,
        missing: None,
        failure: Some("kazoo could not be asked".to_owned()),
        healed,
    };
    table.note_upkeep(Source::Kazoo, &upkeep).await.unwrap();
    let later = aws::Upkeep { ran_at: second, missing: None, failure: None, healed: None };
    table.note_upkeep(Source::Kazoo, &later).await.unwrap();
    let missing = Some("there is no secret `campanile/tencent`".to_owned());
    table.note_upkeep(Source::Tencent, &aws::Upkeep { missing, ..later }).await.unwrap();
    let upkeep = world.get("/v1/sources").await["upkeep"].clone();
    let kazoo = &upkeep["kazoo"];
    assert_eq!((&kazoo["is_configured"], &kazoo["healed"]), (&json!(true), &json!("hooks switched on: 2")));
    assert_eq!((&kazoo["failure"], &kazoo["ran_at"]), (&Value::Null, &json!(second.to_string())));
    assert_eq!(kazoo["healed_at"], first.to_string());
    assert_eq!(upkeep["tencent"]["is_configured"], false);
}
