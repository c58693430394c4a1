//! The alert table.
//!
//! [`definition`] is the table's shape, [`item`] the form of each item in it; `record` writes, `read` and `listing`
//! read. Every write of an event is one transaction over its history entry and its alert's state.

mod cursor;
pub mod definition;
mod document;
mod item;
mod listing;
mod merge;
mod quarantine;
mod read;
mod record;
mod retry;
mod source;

use std::time::Duration;

use aws_sdk_dynamodb::Client;

use crate::{Configuration, SystemClock};

pub use cursor::{Cursor, ParseCursorError};
pub use listing::{AlertFilter, AlertPage, EventFilter, EventPage};
pub use quarantine::QuarantinePage;
pub use read::HistoryEntry;
pub use source::{AccountTokens, KnownNames, PollCursor};

/// The alert table in DynamoDB.
#[derive(Debug)]
pub struct Table {
    client: Client,
    name: String,
    clock: SystemClock,
    history: Duration,
    quarantine: Duration,
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
