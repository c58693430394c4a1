//! The alert table.
//!
//! [`definition`] is the table's shape, [`item`] the form of each item in it; `record` writes, `read` and `listing`
//! read. Every write of an event is one transaction over its history entry and its alert's state.

mod action;
mod annotations;
mod batch;
pub(crate) mod canary;
mod counts;
mod cursor;
pub(crate) mod days;
pub mod definition;
mod document;
mod duplicate;
mod filter;
mod heartbeat;
mod history;
mod history_key;
pub(crate) mod item;
pub(crate) mod listing;
pub(crate) mod merge;
pub(crate) mod packed;
pub(crate) mod page;
mod probe;
mod quarantine;
mod read;
mod readable;
pub(crate) mod record;
mod repeat;
pub(crate) mod retry;
mod silence;
mod source;
pub(crate) mod state;
mod state_locks;
mod statistics;
mod sweep;
mod write;

use std::collections::BTreeMap;
use std::time::Duration;

use alert::{ExpiryRules, Source};
use aws_sdk_dynamodb::Client;

use self::days::KnownDays;
use self::heartbeat::Spoken;
use self::readable::Unreadable;
use self::silence::KnownSilences;
use self::state_locks::StateLocks;
use crate::{Configuration, SystemClock};

pub use action::ActionFailure;
pub use counts::FiringCounts;
pub use cursor::{Cursor, ParseCursorError};
pub use filter::{AlertFilter, EventFilter};
pub use listing::{AlertPage, EventPage};
pub use page::PageSize;
pub use quarantine::QuarantinePage;
pub use read::HistoryEntry;
pub use silence::SilenceFailure;
pub use source::{AccountTokens, KnownNames, PollCursor, Upkeep};
pub use sweep::Swept;

/// The alert table in DynamoDB.
#[derive(Debug)]
pub struct Table {
    pub(crate) client: Client,
    pub(crate) name: String,
    pub(crate) clock: SystemClock,
    pub(crate) history: Duration,
    quarantine: Duration,
    expiry: ExpiryRules,
    silent_after: BTreeMap<Source, Duration>,
    spoken: Spoken,
    known_days: KnownDays,
    state_locks: StateLocks,
    unreadable: Unreadable,
    known_silences: KnownSilences,
}

impl Table {
    /// The table that `configuration` names, reached by `client`.
    pub fn new(client: Client, configuration: &Configuration, clock: SystemClock) -> Self {
        Self {
            client,
            name: configuration.table.clone(),
            clock,
            history: days(configuration.history_days),
            quarantine: days(configuration.quarantine_days),
            expiry: configuration.expiry.clone(),
            silent_after: configuration.silent_after.clone(),
            spoken: Spoken::default(),
            known_days: KnownDays::default(),
            state_locks: StateLocks::default(),
            unreadable: Unreadable::default(),
            known_silences: KnownSilences::default(),
        }
    }

    /// Creates the table unless it exists; for the embedded one, in AWS the template does it.
    pub async fn create(&self) -> Result<(), definition::CreateError> {
        definition::create(&self.client, &self.name).await
    }
}

fn days(days: u32) -> Duration {
    Duration::from_secs(u64::from(days) * 86_400)
}
