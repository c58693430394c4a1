//! Statistics, which the notifier counts from the stream: each change once, whatever comes again and whoever dies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use alert::{AlertEvent, Fingerprint, Severity, Source, Transition};
use async_trait::async_trait;
use aws::{Configuration, EventFilter, HistoryEntry, Notifier, PageSize};
use campanile::embedded::{AwsAnswer, AwsCall, AwsService, EmbeddedTable, Location};
use http::StatusCode;
use intake::Deadline;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{World, firing, now, resolved, world_over};

const TABLE: &str = "campanile";
/// How much happens in a story: enough that ids of what was counted have to be moved.
const STEPS: usize = 240;
/// How many alerts it is about.
const ALERTS: u64 = 12;

/// A table whose caller dies at one of the next writes.
#[derive(Clone)]
struct Mortal {
    table: EmbeddedTable,
    death: Arc<Mutex<Option<Death>>>,
    died: Arc<Notify>,
}

/// When its caller dies.
struct Death {
    writes_before: usize,
    /// Whether the last write is done, and only its answer lost.
    is_written: bool,
}

#[async_trait]
impl AwsService for Mortal {
    async fn answer(&self, call: AwsCall) -> AwsAnswer {
        let is_write = ["PutItem", "UpdateItem", "TransactWriteItems"].contains(&call.operation());
        let death = if is_write { self.next_death() } else { None };
        let Some(death) = death else { return self.table.answer(call).await };
        if death.is_written {
            self.table.answer(call).await;
        }
        self.died.notify_one();
        std::future::pending().await
    }
}

impl Mortal {
    fn next_death(&self) -> Option<Death> {
        let mut death = self.death.lock().unwrap();
        match death.as_mut() {
            Some(Death { writes_before: left @ 1.., .. }) => {
                *left -= 1;
                None
            }
            _ => death.take(),
        }
    }
}

/// What happened, and how the notifier hears of it.
struct Story {
    mortal: Mortal,
    world: World,
    random: fastrand::Rng,
    /// Who has each alert, by its name.
    taken: BTreeSet<String>,
    acknowledged: u64,
}

impl Story {
    async fn new(seed: u64) -> Self {
        let table = EmbeddedTable::open(&Location::InMemory).unwrap();
        let mortal = Mortal { table, death: Arc::default(), died: Arc::default() };
        let world = world_over(mortal.clone(), Configuration::default()).await;
        let random = fastrand::Rng::with_seed(seed);
        Self { mortal, world, random, taken: BTreeSet::new(), acknowledged: 0 }
    }

    /// What lies around the midnight before last, most of it behind, of alerts that open, become worse or milder, are taken
    /// and given back, and end: whatever the hour, one day has enough that ids are moved.
    async fn happens(&mut self) {
        let midnight = now().as_second().div_euclid(86_400) * 86_400 - 86_400;
        let mut at = Timestamp::from_second(midnight - 3 * 3_600).unwrap();
        for _ in 0..STEPS {
            at = at.checked_add(SignedDuration::from_secs(self.random.i64(1..400))).unwrap();
            let name = format!("alert {}", self.random.u64(0..ALERTS));
            match self.random.u8(0..10) {
                0..4 => self.fires(&name, at).await,
                4..7 => self.ends(&name, at).await,
                7..9 => self.is_taken(&name).await,
                _ => self.is_given_back(&name).await,
            }
        }
    }

    async fn fires(&mut self, name: &str, at: Timestamp) {
        let severity = Severity::ALL[self.random.usize(..Severity::ALL.len())];
        let known = self.world.platform.table.alert(Fingerprint::of([name])).await.unwrap();
        if known.is_some_and(|known| known.severity < severity) {
            self.taken.remove(name);
        }
        self.world.record_at(&AlertEvent { severity, occurred_at: at, ..firing(name) }, at).await;
    }

    async fn ends(&mut self, name: &str, at: Timestamp) {
        self.taken.remove(name);
        self.world.record_at(&AlertEvent { occurred_at: at, ..resolved(name) }, at).await;
    }

    async fn is_taken(&mut self, name: &str) {
        let table = &self.world.platform.table;
        let is_done = table.acknowledge(Fingerprint::of([name]), "ada", None).await.is_ok();
        if is_done && self.taken.insert(name.to_owned()) {
            self.acknowledged += 1;
        }
    }

