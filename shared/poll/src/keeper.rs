//! The keeper of sources: what a source dropped is fetched, and what it forgot to end is ended.
//!
//! [`Keeper::run`] is one call of the schedule. Each source is a part of its own that runs where its secret is complete and
//! fails alone.

use std::sync::Arc;
use std::time::Duration;

use alert::Source;
use aws::Platform;
use intake::chain;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::kazoo::{KazooError, KazooKeeper, KazooOutcome};

/// The keeper of all sources. It outlives runs; clones share it.
#[derive(Debug, Clone)]
pub struct Keeper {
    shared: Arc<Shared>,
}

struct Shared {
    kazoo: KazooKeeper,
    clock: Arc<dyn kazoo::Clock>,
    /// What was last said of an incomplete secret: the schedule need not hear it every five minutes.
    complaint: Mutex<String>,
}

/// What a run came to.
#[derive(Debug)]
pub struct Kept {
    /// KAZOO's part.
    pub kazoo: KazooOutcome,
}

/// A part of a run that came to nothing; the others did what they could. No text quotes a credential.
#[derive(Debug, thiserror::Error)]
pub enum KeeperError {
    /// KAZOO's part failed.
    #[error("kazoo was not kept")]
    Kazoo(#[source] KazooError),
    /// The run's time was up; what is recorded stays, the next run records the rest.
    #[error("the time of this run is over: the next one goes on")]
    OutOfTime,
}

impl Keeper {
    /// A keeper of the sources in `platform`'s secrets that goes by `clock`.
    pub fn new(platform: Platform, clock: Arc<dyn kazoo::Clock>) -> Self {
        let kazoo = KazooKeeper::new(platform, Arc::clone(&clock));
        Self { shared: Arc::new(Shared { kazoo, clock, complaint: Mutex::default() }) }
    }

    /// Looks after every source, until `deadline` at most, and says in the log what became of it.
    pub async fn run(self, _event: Value, deadline: Timestamp) -> Result<Kept, KeeperError> {
        let left = Duration::try_from(deadline.duration_since(self.shared.clock.now())).unwrap_or_default();
        let kazoo = tokio::time::timeout(left, Box::pin(self.shared.kazoo.run())).await;
        let kazoo = kazoo.map_err(|_| KeeperError::OutOfTime)?;
        match kazoo {
            Ok(outcome) => {
                self.say(&outcome).await;
                Ok(Kept { kazoo: outcome })
            }
            Err(error) => {
                tracing::warn!(source = %Source::Kazoo, error = chain(&error), "source not kept");
                Err(KeeperError::Kazoo(error))
            }
        }
    }

    async fn say(&self, outcome: &KazooOutcome) {
        let mut complaint = self.shared.complaint.lock().await;
        if let KazooOutcome::NotConfigured { missing } = outcome {
            if *missing == *complaint {
                return;
            }
            complaint.clone_from(missing);
        } else {
            complaint.clear();
        }
        outcome.say();
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keeper").finish_non_exhaustive()
    }
}
