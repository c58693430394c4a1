//! The canary's place in the table: one item, no alert and in no index, so that no list shows it.

use alert::Clock;
use intake::StoreError;
use jiff::Timestamp;
use serde_json::Value;

use super::Table;
use super::definition::{EXPIRES_AT, PK};
use super::item::{STATE, key, number, sortable, string};

/// The partition of the one item. Its sort key is that of an alert's state, so that the stream's filter lets it pass.
const CANARY: &str = "CANARY";
/// When it was sent.
const SENT_AT: &str = "sent_at";
/// How long it is kept, in seconds: a day.
const KEPT_SECS: i64 = 86_400;

impl Table {
    /// Writes that a canary came which was sent at `sent_at`; the stream carries that to the notifier.
    pub async fn put_canary(&self, sent_at: Timestamp) -> Result<(), StoreError> {
        let mut item = key(CANARY.to_owned(), STATE);
        item.insert(SENT_AT.to_owned(), string(sortable(sent_at)));
        let expires_at = self.clock.now().as_second().saturating_add(KEPT_SECS);
        item.insert(EXPIRES_AT.to_owned(), number(expires_at));
        self.put(&item, "write the canary to the table", "canary").await
    }
}

/// Whether `record` of the stream is about the canary.
pub(crate) fn is_canary(record: &Value) -> bool {
    record["dynamodb"]["Keys"][PK]["S"] == CANARY
}

/// When the canary in `record` of the stream was sent; `None` if the record is about something else.
pub(crate) fn sent_at(record: &Value) -> Option<Timestamp> {
    let sent_at = record["dynamodb"]["NewImage"][SENT_AT]["S"].as_str()?;
    sent_at.parse().ok().filter(|_| is_canary(record))
}
