//! What became of a run over Tencent.

use alert::Source;
use intake::{Failure, StoreError, chain};

use crate::tencent::keeper::TencentError;

pub use crate::tencent::api::TencentCallError;

/// What a run came to.
#[derive(Debug)]
pub enum TencentOutcome {
    /// Nobody has said who we are to Tencent.
    NotConfigured {
        /// What is missing, for people.
        missing: String,
    },
    /// At least one part worked.
    Cared(Cared),
}

/// Both parts of a run.
#[derive(Debug)]
pub struct Cared {
    /// What was sent and may not have arrived.
    pub fetched: Result<Fetched, TencentPartError>,
    /// What fires here and may have ended there.
    pub ended: Result<Ended, TencentPartError>,
}

/// What became of the notifications that Tencent sent us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fetched {
    /// Events that are in the table now.
    pub recorded: usize,
    /// Events that were there before.
    pub duplicates: usize,
    /// Callbacks that nobody understands, and that are in quarantine.
    pub quarantined: usize,
    /// Notifications of which Tencent does not show a callback's body.
    pub without_body: usize,
}

/// What became of the alarms that fire here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ended {
    /// How many could be asked for.
    pub open: usize,
    /// Of those, how many had recovered.
    pub recovered: usize,
    /// Of those, how many nobody watches any more.
    pub void: usize,
}

/// Why one part came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum TencentPartError {
    /// Tencent did not say.
    #[error("tencent could not be asked")]
    Call(#[from] TencentCallError),
    /// It could not be recorded.
    #[error("what tencent says could not be recorded")]
    Record(#[source] Failure),
    /// The table did not take it.
    #[error("what the keeper knows could not be stored")]
    Store(#[from] StoreError),
}

impl Cared {
    /// A run of which anything worked has worked: the other part is tried again with the next one.
    pub(crate) fn into_outcome(self) -> Result<TencentOutcome, TencentError> {
        match self {
            Self { fetched: Err(fetched), ended: Err(ended) } => {
                tracing::warn!(source = %Source::Tencent, error = chain(&fetched), "notifications not fetched");
                Err(TencentError::NothingWorked(ended))
            }
            cared => Ok(TencentOutcome::Cared(cared)),
        }
    }
}

impl TencentOutcome {
    /// Logs what became of the run.
    pub(crate) fn say(&self) {
        let source = Source::Tencent;
        match self {
            Self::NotConfigured { missing } => tracing::info!(%source, missing, "source not kept"),
            Self::Cared(Cared { fetched, ended }) => {
                match fetched {
                    Ok(Fetched { recorded, duplicates, quarantined, without_body }) => {
                        tracing::info!(%source, recorded, duplicates, quarantined, without_body, "notifications fetched");
                    }
                    Err(error) => tracing::warn!(%source, error = chain(error), "notifications not fetched"),
                }
                match ended {
                    Ok(Ended { open, recovered, void }) => {
                        tracing::info!(%source, open, recovered, void, "open alarms looked at");
                    }
                    Err(error) => tracing::warn!(%source, error = chain(error), "open alarms not looked at"),
                }
            }
        }
    }
}
