//! A notifier by a clock of the test's own, over an embedded table whose stream it reads.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use alert::{AlertEvent, Clock, Fingerprint};
use async_trait::async_trait;
use aws::{Configuration, NotificationFilter, Notifier, Platform, TableOutbox};
use campanile::bundle::Stream;
use campanile::embedded::{AwsService, EmbeddedSecrets, EmbeddedTable, Location, sdk_config};
use dispatch::{NotificationRecord, NotificationState};
use intake::{Deadline, Entry, Store};
use jiff::{SignedDuration, Timestamp};
use net::Deadlines;
use serde_json::{Value, json};

use crate::api::inbound;

/// A clock that a test moves; whoever waits by it moves it, too.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<Mutex<Timestamp>>);

impl TestClock {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(aws::SystemClock.now())))
    }

    pub(crate) fn pass(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        let until = self.now().checked_add(duration).unwrap();
        tokio::task::yield_now().await;
        let mut now = self.0.lock().unwrap();
        *now = until.max(*now);
    }
}

/// All of Campanile that notifies people.
pub(crate) struct World {
    pub(crate) table: EmbeddedTable,
    pub(crate) secrets: EmbeddedSecrets,
    pub(crate) platform: Platform,
    pub(crate) clock: TestClock,
    pub(crate) notifier: Notifier,
}

impl World {
    pub(crate) async fn with(settings: Value) -> Self {
        let table = EmbeddedTable::open(&Location::InMemory).unwrap();
        Self::over(table.clone(), table, json!({ "campanile/destinations": settings })).await
    }

    /// Over `table`, which is reached by `dynamodb`, with these secrets.
    pub(crate) async fn over(table: EmbeddedTable, dynamodb: impl AwsService, secrets: Value) -> Self {
        let secrets = EmbeddedSecrets::from_json(secrets.to_string().as_bytes()).await.unwrap();
        let configuration = Configuration { secret_max_age: Duration::ZERO, ..Configuration::default() };
        let platform =
            Platform::for_development(&sdk_config(dynamodb), &sdk_config(secrets.clone()), configuration);
        platform.table.create().await.unwrap();
        let clock = TestClock::new();
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
        let inbound = inbound("{}", self.clock.now());
        self.platform.table.record(Entry { event, inbound: &inbound }).await.unwrap();
    }

    /// Hands on everything that has changed, and waits until whatever follows was sent.
    pub(crate) async fn hand_on(&self) {
        let stream = self.stream();
        while stream.hand_on().await.unwrap() > 0 {}
        self.notifier.settled().await;
    }

    /// One tick of the schedule, and what follows.
    pub(crate) async fn tick(&self) {
        self.handle(json!({ "tick": "retry" })).await;
        self.notifier.settled().await;
    }

    pub(crate) async fn handle(&self, event: Value) -> Value {
        self.notifier.clone().handle(event, Deadline(Duration::from_mins(2))).await.unwrap()
    }

    pub(crate) async fn tick_after(&self, seconds: i64) {
        self.clock.pass(seconds);
        self.tick().await;
    }

    /// Notifications about the alert `name` that came to an end, newest first.
    pub(crate) async fn notifications(&self, name: &str) -> Vec<NotificationRecord> {
        let fingerprint = Some(Fingerprint::of([name]));
        self.list(&NotificationFilter { fingerprint, ..NotificationFilter::default() }).await
    }

    pub(crate) async fn count(&self, state: NotificationState) -> usize {
        self.list(&NotificationFilter { states: vec![state], ..NotificationFilter::default() }).await.len()
    }

    pub(crate) async fn list(&self, filter: &NotificationFilter) -> Vec<NotificationRecord> {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.outbox().notifications(filter, 1000, cursor.as_ref()).await.unwrap();
            all.extend(page.notifications);
            cursor = page.next;
            if cursor.is_none() {
                return all;
            }
        }
    }

    pub(crate) fn outbox(&self) -> TableOutbox {
        TableOutbox::new(self.platform.table.clone())
    }
}

pub(crate) fn notifier(platform: &Platform, clock: &TestClock) -> Notifier {
    Notifier::with(platform.clone(), Arc::new(clock.clone()), Deadlines::default())
}
