//! A KAZOO with hooks of ours under traffic, and a Campanile that may be dead.

use std::collections::BTreeSet;
use std::sync::Arc;

use alert::{Alert, Clock as _, Source};
use aws::{Configuration, EventFilter, HistoryEntry, PageSize, Platform};
use campanile::embedded::{EmbeddedSecrets, EmbeddedTable, Location, sdk_config};
use http::Request;
use intake::Kazoo;
use jiff::{SignedDuration, Timestamp};
use kazoo::Credentials;
use poll::kazoo::{Healed, HooksWatched, KazooError, KazooKeeper, KazooOutcome, Replayed};
use serde_json::{Value, json};

use kazoo::testing::{ACCOUNT, API_KEY, StandIn, Version};

pub(super) const TOKEN: &str = "t0ken-of-kazoo";
/// The hook that the traffic takes.
pub(super) const HOOK: &str = "h1";

/// What becomes of a delivery.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Campanile {
    Lives,
    /// Nobody listens.
    IsDead,
    /// It answers so.
    Answers(u16),
}

/// A KAZOO and a Campanile, an hour ago, so that nothing lies in the future.
pub(super) struct World {
    pub(super) kazoo: StandIn,
    pub(super) platform: Platform,
    pub(super) keeper: KazooKeeper,
    /// Calls that were sent or tried.
    pub(super) tried: BTreeSet<String>,
    calls: u32,
}

impl World {
    pub(super) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// A world whose secret was changed before.
    pub(super) async fn with(change: impl FnOnce(&mut Value)) -> Self {
        let kazoo = StandIn::start(Version::V4_3).await;
        let now = aws::SystemClock.now();
        kazoo.clock.advance(now.as_second() - 3600 - kazoo.clock.now().as_second());
        let base_url = kazoo.configuration(Credentials::api_key(API_KEY).unwrap()).base_url;
        let mut secret = json!({ "url": base_url.to_string(), "api_key": API_KEY, "tokens": [TOKEN] });
        change(&mut secret);
        let secrets = json!({ "campanile/kazoo": secret }).to_string();
        let secrets = sdk_config(EmbeddedSecrets::from_json(secrets.as_bytes()).await.unwrap());
        let table = sdk_config(EmbeddedTable::open(&Location::InMemory).unwrap());
        let configuration = Configuration {
            public_url: Some("https://alerts.example.com".to_owned()),
            history_days: 2,
            ..Configuration::default()
        };
        let platform = Platform::for_development(&table, &secrets, configuration);
        platform.table.create().await.unwrap();
        kazoo.crossbar().put(HOOK, hook(TOKEN, "channel_destroy"));
        let keeper = KazooKeeper::new(platform.clone(), Arc::clone(&kazoo.clock) as _);
        Self { kazoo, platform, keeper, tried: BTreeSet::new(), calls: 0 }
    }

    /// Another keeper over the same table, as one that Lambda starts beside it.
    pub(super) fn another_keeper(&self) -> KazooKeeper {
        KazooKeeper::new(self.platform.clone(), Arc::clone(&self.kazoo.clock) as _)
    }

    /// Has a call end, and KAZOO report it.
    pub(super) async fn call_ends(&mut self, campanile: Campanile) {
        self.calls += 1;
        let call_id = format!("call-{}", self.calls);
        let body = json!({
            "hook_event": "channel_destroy", "account_id": ACCOUNT, "call_id": call_id, "duration_seconds": 9,
            "hangup_cause": "NORMAL_CLEARING", "hangup_code": "sip:200", "timestamp": self.kazoo.clock.gregorian(),
        })
        .to_string();
        if !self.kazoo.crossbar().is_on(HOOK) {
            return;
        }
        self.tried.insert(call_id);
        match campanile {
            Campanile::Lives => self.deliver(body).await,
            Campanile::IsDead => self.kazoo.crossbar().attempt(HOOK, &body, None),
            Campanile::Answers(status) => self.kazoo.crossbar().attempt(HOOK, &body, Some(status)),
        }
    }

    /// Has the same call reported as often as `seconds` allow, one each three seconds.
    pub(super) async fn traffic(&mut self, seconds: i64, campanile: Campanile) {
        for _ in 0..seconds / 3 {
            self.call_ends(campanile).await;
            self.kazoo.clock.advance(3);
        }
    }

    /// Delivers what KAZOO has.
    pub(super) async fn deliver(&self, body: String) {
        let request = Request::post(format!("/kazoo/{TOKEN}?hook=channel_destroy"))
            .header("content-type", "application/json")
            .header("x-hook-id", HOOK)
            .body(body.into());
        let response = Box::pin(self.platform.webhook::<Kazoo>().handle(request.unwrap())).await;
        assert_eq!(response.status(), 200);
    }

    pub(super) async fn run(&self) -> Result<Healed, KazooError> {
        match Box::pin(self.keeper.run()).await? {
            KazooOutcome::Healed(healed) => Ok(healed),
            other @ KazooOutcome::NotConfigured { .. } => panic!("{other:?}"),
        }
    }

    /// A run of which both parts worked.
    pub(super) async fn keep(&self) -> (HooksWatched, Replayed) {
        let Healed { hooks, attempts } = self.run().await.unwrap();
        (hooks.unwrap(), attempts.unwrap())
    }

    /// The calls in the history, in the order of reception; each as often as it is there.
    pub(super) async fn recorded(&self) -> Vec<String> {
        let entries = self.history(Source::Kazoo).await;
        let calls = entries.into_iter().filter_map(|entry| entry.event.labels.get("call_id").cloned());
        calls.collect()
    }

    /// Sees that every call that was sent or tried is in the history, and none of them twice.
    pub(super) async fn all_are_there_once(&self) {
        let recorded = self.recorded().await;
        let once: BTreeSet<_> = recorded.iter().cloned().collect();
        assert_eq!(recorded.len(), once.len(), "some are there twice");
        assert_eq!(once, self.tried);
    }

    pub(super) async fn history(&self, source: Source) -> Vec<HistoryEntry> {
        let filter = EventFilter { sources: vec![source], ..EventFilter::default() };
        let page = self.platform.table.events(&filter, PageSize::items(1000), None).await.unwrap();
        assert!(page.next.is_none());
        page.entries
    }

    /// The alert of hooks that are off, if there ever was one.
    pub(super) async fn alert(&self) -> Option<Alert> {
        let filter = aws::AlertFilter { sources: vec![Source::Campanile], ..aws::AlertFilter::default() };
        let page = self.platform.table.alerts(&filter, PageSize::items(10), None).await.unwrap();
        assert!(page.alerts.len() <= 1);
        page.alerts.into_iter().next()
    }

    pub(super) async fn watermark(&self) -> Option<Timestamp> {
        self.platform.table.poll_cursor(Source::Kazoo, ACCOUNT).await.unwrap().watermark
    }

    pub(super) fn ago(&self, span: SignedDuration) -> Timestamp {
        self.kazoo.clock.now().checked_sub(span).unwrap()
    }
}

/// A hook of ours that shows `token`.
pub(super) fn hook(token: &str, event: &str) -> Value {
    json!({
        "hook": event, "name": format!("campanile {event}"), "http_verb": "post", "format": "json",
        "uri": format!("https://alerts.example.com/kazoo/{token}?hook={event}"), "retries": 3, "enabled": true,
    })
}
