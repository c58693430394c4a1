//! A notifier by a clock of the test's own, over an embedded table whose stream it reads.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use alert::{AlertEvent, Fingerprint};
use async_trait::async_trait;
use aws::{Configuration, Delivery, DeliveryFilter, DeliveryState, Platform};
use campanile::bundle::Stream;
use campanile::embedded::{AwsService, EmbeddedSecrets, EmbeddedTable, Location, sdk_config};
use intake::{Clock, Entry, Store, TimeLeft};
use jiff::{SignedDuration, Timestamp};
use notifier::{Notifier, Pace};
use serde_json::{Value, json};

use crate::api::delivery;

/// A clock that a test moves; whoever waits by it moves it, too.
#[derive(Clone)]
pub(crate) struct Sundial(Arc<Mutex<Timestamp>>);

impl Sundial {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(aws::SystemClock.now())))
    }

    pub(crate) fn pass(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
    }
}

impl Clock for Sundial {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

#[async_trait]
impl Pace for Sundial {
    async fn rest(&self, wait: Duration) {
        let until = self.now().checked_add(wait).unwrap();
        tokio::task::yield_now().await;
        let mut now = self.0.lock().unwrap();
        *now = until.max(*now);
    }
}

/// All of Campanile that tells people.
pub(crate) struct Tower {
    pub(crate) table: EmbeddedTable,
    pub(crate) secrets: EmbeddedSecrets,
    pub(crate) platform: Platform,
    pub(crate) clock: Sundial,
    pub(crate) notifier: Notifier,
}

impl Tower {
    pub(crate) async fn with(settings: Value) -> Self {
        let table = EmbeddedTable::open(&Location::InMemory).unwrap();
        let secrets = json!({ "campanile/destinations": settings });
        let secrets = EmbeddedSecrets::from_json(secrets.to_string().as_bytes()).await.unwrap();
        let configuration = Configuration { secret_max_age: Duration::ZERO, ..Configuration::default() };
        let platform = Platform::for_development(
            &sdk_config(table.clone()),
            &sdk_config(secrets.clone()),
            configuration,
        );
        platform.table.create().await.unwrap();
        let clock = Sundial::new();
        let notifier = notifier(&platform, &clock);
        Self { table, secrets, platform, clock, notifier }
    }

    /// Replaces the secret with the destinations.
    pub(crate) async fn change_settings(&self, settings: &Value) {
        let input = json!({ "SecretId": "campanile/destinations", "SecretString": settings.to_string() });
        let call = campanile::embedded::AwsCall {
            target: "secretsmanager.PutSecretValue".to_owned(),
            body: input.to_string().into(),
        };
        assert!(self.secrets.answer(call).await.status.is_success());
    }

    pub(crate) fn stream(&self) -> Stream {
        Stream::new(self.table.clone(), "campanile".to_owned(), self.notifier.clone())
    }

    /// Records what a source says at the time of the test's clock.
    pub(crate) async fn hear(&self, event: &AlertEvent) {
        let delivery = delivery("{}", self.clock.now());
        self.platform.table.record(Entry { event, delivery: &delivery }).await.unwrap();
    }

    /// Hands on everything that has changed.
    pub(crate) async fn hand_on(&self) {
        let stream = self.stream();
        while stream.hand_on().await.unwrap() > 0 {}
    }

    /// One tick of the schedule.
    pub(crate) async fn tick(&self) {
        let time_left = TimeLeft(Duration::from_mins(2));
        self.notifier.clone().handle(json!({ "tick": "retry" }), time_left).await.unwrap();
    }

    pub(crate) async fn tick_after(&self, seconds: i64) {
        self.clock.pass(seconds);
        self.tick().await;
    }

    /// Deliveries of the alert `name`, newest first.
    pub(crate) async fn deliveries(&self, name: &str) -> Vec<Delivery> {
        let filter =
            DeliveryFilter { fingerprint: Some(Fingerprint::of([name])), ..DeliveryFilter::default() };
        self.platform.table.deliveries(&filter, 1000, None).await.unwrap().deliveries
    }

    pub(crate) async fn count(&self, state: DeliveryState) -> usize {
        let mut filter = DeliveryFilter { states: vec![state], ..DeliveryFilter::default() };
        let (mut count, mut cursor) = (0, None);
        filter.fingerprint = None;
        loop {
            let page = self.platform.table.deliveries(&filter, 1000, cursor.as_ref()).await.unwrap();
            count += page.deliveries.len();
            cursor = page.next;
            if cursor.is_none() {
                return count;
            }
        }
    }
}

pub(crate) fn notifier(platform: &Platform, clock: &Sundial) -> Notifier {
    Notifier::new(platform.clone()).with_pace(Arc::new(clock.clone()))
}
