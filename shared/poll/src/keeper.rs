//! The keeper of sources: what a source dropped is fetched, and what it forgot to end is ended.
//!
//! [`Keeper::run`] is one call of the schedule. Each source is a part of its own that runs where its secret is complete and
//! fails alone.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use alert::{Clock, Source};
use aws::{Platform, Upkeep};
use intake::chain;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::kazoo::{Healed, KazooKeeper, KazooOutcome};
use crate::netdata::{NetdataKeeper, NetdataOutcome};
use crate::tencent::{TencentKeeper, TencentOutcome};

/// The keeper of all sources. It outlives runs; clones share it.
#[derive(Debug, Clone)]
pub struct Keeper {
    shared: Arc<Shared>,
}

struct Shared {
    platform: Platform,
    kazoo: KazooKeeper,
    netdata: NetdataKeeper,
    tencent: TencentKeeper,
    clock: Arc<dyn Clock>,
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
    pub fn new(platform: Platform, clock: Arc<dyn Clock>) -> Self {
        let kazoo = KazooKeeper::new(platform.clone(), Arc::clone(&clock));
        let netdata = NetdataKeeper::new(platform.clone(), Arc::clone(&clock));
        let tencent = TencentKeeper::new(platform.clone(), Arc::clone(&clock));
        Self {
            shared: Arc::new(Shared {
                platform,
                kazoo,
                netdata,
                tencent,
                clock,
                complaints: Mutex::default(),
            }),
        }
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
        self.note(Source::Kazoo, kazoo.as_ref()).await;
        self.note(Source::Netdata, netdata.as_ref()).await;
        self.note(Source::Tencent, tencent.as_ref()).await;
        let parts = [
            (Source::Kazoo, kazoo.is_err()),
            (Source::Netdata, netdata.is_err()),
            (Source::Tencent, tencent.is_err()),
        ];
        let failed: Vec<_> =
            parts.into_iter().filter(|(_, failed)| *failed).map(|(source, _)| source.as_str()).collect();
        if failed.is_empty() {
            Ok(Kept { kazoo: kazoo.ok(), netdata: netdata.ok(), tencent: tencent.ok() })
        } else {
            Err(KeeperError { failed })
        }
    }

    /// Notes in the log and in the table what a part came to, if there is something to say.
    async fn note(&self, source: Source, result: Result<&impl PartOutcome, &String>) {
        let missing = result.ok().and_then(PartOutcome::missing);
        if !self.is_news(source, missing.unwrap_or_default()).await {
            return;
        }
        if let Ok(outcome) = result {
            outcome.say();
        }
        let ran_at = self.shared.clock.now();
        let upkeep = Upkeep {
            ran_at,
            missing: missing.map(str::to_owned),
            failure: result.map_or_else(|failure| Some(failure.clone()), PartOutcome::failure),
            healed: result.ok().and_then(PartOutcome::healed).map(|what| (ran_at, what)),
        };
        if let Err(error) = self.shared.platform.table.note_upkeep(source, &upkeep).await {
            tracing::warn!(%source, error = chain(&error), "what the run came to not kept");
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
    /// What it healed, in words.
    fn healed(&self) -> Option<String>;
    /// Why a part of it came to nothing.
    fn failure(&self) -> Option<String>;
    fn say(&self);
}

impl PartOutcome for KazooOutcome {
    fn missing(&self) -> Option<&str> {
        match self {
            Self::NotConfigured { missing } => Some(missing),
            Self::Healed(_) => None,
        }
    }

    fn healed(&self) -> Option<String> {
        let Self::Healed(Healed { hooks, attempts }) = self else { return None };
        let switched_on = hooks.as_ref().map_or(0, |hooks| hooks.switched_on);
        let recorded = attempts.as_ref().map_or(0, |attempts| attempts.recorded);
        in_words([(switched_on, "hooks switched on"), (recorded, "events recorded that did not arrive")])
    }

    fn failure(&self) -> Option<String> {
        let Self::Healed(Healed { hooks, attempts }) = self else { return None };
        first_failure([hooks.as_ref().err(), attempts.as_ref().err()])
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

    fn healed(&self) -> Option<String> {
        let spaces = match self {
            Self::NotConfigured { .. } => return None,
            Self::Compared(compared) => return in_words([(compared.ended, "alerts ended")]),
            Self::Cared(cared) => cared.spaces.iter().map(|(_, cared)| cared),
        };
        let recorded = spaces.clone().filter_map(|space| Some(space.changes.as_ref().ok()?.recorded)).sum();
        let ended = spaces.filter_map(|space| Some(space.ended.as_ref().ok()?.as_ref()?.ended)).sum();
        in_words([(recorded, "events recorded that did not arrive"), (ended, "alerts ended")])
    }

    fn failure(&self) -> Option<String> {
        let Self::Cared(cared) = self else { return None };
        let failures = cared
            .spaces
            .iter()
            .flat_map(|(_, cared)| [cared.changes.as_ref().err(), cared.ended.as_ref().err()]);
        first_failure(failures)
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

    fn healed(&self) -> Option<String> {
        let Self::Cared(cared) = self else { return None };
        let recorded = cared.fetched.as_ref().map_or(0, |fetched| fetched.recorded);
        let ended = cared.ended.as_ref().map_or(0, |ended| ended.recovered + ended.void);
        in_words([(recorded, "events recorded that did not arrive"), (ended, "alerts ended")])
    }

    fn failure(&self) -> Option<String> {
        let Self::Cared(cared) = self else { return None };
        first_failure([cared.fetched.as_ref().err(), cared.ended.as_ref().err()])
    }

    fn say(&self) {
        self.say();
    }
}

/// So many of what; `None` where there is nothing.
fn in_words<const N: usize>(counts: [(usize, &str); N]) -> Option<String> {
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let words: Vec<_> = counts.map(|(count, what)| format!("{what}: {count}")).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn first_failure<'a, E: Error + 'static>(
    failures: impl IntoIterator<Item = Option<&'a E>>,
) -> Option<String> {
    failures.into_iter().flatten().next().map(|error| chain(error))
}

/// What a part comes to; why not, and a line in the log, where it fails or is not done in time.
async fn within<T, E: Error + 'static>(
    left: Duration,
    source: Source,
    part: impl Future<Output = Result<T, E>>,
) -> Result<T, String> {
    let failure = match tokio::time::timeout(left, part).await {
        Ok(Ok(outcome)) => return Ok(outcome),
        Ok(Err(error)) => chain(&error),
        Err(_) => chain(&OutOfTime),
    };
    tracing::warn!(%source, error = failure, "source not kept");
    Err(failure)
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keeper").finish_non_exhaustive()
    }
}
