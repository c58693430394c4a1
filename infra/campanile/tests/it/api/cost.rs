//! What a list costs: the open alerts that it shows, and nothing for those that are over.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use aws::Configuration;
use bytes::Bytes;
use campanile::embedded::{AwsAnswer, AwsCall, AwsService, EmbeddedTable, Location};
use dynoxide::types::{AttributeValue, Item};
use dynoxide::{Database, ImportOptions};
use serde_json::{Value, json};

use super::{World, ago, firing, kinds, world_over};

const DAY_SECS: i64 = 24 * 60 * 60;

/// The embedded table, with what each call read.
#[derive(Clone)]
pub(super) struct Metered {
    pub(super) table: EmbeddedTable,
    read: Arc<Mutex<BTreeMap<String, Units>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Units {
    pub(super) calls: usize,
    items: u64,
    pub(super) consumed: f64,
}

#[async_trait]
impl AwsService for Metered {
    async fn answer(&self, call: AwsCall) -> AwsAnswer {
        let operation = call.operation().to_owned();
        let answer = self.table.answer(metered(call)).await;
        let output: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let mut read = self.read.lock().unwrap();
        let reading = read.entry(operation).or_default();
        reading.calls += 1;
        reading.items += output["ScannedCount"].as_u64().unwrap_or_default();
        reading.consumed += units(&output["ConsumedCapacity"]);
        answer
    }
}

/// The same call, but it asks what it consumes.
fn metered(call: AwsCall) -> AwsCall {
    let Ok(mut input) = serde_json::from_slice::<Value>(&call.body) else {
        return call;
    };
    let is_free = ["CreateTable", "UpdateTimeToLive"].contains(&call.operation());
    if !is_free {
        input["ReturnConsumedCapacity"] = json!("TOTAL");
    }
    AwsCall { body: Bytes::from(input.to_string()), ..call }
}

fn units(consumed: &Value) -> f64 {
    let of_one = |consumed: &Value| consumed["CapacityUnits"].as_f64().unwrap_or_default();
    consumed.as_array().map_or_else(|| of_one(consumed), |all| all.iter().map(of_one).sum())
}

impl Metered {
    /// What was consumed since this was asked last.
    pub(super) fn taken(&self) -> BTreeMap<String, Units> {
        std::mem::take(&mut *self.read.lock().unwrap())
    }

    async fn of(&self, world: &World, path: &str) -> (BTreeMap<String, Units>, Value) {
        self.read.lock().unwrap().clear();
        let answer = world.get(path).await;
        (self.read.lock().unwrap().clone(), answer)
    }
}

impl Metered {
    pub(super) fn new() -> Self {
        Self::at(&Location::InMemory)
    }

