//! A table that version 0.1.0 wrote, and which the present version goes on with.
//!
//! `first-format.sqlite.gz` is the data directory's file of that version after one notification of many kinds: all five
//! sources, a silence, notes, an acknowledgement, quarantine. In the documents of Netdata and KAZOO `auto_resolve`
//! still bears its older name, `ends`.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use alert::{Fingerprint, Source};
use aws::Configuration;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use campanile::embedded::{EmbeddedTable, Location, sdk_config};
use flate2::read::GzDecoder;
use intake::{Entry, Recorded, Store};
use serde_json::{Value, json};

use super::TABLE;
use crate::api::{World, now, world_over};

const FROZEN: &[u8] = include_bytes!("first-format.sqlite.gz");

/// A world over a copy of the frozen table in `directory`, with nothing in it that is over by now.
async fn frozen(directory: &Path) -> (World, Client) {
    let mut file = Vec::new();
    GzDecoder::new(FROZEN).read_to_end(&mut file).unwrap();
    std::fs::write(directory.join("table.sqlite"), file).unwrap();
    let table = EmbeddedTable::open(&Location::Directory(directory.to_owned())).unwrap();
    let client = Client::new(&sdk_config(table.clone()));
    let mut items = client.scan().table_name(TABLE).into_paginator().items().send();
    while let Some(item) = items.next().await {
        let mut item: HashMap<_, _> = item.unwrap();
        if let Some(expires_at) = item.get_mut("expires_at") {
            *expires_at = AttributeValue::N("9999999999".to_owned());
            client.put_item().table_name(TABLE).set_item(Some(item)).send().await.unwrap();
        }
    }
    let configuration =
        Configuration { history_days: 36_500, quarantine_days: 36_500, ..Configuration::default() };
    (world_over(table, configuration).await, client)
}

async fn alert_of(world: &World, source: &str) -> Value {
    let list = world.get(&format!("/v1/alerts?source={source}")).await;
    list["alerts"].as_array().unwrap().last().unwrap().clone()
}

fn events(page: &Value) -> Vec<Value> {
    page["events"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_table_of_the_first_version_is_read_whole() {
    let directory = tempfile::tempdir().unwrap();
    let (world, _) = frozen(directory.path()).await;

    let alerts = world.get("/v1/alerts?limit=1000").await;
    assert_eq!(alerts["alerts"].as_array().unwrap().len(), 12);
    for alert in alerts["alerts"].as_array().unwrap() {
        assert!(
            ["recovery", "quiet", "person"].contains(&alert["auto_resolve"].as_str().unwrap()),
            "{alert}"
        );
        let path = format!("/v1/alerts/{}/events?raw=true", alert["fingerprint"].as_str().unwrap());
        let history = events(&world.get(&path).await);
        assert!(!history.is_empty() && history.iter().all(|event| event["raw"].is_string()), "{path}");
        let times: Vec<_> = history.iter().map(|event| event["occurred_at"].as_str().unwrap()).collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    }
    assert_eq!(events(&world.get("/v1/events?limit=1000").await).len(), 27);
    let silences = world.get("/v1/silences").await;
    assert_eq!(silences["silences"][0]["comment"], "new disk");
    let quarantine = world.get("/v1/quarantine").await;
    let path = format!("/v1/quarantine/{}", quarantine["quarantine"][2]["id"].as_str().unwrap());
    assert!(world.get(&path).await["body"].is_string());
    assert_eq!(world.get("/v1/sources").await["sources"].as_array().unwrap().len(), 8);
    let of_tencent = world.get("/v1/alerts?source=tencent&q=DiskUtilization").await;
    let acknowledged = &of_tencent["alerts"][0];
    let notes =
        world.get(&format!("/v1/alerts/{}/notes", acknowledged["fingerprint"].as_str().unwrap())).await;
    assert_eq!(notes["notes"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_an_older_version_recorded_is_known_and_what_comes_now_follows_it() {
    let directory = tempfile::tempdir().unwrap();
    let (world, _) = frozen(directory.path()).await;
    let table = &world.platform.table;
    let page = world.get("/v1/alerts?source=site24x7&limit=1").await;
    let fingerprint: Fingerprint = page["alerts"][0]["fingerprint"].as_str().unwrap().parse().unwrap();
    let path = format!("/v1/alerts/{fingerprint}");
    let before = events(&world.get(&format!("{path}/events")).await);
    let id = before[1]["event_id"].as_str().unwrap().parse().unwrap();
    let known = table.history_entry(fingerprint, id).await.unwrap().unwrap();

    // Known, before and after the alert was written by this version.
    let again = Entry { event: &known.event, inbound: &known.inbound };
    assert_eq!(table.record(again).await.unwrap(), Recorded::Duplicate);
    let new = alert::AlertEvent {
        event_id: alert::EventId::of(["new"]),
        occurred_at: now(),
        source: Source::Site24x7,
        ..known.event.clone()
    };
    let inbound = crate::api::inbound("{}", now());
    let recorded = table.record(Entry { event: &new, inbound: &inbound }).await.unwrap();
    assert!(matches!(recorded, Recorded::New(Some(_))));
    assert_eq!(table.record(again).await.unwrap(), Recorded::Duplicate);

    let revision = |alert: &Value| alert["revision"].as_u64().unwrap();
    // As time goes on it expires, which readers see as a revision that is not stored.
    let stored = revision(&page["alerts"][0]) - u64::from(page["alerts"][0]["condition"] == "expired");
    assert_eq!(revision(&world.get(&path).await), stored + 1);
    // One list of both formats, whole or in pages.
    let ids = |page: &[Value]| page.iter().map(|event| event["event_id"].clone()).collect::<Vec<_>>();
    let mut expected = vec![json!(new.event_id)];
    expected.extend(ids(&before));
    assert_eq!(ids(&events(&world.get(&format!("{path}/events")).await)), expected);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.get(&format!("{path}/events?limit=2{cursor}")).await;
        seen.extend(ids(&events(&page)));
        let Value::String(next) = &page["next_cursor"] else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn people_go_on_with_the_alerts_of_an_older_version() {
    let directory = tempfile::tempdir().unwrap();
    let (world, client) = frozen(directory.path()).await;
    let alert = alert_of(&world, "netdata").await;
    let path = format!("/v1/alerts/{}", alert["fingerprint"].as_str().unwrap());
    let (status, body) = world.act("POST", &format!("{path}/notes"), json!({ "text": "still here" })).await;
    assert_eq!(status.as_u16(), 201, "{body}");
    world.platform.table.sweep(now()).await.unwrap();
    let state = client
        .get_item()
        .table_name(TABLE)
        .key("pk", AttributeValue::S(format!("ALERT#{}", alert["fingerprint"].as_str().unwrap())))
        .key("sk", AttributeValue::S("STATE".to_owned()));
    assert!(state.send().await.unwrap().item.is_some());
    let silences = world.get("/v1/silences").await;
    let silence = format!("/v1/silences/{}", silences["silences"][0]["id"].as_str().unwrap());
    assert_eq!(world.act("DELETE", &silence, Value::Null).await.0.as_u16(), 200);
}
