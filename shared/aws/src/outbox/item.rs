//! The form of the outbox's items: a deflated document with its version, and what indexes and conditions need beside it.

use alert::Fingerprint;
use aws_sdk_dynamodb::types::AttributeValue;
use dispatch::{OutboxError, QueueKey};
use intake::{Measure, StoreError, count_without_source};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::store::definition::{BY_CONDITION, EXPIRES_AT, PK, SK};
use crate::store::item::{Item, SHARDS, integer, key, number, string, text};
use crate::store::packed::{Dictionary, pack, unpack};

/// Counts the changes of an item; a writer names the one that it has read.
pub(super) const VERSION: &str = "version";
/// The form of the document. A reader takes this and the one before.
const FORMAT: &str = "format";
/// The form that is written.
const PRESENT_FORMAT: u32 = 1;
/// The deflated document.
const DOCUMENT: &str = "document";

/// An item at `pk` and `sk` with `document` in it.
pub(super) fn to_item<T: Serialize>(pk: String, sk: String, document: &T) -> Result<Item, OutboxError> {
    let name = format!("{pk} {sk}");
    let packed = pack(document, Dictionary::OUTBOX).map_err(|error| corrupt(name, &error))?;
    let mut item = key(pk, sk);
    item.insert(DOCUMENT.to_owned(), AttributeValue::B(packed));
    item.insert(FORMAT.to_owned(), number(PRESENT_FORMAT));
    Ok(item)
}

/// The document in `item`.
pub(super) fn document<T: DeserializeOwned>(item: &Item) -> Result<T, OutboxError> {
    let format = integer::<u32>(item, FORMAT).unwrap_or_default();
    if format > PRESENT_FORMAT {
        return Err(corrupt(name_of(item), &format!("its format {format} is of a newer version")));
    }
    let packed = item.get(DOCUMENT).and_then(|value| value.as_b().ok());
    let packed = packed.ok_or_else(|| corrupt(name_of(item), &"it has no document"))?;
    unpack(packed).map_err(|error| corrupt(name_of(item), &error))
}

/// The documents in `items`; what cannot be read is counted, logged and left out, so that it stops nobody else.
pub(super) fn documents<T: DeserializeOwned>(items: &[Item]) -> Vec<T> {
    items.iter().filter_map(|item| readable(document(item))).collect()
}

/// What was read; what cannot be is counted and logged.
pub(super) fn readable<T>(read: Result<T, OutboxError>) -> Option<T> {
    read.inspect_err(|error| {
        tracing::error!(error = intake::chain(error), "outbox item skipped");
        count_without_source(Measure::Unreadable, 1);
    })
    .ok()
}

/// How often `item` was written.
pub(super) fn version(item: &Item) -> u64 {
    integer(item, VERSION).unwrap_or_default()
}

/// Lets `item` stand in `partition` of the index `by_condition`, sorted by `sort_key`.
pub(super) fn index(item: &mut Item, partition: String, sort_key: String) {
    item.insert(BY_CONDITION.partition_key.to_owned(), string(partition));
    item.insert(BY_CONDITION.sort_key.to_owned(), string(sort_key));
}

/// Lets `item` be gone after `expires_at`, in Unix seconds.
pub(super) fn expire(item: &mut Item, expires_at: i64) {
    item.insert(EXPIRES_AT.to_owned(), number(expires_at));
}

/// The partition of a queue.
pub(super) fn queue_pk(key: &QueueKey) -> String {
    format!("QUEUE#{}#{}", key.destination, key.group)
}

/// The queue whose partition is called `pk`.
pub(super) fn queue_of(pk: &str) -> Option<QueueKey> {
    let (destination, group) = pk.strip_prefix("QUEUE#")?.rsplit_once('#')?;
    Some(QueueKey { destination: destination.to_owned(), group: group.parse().ok()? })
}

/// The partition of all that has to do with what is called `key`.
pub(super) fn inhibitor_pk(key: Fingerprint) -> String {
    format!("INHIBITOR#{key}")
}

/// Every partition of a kind.
pub(super) fn shards(partition: impl Fn(u8) -> String) -> Vec<String> {
    (0..SHARDS).map(partition).collect()
}

/// Names what cannot be read or written, now or later.
pub(super) fn corrupt(item: String, problem: &impl ToString) -> OutboxError {
    OutboxError::Corrupt { item, problem: problem.to_string() }
}

/// Wraps a refusal of the table with what was attempted.
pub(super) fn unavailable(operation: &'static str) -> impl FnOnce(StoreError) -> OutboxError {
    move |error| OutboxError::Unavailable { operation, source: Box::new(error) }
}

fn name_of(item: &Item) -> String {
    format!("{} {}", text(item, PK).unwrap_or_default(), text(item, SK).unwrap_or_default())
}