    async fn is_given_back(&mut self, name: &str) {
        if self.world.platform.table.unacknowledge(Fingerprint::of([name]), "ada", None).await.is_ok() {
            self.taken.remove(name);
        }
    }

    /// Has a new process of the notifier handle `records`; it may die of it.
    async fn deliver(&self, records: &[Value]) {
        let notifier = Notifier::new(self.world.platform.clone());
        let event = json!({ "Records": records });
        tokio::select! {
            answer = notifier.handle(event, Deadline(Duration::from_mins(1))) => drop(answer.unwrap()),
            () = self.mortal.died.notified() => {}
        }
        *self.mortal.death.lock().unwrap() = None;
    }

    /// Every record at least once: batches of any length again and again and in any order, and deaths all the while.
    async fn is_delivered_badly(&mut self, records: &[Value]) {
        for _ in 0..25 {
            let first = self.random.usize(..records.len());
            let end = (first + self.random.usize(1..60)).min(records.len());
            if self.random.bool() {
                let (writes_before, is_written) = (self.random.usize(..5), self.random.bool());
                *self.mortal.death.lock().unwrap() = Some(Death { writes_before, is_written });
            }
            self.deliver(&records[first..end]).await;
        }
        let mut batches: Vec<_> = records.chunks(self.random.usize(1..100)).collect();
        self.random.shuffle(&mut batches);
        for batch in batches {
            self.deliver(batch).await;
        }
    }
}

/// The same counts, made of the history.
#[derive(Default)]
struct Recount {
    opened: BTreeMap<(String, Severity), u64>,
    resolved: BTreeMap<String, u64>,
    by_alert: BTreeMap<String, u64>,
    by_resource: BTreeMap<String, u64>,
    seconds: Vec<u64>,
}

impl Recount {
    async fn of(world: &World) -> Self {
        let size = PageSize { items: 1_000, with_bodies: false };
        let page = world.platform.table.events(&EventFilter::default(), size, None).await.unwrap();
        assert!(page.next.is_none());
        let mut entries = page.entries;
        entries.sort_by_key(|entry| entry.inbound.received_at);
        let (mut recount, mut began) = (Self::default(), BTreeMap::new());
        for entry in &entries {
            recount.add(entry, &mut began);
        }
        recount.seconds.sort_unstable();
        recount
    }

    fn add(&mut self, entry: &HistoryEntry, began: &mut BTreeMap<Fingerprint, Timestamp>) {
        let HistoryEntry { event, transition, inbound } = entry;
        let day = inbound.received_at.to_string()[..10].to_owned();
        match transition {
            Some(Transition::Opened | Transition::Reopened) => {
                began.insert(event.fingerprint, event.occurred_at);
                *self.opened.entry((day, event.severity)).or_default() += 1;
                *self.by_alert.entry(event.fingerprint.to_string()).or_default() += 1;
                *self.by_resource.entry(event.resource.clone().unwrap()).or_default() += 1;
            }
            Some(Transition::Resolved) => {
                let Some(began) = began.remove(&event.fingerprint) else { return };
                *self.resolved.entry(day).or_default() += 1;
                let lasted = event.occurred_at.duration_since(began).as_secs();
                self.seconds.push(lasted.try_into().unwrap());
            }
            _ => {}
        }
    }

    fn assert_is(&self, statistics: &Value, acknowledged: u64, seed: u64) {
        let mut all_acknowledged = 0;
        for day in statistics["days"].as_array().unwrap() {
            let name = day["day"].as_str().unwrap();
            for severity in Severity::ALL {
                let counted = self.opened.get(&(name.to_owned(), *severity)).copied().unwrap_or_default();
                assert_eq!(day["by_severity"][severity.as_str()], counted, "seed {seed}: {name} {severity}");
            }
            let counted = self.resolved.get(name).copied().unwrap_or_default();
            assert_eq!(day["resolved"], counted, "seed {seed}: {name}");
            all_acknowledged += day["acknowledged"].as_u64().unwrap();
        }
        assert_eq!(all_acknowledged, acknowledged, "seed {seed}");
        assert_eq!(named(statistics, "noisiest_alerts", "fingerprint"), self.by_alert, "seed {seed}");
        assert_eq!(named(statistics, "noisiest_resources", "resource"), self.by_resource, "seed {seed}");
    }
}

