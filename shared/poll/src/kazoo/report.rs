//! What became of a run over KAZOO.

use alert::Source;
use intake::{Failure, StoreError, chain};

use crate::kazoo::keeper::KazooError;

/// What a run came to.
#[derive(Debug)]
pub enum KazooOutcome {
    /// Nobody has said whom to ask.
    NotConfigured {
        /// What is missing, for people.
        missing: String,
    },
    /// At least one part worked.
    Healed(Healed),
}

/// Both parts of a run.
#[derive(Debug)]
pub struct Healed {
    /// The hooks that were off.
    pub hooks: Result<HooksWatched, PartError>,
    /// What was tried in vain.
    pub attempts: Result<Replayed, PartError>,
}

/// How our hooks are doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HooksWatched {
    /// Hooks of ours.
    pub ours: usize,
    /// Of those, hooks that KAZOO had switched off and that are on again.
    pub switched_on: usize,
    /// Hooks that are off still.
    pub off: usize,
}

/// What became of the deliveries that did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Replayed {
    /// Events that are in the table now.
    pub recorded: usize,
    /// Events that were there before.
    pub duplicates: usize,
    /// Deliveries that nobody understands, and that are in quarantine.
    pub quarantined: usize,
    /// Deliveries whose body KAZOO does not keep: those of a hook that says GET.
    pub without_body: usize,
}

/// Why one part came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum PartError {
    /// KAZOO did not say or do it.
    #[error("kazoo did not do what it was asked")]
    Call(#[from] kazoo::Error),
    /// It could not be recorded.
    #[error("what kazoo keeps could not be recorded")]
    Record(#[source] Failure),
    /// The table did not take it.
    #[error("what the keeper knows could not be stored")]
    Store(#[from] StoreError),
}

impl Healed {
    /// A run of which anything worked has worked: the other part is tried again with the next one.
    pub(crate) fn into_outcome(self) -> Result<KazooOutcome, KazooError> {
        match self {
            Self { hooks: Err(hooks), attempts: Err(attempts) } => {
                tracing::warn!(source = %Source::Kazoo, error = chain(&hooks), "hooks not looked at");
                Err(KazooError::NothingWorked(attempts))
            }
            healed => Ok(KazooOutcome::Healed(healed)),
        }
    }
}

impl KazooOutcome {
    /// Logs what became of the run.
    pub(crate) fn say(&self) {
        let source = Source::Kazoo;
        match self {
            Self::NotConfigured { missing } => tracing::info!(%source, missing, "source not kept"),
            Self::Healed(Healed { hooks, attempts }) => {
                match hooks {
                    Ok(HooksWatched { ours, switched_on, off }) => {
                        tracing::info!(%source, ours, switched_on, off, "hooks looked at");
                    }
                    Err(error) => tracing::warn!(%source, error = chain(error), "hooks not looked at"),
                }
                match attempts {
                    Ok(Replayed { recorded, duplicates, quarantined, without_body }) => {
                        tracing::info!(%source, recorded, duplicates, quarantined, without_body, "attempts replayed");
                    }
                    Err(error) => tracing::warn!(%source, error = chain(error), "attempts not replayed"),
                }
            }
        }
    }
}
