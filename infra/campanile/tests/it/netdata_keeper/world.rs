//! A Netdata Cloud whose notifications may be lost, and a Campanile that asks it.

use std::sync::Arc;

use alert::{Alert, Clock as _, Condition, Source};
use aws::{AlertFilter, Configuration, EventFilter, HistoryEntry, PageSize, Platform};
use campanile::embedded::{EmbeddedSecrets, EmbeddedTable, Location, sdk_config};
use http::Request;
use intake::Netdata as Protocol;
use jiff::{SignedDuration, Timestamp};
use kazoo::testing::TestClock;
use netdata::testing::{Cloud, NODE, SPACE, StandIn, TOKEN};
use poll::netdata::{Cared, Changes, Ended, NetdataError, NetdataKeeper, NetdataOutcome, SpaceCared};
use serde_json::{Value, json};

pub(crate) const HOOK_TOKEN: &str = "t0ken-of-the-webhook";

/// Which way an alert changed.
pub(crate) const RAISED: [&str; 2] = ["CLEAR", "CRITICAL"];
pub(crate) const CLEARED: [&str; 2] = ["CRITICAL", "CLEAR"];

pub(crate) struct World {
    pub(crate) netdata: StandIn,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) platform: Platform,
    pub(crate) keeper: NetdataKeeper,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// A world whose secret was changed before.
    pub(crate) async fn with(change: impl FnOnce(&mut Value)) -> Self {
        Self::over(EmbeddedTable::open(&Location::InMemory).unwrap(), change).await
    }

    /// Two hours ago, so that nothing lies in the future.
    pub(crate) async fn over(
        table: impl campanile::embedded::AwsService,
        change: impl FnOnce(&mut Value),
    ) -> Self {
        let clock = Arc::new(TestClock::default());
        let now = aws::SystemClock.now();
        clock.advance(now.as_second() - 7200 - clock.now().as_second());
        let shared = Arc::clone(&clock);
        let netdata = StandIn::start(move || shared.now()).await;
        let mut secret = json!({ "tokens": [HOOK_TOKEN], "api_token": TOKEN, "endpoint": netdata.url });
        change(&mut secret);
        let secrets = json!({ "campanile/netdata": secret }).to_string();
        let secrets = sdk_config(EmbeddedSecrets::from_json(secrets.as_bytes()).await.unwrap());
        let table = sdk_config(table);
        let configuration = Configuration { history_days: 8, ..Configuration::default() };
        let platform = Platform::for_development(&table, &secrets, configuration);
        platform.table.create().await.unwrap();
        let keeper = NetdataKeeper::new(platform.clone(), Arc::clone(&clock) as _);
        Self { netdata, clock, platform, keeper }
    }

    /// Another keeper over the same table, as one that Lambda starts beside it.
    pub(crate) fn another_keeper(&self) -> NetdataKeeper {
        NetdataKeeper::new(self.platform.clone(), Arc::clone(&self.clock) as _)
    }

    pub(crate) fn cloud(&self) -> std::sync::MutexGuard<'_, Cloud> {
        self.netdata.cloud()
    }

    /// So many seconds before now.
    pub(crate) fn ago(&self, seconds: i64) -> Timestamp {
        self.clock.now().checked_sub(SignedDuration::from_secs(seconds)).unwrap()
    }

    pub(crate) async fn run(&self) -> Result<SpaceCared, NetdataError> {
        match Box::pin(self.keeper.run()).await? {
            NetdataOutcome::Cared(Cared { spaces }) => {
                let [(space, cared)] = spaces.try_into().unwrap();
                assert_eq!(space, SPACE);
                Ok(cared)
            }
            other => panic!("{other:?}"),
        }
    }

    /// A run of which both parts worked.
    pub(crate) async fn care(&self) -> (Changes, Option<Ended>) {
        let SpaceCared { changes, ended } = self.run().await.unwrap();
        (changes.unwrap(), ended.unwrap())
    }

    /// What Netdata Cloud posts of a change that it knows.
    pub(crate) fn webhook_of(&self, transition: &str) -> Value {
        let cloud = self.cloud();
        let row = cloud.transitions.iter().find(|row| row["transition_id"] == transition).unwrap();
        let word = |status: &Value| match status["status"].as_str().unwrap() {
            "CRITICAL" => "Critical",
            "WARNING" => "Warning",
            _ => "Clear",
        };
        json!({
            "message": "Raised", "space": { "id": SPACE, "name": "Example", "slug": "example" },
            "node": { "id": NODE, "hostname": "web-01.example.net", "rooms": [] },
            "alert": {
                "name": row["alert"], "chart": { "id": row["instance"] }, "context": row["context"],
                "state": { "status": word(&row["new"]), "value_str": "99.5%" },
                "prev_state": { "status": word(&row["old"]) },
                "triggered_at": Timestamp::from_second(row["when"].as_i64().unwrap()).unwrap().to_string(),
                "transition_id": transition, "rendered": { "summary": row["summary"] },
            },
        })
    }

    /// Has Netdata Cloud deliver `body`.
    pub(crate) async fn deliver(&self, body: &Value) {
        let request = Request::post(format!("/netdata/{HOOK_TOKEN}"))
            .header("content-type", "application/json")
            .body(body.to_string().into())
            .unwrap();
        let response = Box::pin(self.platform.webhook::<Protocol>().handle(request)).await;
        assert_eq!(response.status(), 200, "{:?}", response.body());
    }

    pub(crate) async fn alerts_of(&self, source: Source) -> Vec<Alert> {
        let filter = AlertFilter { sources: vec![source], ..AlertFilter::default() };
        self.platform.table.alerts(&filter, PageSize::items(1000), None).await.unwrap().alerts
    }

    pub(crate) async fn only_alert(&self) -> Alert {
        let [alert] = self.alerts_of(Source::Netdata).await.try_into().unwrap();
        alert
    }

    pub(crate) async fn condition(&self) -> Condition {
        self.only_alert().await.condition
    }

    pub(crate) async fn entries(&self) -> Vec<HistoryEntry> {
        let filter = EventFilter { sources: vec![Source::Netdata], ..EventFilter::default() };
        let page = self.platform.table.events(&filter, PageSize::items(1000), None).await.unwrap();
        assert!(page.next.is_none());
        page.entries
    }

    /// The history of `alert`, of days to come, too.
    pub(crate) async fn history(&self, alert: &Alert) -> Vec<HistoryEntry> {
        let page = self.platform.table.history(alert.fingerprint, PageSize::items(1000), None).await.unwrap();
        assert!(page.next.is_none());
        page.entries
    }

    pub(crate) async fn watermark(&self) -> Option<Timestamp> {
        self.platform.table.poll_cursor(Source::Netdata, SPACE).await.unwrap().watermark
    }
}

/// The id of a change, by its number.
pub(crate) fn id(number: usize) -> String {
    format!("5b0e6f21-3a94-4d8c-b7e2-{number:012}")
}