/// How often each was heard; what it was at most is no more.
fn named(statistics: &Value, list: &str, name: &str) -> BTreeMap<String, u64> {
    let noisy = statistics[list].as_array().unwrap().iter();
    let noisy = noisy.inspect(|noise| assert_eq!(noise["opened"], noise["at_most"]));
    noisy.map(|noise| (noise[name].as_str().unwrap().to_owned(), noise["opened"].as_u64().unwrap())).collect()
}

#[tokio::test]
async fn each_change_is_counted_once_whatever_comes_again_and_whoever_dies() {
    for seed in 0..3 {
        let mut story = Story::new(seed).await;
        story.happens().await;
        let records = story.mortal.table.oldest_records(TABLE, 10_000).await.unwrap();
        let records: Vec<_> = records.into_iter().map(|record| record.event).collect();

        story.is_delivered_badly(&records).await;

        assert!(!stored(&story, "COUNTED#").await.is_empty(), "seed {seed}: what was counted was not moved");
        let recount = Recount::of(&story.world).await;
        let statistics = story.world.get("/v1/statistics?days=4").await;
        recount.assert_is(&statistics, story.acknowledged, seed);
        let weeks = statistics["weeks"].as_array().unwrap();
        let resolved: u64 = weeks.iter().map(|week| week["resolved"].as_u64().unwrap()).sum();
        assert_eq!(resolved, recount.seconds.len() as u64, "seed {seed}");
        if let [week] = &weeks[..] {
            let exact = recount.seconds[(recount.seconds.len() - 1) / 2];
            let median = week["median_seconds_to_resolve"].as_u64().unwrap();
            assert!(median.abs_diff(exact) <= exact / 16, "seed {seed}: {median} for {exact}");
        }
    }
}

/// A world in which three alerts of a source opened, and what the notifier hears of it.
async fn three() -> (Story, Vec<Value>) {
    let story = Story::new(0).await;
    for name in ["a", "b", "c"] {
        story.world.record(&firing(name)).await;
    }
    let records = story.mortal.table.oldest_records(TABLE, 100).await.unwrap();
    (story, records.into_iter().map(|record| record.event).collect())
}

impl World {
    async fn opened_today(&self) -> u64 {
        self.get("/v1/statistics?days=1").await["days"][0]["opened"].as_u64().unwrap()
    }
}

/// The keys of all statistics, with their items.
async fn stored(story: &Story, prefix: &str) -> Vec<Value> {
    let body = json!({ "TableName": TABLE }).to_string().into();
    let scan = AwsCall { target: "DynamoDB_20120810.Scan".to_owned(), body };
    let output: Value = serde_json::from_slice(&story.mortal.table.answer(scan).await.body).unwrap();
    let items = output["Items"].as_array().unwrap().iter();
    items.filter(|item| item["pk"]["S"].as_str().unwrap().starts_with(prefix)).cloned().collect()
}

async fn put(story: &Story, item: &Value) {
    let body = json!({ "TableName": TABLE, "Item": item }).to_string().into();
    let answer =
        story.mortal.table.answer(AwsCall { target: "DynamoDB_20120810.PutItem".to_owned(), body }).await;
    assert!(answer.status.is_success());
}

#[tokio::test]
async fn a_day_is_kept_for_a_hundred_and_what_was_moved_for_three() {
    let (mut story, _) = three().await;
    story.happens().await;
    let records = story.mortal.table.oldest_records(TABLE, 10_000).await.unwrap();
    for record in records {
        story.deliver(&[record.event]).await;
    }
    let days = stored(&story, "STATISTICS#").await;
    let moved = stored(&story, "COUNTED#").await;
    assert!(days.len() >= 2 && !moved.is_empty(), "{} days, {} moved", days.len(), moved.len());
    for (item, least, most) in
        days.iter().map(|day| (day, 96, 100)).chain(moved.iter().map(|ids| (ids, 2, 3)))
    {
        assert_eq!(item["v"]["N"], "2");
        let expires_at: i64 = item["expires_at"]["N"].as_str().unwrap().parse().unwrap();
        let left = (expires_at - now().as_second()) / 86_400;
        assert!((least..=most).contains(&left), "{} is kept for {left} days", item["pk"]);
    }
}

