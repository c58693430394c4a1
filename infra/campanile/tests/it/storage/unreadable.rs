//! Items that cannot be read: one of each kind is planted, and everything else goes on.

use std::collections::HashMap;

use alert::{AlertEvent, AutoResolve, Fingerprint, Source};
use aws::{Configuration, PageSize};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use campanile::embedded::{EmbeddedTable, Location, sdk_config};
use intake::{Entry, Quarantined, Recorded, Store};
use normalize::Rejection;
use serde_json::{Value, json};

use super::{TABLE, again};
use crate::api::{World, ago, inbound, kinds, now, path_of, world_over};

type Item = HashMap<String, AttributeValue>;

fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

async fn get(client: &Client, pk: &str, sk: &str) -> Item {
    let key = client.get_item().table_name(TABLE).key("pk", text(pk)).key("sk", text(sk));
    key.send().await.unwrap().item.unwrap_or_else(|| panic!("no {pk} {sk}"))
}

async fn put(client: &Client, item: Item) {
    client.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
}

async fn items(client: &Client) -> Vec<Item> {
    client.scan().table_name(TABLE).send().await.unwrap().items.unwrap_or_default()
}

/// Writes `value` into the attribute `name` of the items that `is_meant`; how many they were.
async fn damage(
    client: &Client,
    is_meant: impl Fn(&str, &str) -> bool,
    name: &str,
    value: AttributeValue,
) -> usize {
    let all = items(client).await;
    let meant =
        all.into_iter().filter(|item| is_meant(item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap()));
    let mut damaged = 0;
    for mut item in meant {
        item.insert(name.to_owned(), value.clone());
        put(client, item).await;
        damaged += 1;
    }
    damaged
}

fn silence(name: &str) -> Value {
    json!({ "matchers": [{ "name": "kind", "value": name }], "duration_secs": 600, "comment": "" })
}

fn pk(name: &str) -> String {
    format!("ALERT#{}", Fingerprint::of([name]))
}

/// A world in which there are two of everything, `good` and `bad`.
async fn world_of_two() -> (World, Client) {
    let table = EmbeddedTable::open(&Location::InMemory).unwrap();
    let client = Client::new(&sdk_config(table.clone()));
    let silent_after = [(Source::Netdata, std::time::Duration::from_mins(5))].into();
    let world = world_over(table, Configuration { silent_after, ..Configuration::default() }).await;
    for name in ["good", "bad"] {
        let quiet = AlertEvent { auto_resolve: AutoResolve::Quiet, occurred_at: ago(20_000), ..again(name) };
        world.record_at(&quiet, ago(20_000)).await;
        world.record(&again(&format!("{name} and open"))).await;
        let note = json!({ "by": "ada", "text": name });
        world.act("POST", &format!("{}/notes", path_of("good")), note).await;
        world.act("POST", "/v1/silences", silence(name)).await;
        world.platform.table.heard(Source::Netdata, name, ago(6_000)).await;
        let quarantined =
            Quarantined::new(Source::Netdata, Rejection::new(name.to_owned(), "?"), inbound(name, now()));
        world.platform.table.quarantine(&quarantined).await.unwrap();
    }
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    (world, client)
}