    fn at(location: &Location) -> Self {
        Self { table: EmbeddedTable::open(location).unwrap(), read: Arc::default() }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_few_events_in_many_days_reads_few_days() {
    let metered = Metered::new();
    let world = world_over(metered.clone(), Configuration::default()).await;
    let days = [0, 1, 40, 89];
    for day in days {
        world.record_at(&firing(&format!("day {day}")), ago(day * DAY_SECS)).await;
    }
    let world = world_over(metered.clone(), Configuration::default()).await;

    let (read, page) = metered.of(&world, "/v1/events").await;
    let titles: Vec<_> = page["events"].as_array().unwrap().iter().map(|event| &event["title"]).collect();
    assert_eq!(titles, days.map(|day| format!("day {day} fires")).iter().collect::<Vec<_>>());
    // A directory for each source, and of each day the shards of the one source that spoke.
    let sources = alert::Source::ALL.len();
    println!("/v1/events: {read:?}");
    assert_eq!(read["Query"].calls, sources + days.len() * 4);
    let (read, _) = metered.of(&world, "/v1/events?source=netdata").await;
    assert_eq!(read["Query"].calls, 1 + days.len() * 4);
    let (read, _) = metered.of(&world, "/v1/events?limit=1").await;
    assert_eq!(read["Query"].calls, sources + 3 * 4, "the first day, and then two at a time");
    let (read, page) = metered.of(&world, "/v1/events?source=kazoo").await;
    assert_eq!((read["Query"].calls, &page["events"]), (1, &json!([])));
    for list in ["/v1/quarantine", "/v1/notifications"] {
        let (read, _) = metered.of(&world, list).await;
        assert_eq!(read["Query"].calls, 1, "{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_opened_before_anything_of_it_is_written_and_once() {
    let metered = Metered::new();
    let world = world_over(metered.clone(), Configuration::default()).await;
    metered.read.lock().unwrap().clear();
    for number in 0..5 {
        world.record(&firing(&format!("{number}"))).await;
    }
    let read = metered.read.lock().unwrap().clone();
    let calls = |operation: &str| read.get(operation).map_or(0, |reading| reading.calls);
    let counted = ["GetItem", "PutItem", "TransactWriteItems"].map(calls);
    assert_eq!(counted, [5, 1, 5], "one read and one transaction each, and the day");
}

/// Puts `count` copies of the item of a resolved alert into the tables below `directory`, each with keys of its own.
pub(super) fn add_resolved(directory: &Path, template: &Item, count: usize) {
    let database = Database::new(directory.join("table.sqlite").to_str().unwrap()).unwrap();
    for numbers in (0..count).collect::<Vec<_>>().chunks(5_000) {
        let copies = numbers.iter().map(|number| copy(template, *number)).collect();
        database.import_items("campanile", copies, ImportOptions::default()).unwrap();
    }
}

fn copy(template: &Item, number: usize) -> Item {
    let fingerprint = format!("{number:032x}");
    let mut item = template.clone();
    let mut set = |name: &str, text: String| item.insert(name.to_owned(), AttributeValue::S(text));
    set("pk", format!("ALERT#{fingerprint}"));
    set("condition_shard", format!("resolved#{}", number % 4));
    set("condition_key", format!("2026-01-01T00:00:00.000000Z#{fingerprint}"));
    item
}

async fn stored_state(metered: &Metered, path: &str) -> Item {
    let fingerprint = path.rsplit('/').next().unwrap();
    let key = json!({ "pk": { "S": format!("ALERT#{fingerprint}") }, "sk": { "S": "STATE" } });
    let input = json!({ "TableName": "campanile", "Key": key }).to_string();
    let call = AwsCall { target: "DynamoDB_20120810.GetItem".into(), body: input.into() };
    let output: Value = serde_json::from_slice(&metered.table.answer(call).await.body).unwrap();
    serde_json::from_value(output["Item"].clone()).unwrap()
}

/// How many alerts are over in the larger table.
const MANY: usize = 100_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_500_open_alerts_reads_the_same_however_many_are_over() {
    let directory = tempfile::tempdir().unwrap();
    let (metered, world) = over(directory.path()).await;
    for number in 0..500 {
        world.record(&firing(&format!("open {number}"))).await;
    }
    let over_already = over_already(&metered, &world).await;
    let paths =
        ["/v1/alerts?condition=firing&limit=1000", "/v1/alerts?condition=firing&severity=high", "/v1/counts"];
    let mut few = Vec::new();
    for path in paths {
        few.push(metered.of(&world, path).await);
    }
    assert_eq!(kinds(&few[0].1).len(), 500);
    assert_eq!(few[2].1["firing"], 500);
    drop((metered, world));

    add_resolved(directory.path(), &over_already, MANY);
    let (metered, world) = over(directory.path()).await;
    assert_eq!(
        world.get("/v1/alerts?condition=resolved&limit=1000").await["alerts"].as_array().unwrap().len(),
        1000
    );
    for (path, before) in paths.into_iter().zip(few) {
        let after = metered.of(&world, path).await;
        println!("{path}: {:?}", after.0);
        assert_eq!(after, before, "{path}");
    }
}

/// A world over the tables below `directory`.
pub(super) async fn over(directory: &Path) -> (Metered, World) {
    let metered = Metered::at(&Location::Directory(directory.to_owned()));
    let world = world_over(metered.clone(), Configuration::default()).await;
    (metered, world)
}

/// The stored state of an alert that is over.
pub(super) async fn over_already(metered: &Metered, world: &World) -> Item {
    world.record(&firing("over")).await;
    world.record(&super::resolved("over")).await;
    stored_state(metered, &super::path_of("over")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_admits_nothing_reads_a_bounded_part_of_what_is_over() {
    let directory = tempfile::tempdir().unwrap();
    let (metered, world) = over(directory.path()).await;
    let over_already = over_already(&metered, &world).await;
    drop((metered, world));
    add_resolved(directory.path(), &over_already, 3_000);

    let (metered, world) = over(directory.path()).await;
    let (read, page) = metered.of(&world, "/v1/alerts?q=nowhere").await;
    assert!(read["Query"].items < 2_500, "{read:?}");
    assert_eq!(page["alerts"], json!([]));
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = world.get(&format!("/v1/alerts?q=nowhere&cursor={cursor}")).await;
    assert_eq!(rest["next_cursor"], Value::Null);
}