#[tokio::test]
async fn what_a_newer_version_counted_is_left_alone_and_holds_nobody_up() {
    let (story, records) = three().await;
    story.deliver(&records).await;
    let mut newer = stored(&story, "STATISTICS#").await.remove(0);
    newer["v"] = json!({ "N": "3" });
    put(&story, &newer).await;

    let notifier = Notifier::new(story.world.platform.clone());
    let left = Deadline(Duration::from_mins(1));
    let answer = notifier.handle(json!({ "Records": records }), left).await.unwrap();

    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    assert_eq!(stored(&story, "STATISTICS#").await, [newer]);
    // Readers leave it out.
    assert_eq!(story.world.opened_today().await, 0);
}

/// A table that does not let statistics be written while `is_closed`.
struct Closed {
    table: EmbeddedTable,
    is_closed: Arc<Mutex<bool>>,
}

#[async_trait]
impl AwsService for Closed {
    async fn answer(&self, call: AwsCall) -> AwsAnswer {
        let is_statistics =
            call.operation() == "PutItem" && String::from_utf8_lossy(&call.body).contains("STATISTICS#");
        if is_statistics && *self.is_closed.lock().unwrap() {
            return AwsAnswer::error(StatusCode::BAD_REQUEST, "AccessDeniedException", "closed for a test");
        }
        self.table.answer(call).await
    }
}

#[tokio::test]
async fn what_could_not_be_counted_comes_again_and_counts_once() {
    let table = EmbeddedTable::open(&Location::InMemory).unwrap();
    let is_closed = Arc::new(Mutex::new(true));
    let closed = Closed { table: table.clone(), is_closed: Arc::clone(&is_closed) };
    let world = world_over(closed, Configuration::default()).await;
    for name in ["a", "b"] {
        world.record(&firing(name)).await;
    }
    let records = table.oldest_records(TABLE, 100).await.unwrap();
    let records: Vec<_> = records.into_iter().map(|record| record.event).collect();
    let first = records.iter().find(|record| record["dynamodb"]["Keys"]["sk"]["S"] == "STATE").unwrap();
    let again = json!([{ "itemIdentifier": first["dynamodb"]["SequenceNumber"] }]);
    let handle = async || {
        let notifier = Notifier::new(world.platform.clone());
        notifier.handle(json!({ "Records": records }), Deadline(Duration::from_mins(1))).await.unwrap()
    };
    assert_eq!(handle().await["batchItemFailures"], again);
    assert_eq!(world.opened_today().await, 0);

    *is_closed.lock().unwrap() = false;
    for _ in 0..2 {
        assert_eq!(handle().await["batchItemFailures"], json!([]));
        assert_eq!(world.opened_today().await, 2);
    }
}

#[tokio::test]
async fn a_period_is_one_to_ninety_days_of_the_sources_that_are_asked_for() {
    let (story, records) = three().await;
    let world = &story.world;
    let elsewhere = AlertEvent { source: Source::Kazoo, fingerprint: Fingerprint::of(["d"]), ..firing("d") };
    world.record(&elsewhere).await;
    let all = story.mortal.table.oldest_records(TABLE, 100).await.unwrap();
    assert!(all.len() > records.len());
    story.deliver(&all.into_iter().map(|record| record.event).collect::<Vec<_>>()).await;

    let asked = async |query: &str| world.get(&format!("/v1/statistics?{query}")).await;
    for (query, days) in [("", 30), ("days=", 30), ("days=1", 1), ("days=90", 90)] {
        assert_eq!(asked(query).await["days"].as_array().unwrap().len(), days, "{query}");
    }
    for (query, opened) in
        [("", 4), ("source=kazoo", 1), ("source=kazoo&source=netdata", 4), ("source=tencent", 0)]
    {
        let statistics = asked(query).await;
        assert_eq!(statistics["days"].as_array().unwrap().last().unwrap()["opened"], opened, "{query}");
    }
    for (query, message) in [
        ("days=0", "days: `0` is not between 1 and 90"),
        ("days=91", "days: `91` is not between 1 and 90"),
        ("days=07", "days: `07` is not between 1 and 90"),
        ("days=1&days=2", "days: give it once"),
    ] {
        let (status, statistics) = world.ask("GET", &format!("/v1/statistics?{query}"), "reader", None).await;
        assert_eq!((status, &statistics["error"]["message"]), (StatusCode::BAD_REQUEST, &json!(message)));
    }
}
