//! The counts of what fires, kept by the notifier.

use alert::{AlertEvent, Severity};
use aws::{Configuration, Notifier};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use campanile::bundle::Stream;
use campanile::embedded::{EmbeddedTable, Location, sdk_config};
use serde_json::{Value, json};

use super::cost::Metered;
use super::{World, firing, now, path_of, resolved, world_over};

const TABLE: &str = "campanile";

/// An API and a notifier over one table, whose stream is handed on when the test says so.
struct Kept {
    metered: Metered,
    table: EmbeddedTable,
    world: World,
    stream: Stream,
}

impl Kept {
    /// With the alerts `a`, `b` and `c`, and a sweep that counted them.
    async fn with_three() -> Self {
        let metered = Metered::new();
        let table = metered.table.clone();
        let world = world_over(metered.clone(), Configuration::default()).await;
        let stream = Stream::new(table.clone(), TABLE.to_owned(), Notifier::new(world.platform.clone()));
        let kept = Self { metered, table, world, stream };
        for name in ["a", "b", "c"] {
            kept.world.record(&firing(name)).await;
        }
        kept.hand_on().await;
        kept.sweep().await;
        kept
    }

    async fn hand_on(&self) {
        while self.stream.hand_on().await.unwrap() > 0 {}
    }

    async fn sweep(&self) {
        self.world.platform.table.sweep(now()).await.unwrap();
    }

    /// The stream's records are lost.
    async fn lose(&self) {
        let records = self.table.oldest_records(TABLE, 1_000).await.unwrap();
        self.table.forget_records(TABLE, &records.last().unwrap().sequence_number).await.unwrap();
    }

    /// What is counted, and with how many calls.
    async fn counts(&self) -> (Value, usize) {
        self.metered.taken();
        let counts = self.world.get("/v1/counts").await;
        (counts, self.metered.taken().values().map(|units| units.calls).sum())
    }

    /// That so many are firing, acknowledged and silenced, by what is kept alone.
    async fn shows(&self, firing: u64, acknowledged: u64, silenced: u64) {
        let (counts, calls) = self.counts().await;
        let [all, taken, silent] = ["firing", "acknowledged", "silenced"].map(|name| counts[name].clone());
        assert_eq!([all, taken, silent], [json!(firing), json!(acknowledged), json!(silenced)]);
        assert_eq!(calls, 2, "the counts and the silences");
    }
}

#[tokio::test]
async fn every_change_in_the_stream_is_counted() {
    let kept = Box::pin(Kept::with_three()).await;
    kept.shows(3, 0, 0).await;

    kept.world.record(&AlertEvent { severity: Severity::Critical, occurred_at: now(), ..firing("a") }).await;
    kept.world.record(&AlertEvent { occurred_at: now(), ..resolved("b") }).await;
    let (status, _) = kept.world.act("POST", &format!("{}/acknowledge", path_of("c")), json!({})).await;
    assert!(status.is_success());
    kept.world.record(&firing("d")).await;
    kept.hand_on().await;

    kept.shows(3, 1, 0).await;
    let counts = kept.counts().await.0;
    assert_eq!(
        (&counts["by_severity"]["critical"], &counts["by_severity"]["warning"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(counts["by_source"]["netdata"], 3);
}

#[tokio::test]
async fn what_the_stream_lost_or_carried_twice_two_sweeps_set_right() {
    let kept = Box::pin(Kept::with_three()).await;
    kept.world.record(&firing("d")).await;
    kept.lose().await;
    kept.sweep().await;
    // It may still be on its way.
    kept.shows(3, 0, 0).await;
    kept.sweep().await;
    kept.shows(4, 0, 0).await;

    kept.world.record(&AlertEvent { occurred_at: now(), ..resolved("d") }).await;
    let twice = kept.table.oldest_records(TABLE, 100).await.unwrap();
    let events: Vec<_> = twice.into_iter().map(|record| record.event).collect();
    let left = intake::Deadline(std::time::Duration::from_mins(1));
    let notifier = Notifier::new(kept.world.platform.clone());
    notifier.handle(json!({ "Records": events }), left).await.unwrap();
    kept.hand_on().await;
    kept.shows(2, 0, 0).await;
    kept.sweep().await;
    kept.sweep().await;
    kept.shows(3, 0, 0).await;
}

#[tokio::test]
async fn a_change_under_way_while_a_sweep_counts_is_counted_once() {
    let kept = Box::pin(Kept::with_three()).await;
    kept.world.record(&firing("d")).await;
    kept.sweep().await;
    kept.hand_on().await;
    kept.sweep().await;
    kept.shows(4, 0, 0).await;
}

#[tokio::test]
async fn a_silence_counts_from_the_first_reader_on_and_until_it_ends() {
    let kept = Box::pin(Kept::with_three()).await;
    let matcher = json!({ "name": "alertname", "value": "a" });
    let silence = json!({ "matchers": [matcher], "duration_secs": 3600, "comment": "planned" });
    let (status, silence) = kept.world.act("POST", "/v1/silences", silence).await;
    assert!(status.is_success(), "{silence}");
    let (counts, calls) = kept.counts().await;
    assert_eq!(counts["silenced"], 1);
    assert!(calls > 2, "the first reader counts");
    kept.shows(3, 0, 1).await;

    let path = format!("/v1/silences/{}", silence["id"].as_str().unwrap());
    assert!(kept.world.act("DELETE", &path, Value::Null).await.0.is_success());
    assert_eq!(kept.counts().await.0["silenced"], 0);
    kept.shows(3, 0, 0).await;
}

#[tokio::test]
async fn what_no_sweep_keeps_any_more_is_counted_by_each_reader() {
    let kept = Box::pin(Kept::with_three()).await;
    let client = Client::new(&sdk_config(kept.table.clone()));
    let key = |text: &str| AttributeValue::S(text.to_owned());
    let update = client.update_item().table_name(TABLE).key("pk", key("COUNTS")).key("sk", key("FIRING"));
    let update = update.update_expression("SET swept_at = :at");
    update.expression_attribute_values(":at", key("2026-01-01T00:00:00.000000Z")).send().await.unwrap();
    kept.world.record(&firing("d")).await;
    kept.lose().await;

    let (counts, calls) = kept.counts().await;
    assert_eq!(counts["firing"], 4);
    assert!(calls > 2);
    kept.sweep().await;
    kept.shows(4, 0, 0).await;
}

#[tokio::test]
async fn without_a_sweep_each_reader_counts() {
    let table = EmbeddedTable::open(&Location::InMemory).unwrap();
    let world = world_over(table, Configuration::default()).await;
    world.record(&firing("a")).await;
    assert_eq!(world.get("/v1/counts").await["firing"], 1);
}