#[tokio::test]
async fn one_unreadable_item_of_each_kind_keeps_nothing_else_from_anything() {
    let (world, client) = world_of_two().await;
    let blob = || AttributeValue::B(Blob::new([1, 2, 3]));
    let table = &world.platform.table;

    // Damaged, and written by a version to come: with a source, a form or a word that nobody knows yet.
    let open = pk("bad and open");
    assert_eq!(damage(&client, |pk, sk| pk == open && sk == "STATE", "alert", blob()).await, 1);
    let bad = pk("bad");
    assert_eq!(
        damage(&client, |pk, sk| pk == bad && sk == "STATE", "v", AttributeValue::N("99".into())).await,
        1
    );
    assert_eq!(damage(&client, |pk, sk| pk == bad && sk.starts_with("EVENT#"), "document", blob()).await, 1);
    let note = |item: &Item| item["sk"].as_s().unwrap().starts_with("NOTE#") && item["text"] == text("bad");
    let note_key = items(&client).await.into_iter().find(note).unwrap()["sk"].as_s().unwrap().clone();
    assert_eq!(damage(&client, |_, sk| sk == note_key, "action", text("sung")).await, 1);
    let said = |item: &Item| item["pk"] == text("SILENCE") && format!("{item:?}").contains("\"bad\"");
    let said = items(&client).await.into_iter().find(said).unwrap()["sk"].as_s().unwrap().clone();
    assert_eq!(
        damage(&client, |pk, sk| pk == "SILENCE" && sk == said, "starts_at", text("yesterday")).await,
        1
    );
    assert_eq!(
        damage(&client, |pk, sk| pk.ends_with("#bad") && sk == "HEARTBEAT", "source", text("nagios")).await,
        1
    );
    let refused = |item: &Item| item.get("reason") == Some(&text("bad"));
    let refused = items(&client).await.into_iter().find(refused).unwrap()["sk"].as_s().unwrap().clone();
    assert_eq!(damage(&client, |_, sk| sk == refused, "source", text("nagios")).await, 1);
    let day = [("pk", text("DAYS#netdata")), ("sk", text("2026-99-99"))];
    put(&client, day.map(|(name, value)| (name.to_owned(), value)).into()).await;
    for (sk, name, value) in [
        ("CURSOR", "watermark", AttributeValue::N("99999999999999".into())),
        ("TOKEN", "token_expires_at", text("never")),
        ("NAMES", "monitors", blob()),
    ] {
        let item = [("pk", text("SOURCE#site24x7#us")), ("sk", text(sk)), (name, value)];
        put(&client, item.map(|(name, value)| (name.to_owned(), value)).into()).await;
    }

    // Lists, counts, single views.
    assert_eq!(kinds(&world.get("/v1/alerts?condition=firing").await), ["good and open"]);
    assert_eq!(world.get("/v1/counts").await["firing"], 1);
    assert_eq!(world.get(&path_of("good")).await["labels"]["kind"], "good");
    let (status, body) = world.ask("GET", &path_of("bad"), "reader", None).await;
    assert_eq!((status.as_u16(), &body["error"]["code"]), (500, &json!("unreadable")));
    let events = world.get("/v1/events").await;
    assert_eq!(events["events"].as_array().unwrap().len(), 3);
    assert_eq!(world.get(&format!("{}/events", path_of("bad"))).await["events"], json!([]));
    let notes = world.get(&format!("{}/notes", path_of("good"))).await;
    assert_eq!(notes["notes"].as_array().unwrap().len(), 1);
    let silences = world.get("/v1/silences").await;
    assert_eq!(silences["silences"].as_array().unwrap().len(), 1);
    assert_eq!(world.get("/v1/quarantine").await["quarantine"][0]["reason"], "good");
    assert_eq!(world.get("/v1/sources").await["sources"].as_array().unwrap().len(), 1);
    let (status, listed) = world.ask("GET", "/api/v2/alerts", "reader", None).await;
    assert_eq!((status.as_u16(), listed.as_array().unwrap().len()), (200, 1));

    // The sweep, the poller's items, new silences.
    let swept = table.sweep(now()).await.unwrap();
    assert_eq!((swept.expired, swept.fell_silent), (1, 1));
    assert_eq!(table.poll_cursor(Source::Site24x7, "us").await.unwrap().watermark, None);
    table.advance_poll_cursor(Source::Site24x7, "us", ago(60), None).await.unwrap();
    assert_eq!(table.known_names(Source::Site24x7, "us").await.unwrap(), None);
    assert_eq!(world.act("POST", "/v1/silences", silence("new")).await.0.as_u16(), 201);
    assert_eq!(table.quarantined(PageSize::items(10), None).await.unwrap().entries.len(), 1);
}

#[tokio::test]
async fn an_alert_that_cannot_be_read_begins_anew_with_its_sources_next_word() {
    let (world, client) = world_of_two().await;
    let open = pk("bad and open");
    let blob = AttributeValue::B(Blob::new([1, 2, 3]));
    damage(&client, |pk, sk| pk == open && sk == "STATE", "alert", blob.clone()).await;
    world.record(&again("bad and open")).await;
    let alert = world.get(&path_of("bad and open")).await;
    assert_eq!((&alert["condition"], &alert["revision"]), (&json!("firing"), &json!(2)));
    assert_eq!(get(&client, &open, "STATE").await["damaged"], blob);
}

#[tokio::test]
async fn an_event_of_an_alert_that_a_newer_version_wrote_is_refused_for_good_and_writes_nothing_over() {
    let (world, client) = world_of_two().await;
    let bad = pk("bad");
    damage(&client, |pk, sk| pk == bad && sk == "STATE", "v", AttributeValue::N("99".into())).await;
    let before = get(&client, &bad, "STATE").await;
    let (event, inbound) = (again("bad"), inbound("{}", now()));
    let outcome = world.platform.table.record(Entry { event: &event, inbound: &inbound }).await;
    assert!(outcome.is_err_and(|error| error.is_final()));
    assert_eq!(get(&client, &bad, "STATE").await, before);
    let outcomes = world.platform.table.record_all(&[Entry { event: &event, inbound: &inbound }]).await;
    assert!(!outcomes.iter().any(|outcome| matches!(outcome, Ok(Recorded::New(_)))));
}

#[tokio::test]
async fn a_hundred_accounts_of_a_source_are_watched_and_no_more() {
    let silent_after = [(Source::Netdata, std::time::Duration::from_mins(5))].into();
    let table = EmbeddedTable::open(&Location::InMemory).unwrap();
    let world = world_over(table, Configuration { silent_after, ..Configuration::default() }).await;
    world.platform.table.heard_of(Source::Netdata, "zz, the real one", ago(9_000)).await.unwrap();
    for number in 0..130 {
        world
            .platform
            .table
            .heard_of(Source::Netdata, &format!("invented {number}"), ago(6_000))
            .await
            .unwrap();
    }
    assert_eq!(world.platform.table.sweep(now()).await.unwrap().fell_silent, 100);
    let silent = world.get("/v1/alerts?source=campanile&account=zz,%20the%20real%20one").await;
    assert_eq!(silent["alerts"].as_array().unwrap().len(), 1);
}
