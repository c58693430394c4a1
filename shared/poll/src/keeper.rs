//! The keeper of sources: what a source dropped is fetched, and what it forgot to end is ended.
//!
//! [`Keeper::run`] is one call of the schedule. Each source is a part of its own that runs where its secret is complete and
//! fails alone.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use alert::Source;
use aws::Platform;
use intake::chain;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::kazoo::{KazooKeeper, KazooOutcome};
use crate::netdata::{NetdataKeeper, NetdataOutcome};
use crate::tencent::{TencentKeeper, TencentOutcome};

/// The keeper of all sources. It outlives runs; clones share it.
#[derive(Debug, Clone)]
pub struct Keeper {
    shared: Arc<Shared>,
}

struct Shared {
    kazoo: KazooKeeper,
    netdata: NetdataKeeper,
    tencent: TencentKeeper,
    clock: Arc<dyn kazoo::Clock>,
    /// What was last said of each incomplete secret: the schedule need not hear it every five minutes.
    complaints: Mutex<BTreeMap<Source, String>>,
}

/// What a run came to; a part that failed has said so.
#[derive(Debug)]
pub struct Kept {
    /// KAZOO's part.
    pub kazoo: Option<KazooOutcome>,
    /// Netdata Cloud's part.
    pub netdata: Option<NetdataOutcome>,
    /// Tencent's part.
    pub tencent: Option<TencentOutcome>,
}

/// A run of which a part came to nothing; the others did what they could, and the log says why.
#[derive(Debug, thiserror::Error)]
#[error("{} could not be kept: see the log of this run", .failed.join(", "))]
pub struct KeeperError {
    /// The sources.
    pub failed: Vec<&'static str>,
}

/// A part that was not done in time; what is recorded stays, the next run records the rest.
#[derive(Debug, thiserror::Error)]
#[error("the time of this run is over: the next one goes on")]
struct OutOfTime;

impl Keeper {
    /// A keeper of the sources in `platform`'s secrets that goes by `clock`.
    pub fn new(platform: Platform, clock: Arc<dyn kazoo::Clock>) -> Self {
        let kazoo = KazooKeeper::new(platform.clone(), Arc::clone(&clock));
        let netdata = NetdataKeeper::new(platform.clone(), Arc::clone(&clock));
        let tencent = TencentKeeper::new(platform, Arc::clone(&clock));
        Self { shared: Arc::new(Shared { kazoo, netdata, tencent, clock, complaints: Mutex::default() }) }
    }

    /// Looks after every source, until `deadline` at most, and says in the log what became of it.
    pub async fn run(self, _event: Value, deadline: Timestamp) -> Result<Kept, KeeperError> {
        let Shared { kazoo, netdata, tencent, clock, .. } = &*self.shared;
        let left = Duration::try_from(deadline.duration_since(clock.now())).unwrap_or_default();
        let (kazoo, netdata, tencent) = tokio::join!(
            within(left, Source::Kazoo, Box::pin(kazoo.run())),
            within(left, Source::Netdata, Box::pin(netdata.run())),
            within(left, Source::Tencent, Box::pin(tencent.run()))
        );
        self.say(Source::Kazoo, kazoo.as_ref()).await;
        self.say(Source::Netdata, netdata.as_ref()).await;
        self.say(Source::Tencent, tencent.as_ref()).await;
        let parts = [
            (Source::Kazoo, kazoo.is_none()),
            (Source::Netdata, netdata.is_none()),
            (Source::Tencent, tencent.is_none()),
        ];
        let failed: Vec<_> =
            parts.into_iter().filter(|(_, failed)| *failed).map(|(source, _)| source.as_str()).collect();
        if failed.is_empty() { Ok(Kept { kazoo, netdata, tencent }) } else { Err(KeeperError { failed }) }
    }

    /// Tells the log what a part came to, if there is something to say.
    async fn say(&self, source: Source, outcome: Option<&impl PartOutcome>) {
        let Some(outcome) = outcome else { return };
        if self.is_news(source, outcome.missing().unwrap_or_default()).await {
            outcome.say();
        }
    }

    /// Whether there is something to say: a secret that lacks the same as before is not named again.
    async fn is_news(&self, source: Source, missing: &str) -> bool {
        let mut complaints = self.shared.complaints.lock().await;
        let before = complaints.insert(source, missing.to_owned());
        missing.is_empty() || before.as_deref() != Some(missing)
    }
}

/// What a part came to, as far as all are alike.
trait PartOutcome {
    /// What its secret lacks.
    fn missing(&self) -> Option<&str>;
    fn say(&self);
}

impl PartOutcome for KazooOutcome {
    fn missing(&self) -> Option<&str> {
        match self {
            Self::NotConfigured { missing } => Some(missing),
            Self::Healed(_) => None,
        }
    }

    fn say(&self) {
        self.say();
    }
}

impl PartOutcome for NetdataOutcome {
    fn missing(&self) -> Option<&str> {
        match self {
            Self::NotConfigured { missing } => Some(missing),
            Self::Compared(_) | Self::Cared(_) => None,
        }
    }

    fn say(&self) {
        self.say();
    }
}

impl PartOutcome for TencentOutcome {
    fn missing(&self) -> Option<&str> {
        match self {
            Self::NotConfigured { missing } => Some(missing),
            Self::Cared(_) => None,
        }
    }

    fn say(&self) {
        self.say();
    }
}

/// What a part comes to; `None`, and a line in the log, where it fails or is not done in time.
async fn within<T, E: Error + 'static>(
    left: Duration,
    source: Source,
    part: impl Future<Output = Result<T, E>>,
) -> Option<T> {
    let failure = match tokio::time::timeout(left, part).await {
        Ok(Ok(outcome)) => return Some(outcome),
        Ok(Err(error)) => chain(&error),
        Err(_) => chain(&OutOfTime),
    };
    tracing::warn!(%source, error = failure, "source not kept");
    None
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keeper").finish_non_exhaustive()
    }
}
