//! What the pipeline needs from the world, and no more.

use std::error::Error;
use std::sync::Arc;

use alert::{AlertEvent, Source, Transition};
use futures::{FutureExt, StreamExt, stream};
use jiff::Timestamp;
use normalize::InboundRequest;

use crate::{KeyringOf, Protocol, Quarantined};

/// How many events are recorded at a time.
const AT_A_TIME: usize = 16;

/// Keeps events and what was not understood.
pub trait Store: Send + Sync {
    /// Records one event with its request, all of it or nothing, once however often it is received.
    ///
    /// Retries what may pass by itself for as long as it is let; the caller sets the limit of time.
    fn record(&self, entry: Entry<'_>) -> impl Future<Output = Result<Recorded, StoreError>> + Send;

    /// Records several events, each by itself; the outcomes stand in the order of `entries`.
    ///
    /// What is known already costs no refused write, so that a notification that is sent again goes on where it stopped.
    fn record_all<'a>(
        &'a self,
        entries: &'a [Entry<'a>],
    ) -> impl Future<Output = Vec<Result<Recorded, StoreError>>> + Send {
        let recordings: Vec<_> = entries.iter().map(|entry| self.record(*entry).boxed()).collect();
        stream::iter(recordings).buffered(AT_A_TIME).collect()
    }

    /// Keeps a request that was not understood.
    fn quarantine(&self, quarantined: &Quarantined) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Notes that `source` spoke for `account` at `at`. Best effort: never fails, and holds nobody up by more than a
    /// few milliseconds.
    fn heard(&self, source: Source, account: &str, at: Timestamp) -> impl Future<Output = ()> + Send {
        let _ = (source, account, at);
        std::future::ready(())
    }
}

/// Knows the secret of each source.
pub trait Secrets: Send + Sync {
    /// The current and the previous secret of the source that speaks `P`; `None` if there is none.
    fn keyring<P: Protocol>(
        &self,
    ) -> impl Future<Output = Result<Option<Arc<KeyringOf<P>>>, SecretsError>> + Send;

    /// The same, read anew for a credential that the known versions lack: it may be newer than they are. An
    /// implementation limits how often that happens.
    fn renewed<P: Protocol>(
        &self,
    ) -> impl Future<Output = Result<Option<Arc<KeyringOf<P>>>, SecretsError>> + Send {
        self.keyring::<P>()
    }
}

/// One event and the request that brought it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// What it says.
    pub event: &'a AlertEvent,
    /// The request it came in.
    pub inbound: &'a InboundRequest,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It is in the table now; the transition is `None` for a notice.
    New(Option<Transition>),
    /// It was there before.
    Duplicate,
}

/// A storage failure; nothing of the event was kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The table refused or did not answer.
    #[error("could not {operation}")]
    Unavailable {
        /// What was tried.
        operation: &'static str,
        /// Why it failed.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// What the table holds cannot be read: it is damaged, or a newer version wrote it.
    #[error("could not read the stored {what}")]
    Corrupt {
        /// Which item.
        what: &'static str,
        /// Why it could not be read.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The table will never take it, because of what it is.
    #[error("the {what} does not fit into the table")]
    Rejected {
        /// Which item.
        what: &'static str,
        /// Why it was refused.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The time at hand was used up.
    #[error("the table did not answer within {limit_ms} ms")]
    OutOfTime {
        /// How long we waited.
        limit_ms: u128,
    },
}

impl StoreError {
    /// Whether the same attempt can never succeed, because the fault lies in the item and not in the moment.
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Corrupt { .. } | Self::Rejected { .. } => true,
            Self::Unavailable { .. } | Self::OutOfTime { .. } => false,
        }
    }
}

/// A secret that could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The secrets manager refused or did not answer, and nothing was cached.
    #[error("could not read the secret `{name}`")]
    Unavailable {
        /// The secret's name.
        name: String,
        /// Why it failed.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The secret holds a token that everybody knows.
    #[error(
        "the secret `{name}` holds a token of development: put one of your own there, 32 random bytes long"
    )]
    Development {
        /// The secret's name.
        name: String,
    },
    /// The secret is there but cannot be used; its text never appears.
    #[error("the secret `{name}` is not what it should be: {problem}")]
    Malformed {
        /// The secret's name.
        name: String,
        /// The first mistake, by its path, with the remedy.
        problem: String,
    },
}
