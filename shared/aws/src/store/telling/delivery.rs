//! One message for one destination, from the decision to tell it until it is told.

use std::fmt;
use std::io::{Read, Write};
use std::str::FromStr;

use alert::Fingerprint;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use intake::StoreError;
use jiff::Timestamp;
use notify::{Kind, Message, Progress};
use serde::{Deserialize, Serialize};

use crate::store::definition::{BY_CONDITION, BY_RECEPTION, EXPIRES_AT};
use crate::store::item::{
    Item, SHARDS, alert_pk, day, key, number, shard, sortable, string, text, unreadable,
};

/// What stands before the revision in the sort key of a delivery.
pub(crate) const DELIVERY: &str = "DELIVERY#";
/// The word in error messages.
pub(crate) const WHAT: &str = "delivery";
/// Largest message we inflate, in bytes.
const LIMIT_BYTES: u64 = 16 * 1024 * 1024;
/// How many digits of a revision the sort key has, so that its order as text is the order of revisions.
const REVISION_DIGITS: usize = 20;

/// Names a delivery: `<fingerprint>-<revision>-<destination>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId {
    /// The alert.
    pub fingerprint: Fingerprint,
    /// The alert's revision that is told.
    pub revision: u64,
    /// Whom it is told.
    pub destination: String,
}

/// A text that names no delivery.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a delivery's id: it looks like `<fingerprint>-<revision>-<destination>`")]
pub struct ParseDeliveryIdError(String);

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// It will be tried.
    Waiting,
    /// The destination has it.
    Sent,
    /// The destination will never take it.
    Failed,
    /// It was tried for a day in vain.
    Dead,
}

/// A word that is no state of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a delivery's state: use `waiting`, `sent`, `failed` or `dead`")]
pub struct UnknownDeliveryState(String);

/// One message for one destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its name.
    pub id: DeliveryId,
    /// What is said.
    pub message: Message,
    /// How far it has come, and what happened on the way.
    pub record: DeliveryRecord,
}

/// All of a delivery but what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRecord {
    /// How far it has come.
    pub state: DeliveryState,
    /// What it tells of.
    pub kind: Kind,
    /// When it was decided to tell it.
    pub created_at: Timestamp,
    /// Attempts that came to an end.
    pub attempts: u32,
    /// When the first of them was made; a suspension begins anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_attempt_at: Option<Timestamp>,
    /// When it is due; while somebody is at it, when another may take over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
    /// When it was sent or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// Where the next attempt begins.
    #[serde(default)]
    pub progress: Progress,
    /// Why the latest attempt did not succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The destination's own name for what it made of the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// Grows whenever somebody takes the delivery up; who has an older number has lost it.
    pub claim: u64,
}

impl Delivery {
    /// A delivery of `message` that is due at `due_at`.
    pub fn new(destination: &str, message: Message, now: Timestamp, due_at: Timestamp) -> Self {
        let id = DeliveryId {
            fingerprint: message.alert.fingerprint,
            revision: message.alert.revision,
            destination: destination.to_owned(),
        };
        let record = DeliveryRecord {
            state: DeliveryState::Waiting,
            kind: message.kind,
            created_at: now,
            attempts: 0,
            first_attempt_at: None,
            next_attempt_at: Some(due_at),
            finished_at: None,
            progress: Progress::Start,
            reason: None,
            receipt: None,
            claim: 0,
        };
        Self { id, message, record }
    }

    /// The whole item; it is gone at `expires_at`, in Unix seconds.
    pub(crate) fn to_item(&self, is_first: bool, expires_at: i64) -> Result<Item, StoreError> {
        let mut item = key(alert_pk(self.id.fingerprint), self.id.sort_key());
        item.extend(record_attributes(&self.record)?);
        item.insert("message".to_owned(), AttributeValue::B(pack(&self.message)?));
        item.insert(EXPIRES_AT.to_owned(), number(expires_at));
        let shard = shard(self.id.fingerprint);
        let created = self.record.created_at;
        let received = [
            (BY_RECEPTION.partition_key, created_shard(&day(created), shard)),
            (BY_RECEPTION.sort_key, self.id.index_key(created)),
        ];
        item.extend(received.map(|(name, value)| (name.to_owned(), string(value))));
        if is_first {
            item.extend(self.index_entry());
        }
        Ok(item)
    }

    /// Where a waiting delivery is found when it is due, and one that was given up when somebody looks for it.
    pub(crate) fn index_entry(&self) -> Vec<(String, AttributeValue)> {
        let shard = shard(self.id.fingerprint);
        let (partition, time) = match (self.record.state, &self.record) {
            (DeliveryState::Waiting, record) => {
                (due_shard(&self.id.destination, shard), record.next_attempt_at)
            }
            (DeliveryState::Sent, _) => return Vec::new(),
            (state, record) => (given_up_shard(state, shard), record.finished_at),
        };
        let sort_key = self.id.index_key(time.unwrap_or(self.record.created_at));
        let entry = [(BY_CONDITION.partition_key, partition), (BY_CONDITION.sort_key, sort_key)];
        entry.map(|(name, value)| (name.to_owned(), string(value))).to_vec()
    }

    /// The delivery that an item holds.
    pub(crate) fn of(item: &Item) -> Result<Self, StoreError> {
        let id = DeliveryId::of(item).ok_or("its key is none").map_err(unreadable(WHAT))?;
        let blob = item.get("message").and_then(|value| value.as_b().ok()).ok_or("it has no message");
        let message = unpack(blob.map_err(unreadable(WHAT))?)?;
        let record =
            item.get("delivery_record").cloned().ok_or("it has no record").map_err(unreadable(WHAT))?;
        let record = serde_dynamo::from_attribute_value(record).map_err(unreadable(WHAT))?;
        Ok(Self { id, message, record })
    }
}

/// The attributes that every change of a delivery writes.
pub(crate) fn record_attributes(
    record: &DeliveryRecord,
) -> Result<[(String, AttributeValue); 2], StoreError> {
    let claim = number(record.claim);
    let record = serde_dynamo::to_attribute_value(record).map_err(unreadable(WHAT))?;
    Ok([("delivery_record".to_owned(), record), ("claim_number".to_owned(), claim)])
}

/// The partition of `by_reception` that holds a day's deliveries of a shard.
pub(crate) fn created_shard(day: &str, shard: u8) -> String {
    format!("delivery#{day}#{shard}")
}

/// The partition of `by_condition` that holds what a destination is to be told.
pub(crate) fn due_shard(destination: &str, shard: u8) -> String {
    format!("due#{destination}#{shard}")
}

/// The partition of `by_condition` that holds deliveries that were given up.
pub(crate) fn given_up_shard(state: DeliveryState, shard: u8) -> String {
    format!("{state}#{shard}")
}

/// Every partition of a kind.
pub(crate) fn shards(partition: impl Fn(u8) -> String) -> Vec<String> {
    (0..SHARDS).map(partition).collect()
}

fn pack(message: &Message) -> Result<Blob, StoreError> {
    let json = serde_json::to_vec(message).map_err(unreadable(WHAT))?;
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(&json).map_err(unreadable(WHAT))?;
    deflate.finish().map(Blob::new).map_err(unreadable(WHAT))
}

fn unpack(blob: &Blob) -> Result<Message, StoreError> {
    let mut json = Vec::new();
    let mut inflate = DeflateDecoder::new(blob.as_ref()).take(LIMIT_BYTES);
    inflate.read_to_end(&mut json).map_err(unreadable(WHAT))?;
    serde_json::from_slice(&json).map_err(unreadable(WHAT))
}

impl DeliveryId {
    pub(crate) fn sort_key(&self) -> String {
        format!("{DELIVERY}{:0REVISION_DIGITS$}#{}", self.revision, self.destination)
    }

    pub(crate) fn key(&self) -> Item {
        key(alert_pk(self.fingerprint), self.sort_key())
    }

    /// Sorts by time in an index.
    fn index_key(&self, time: Timestamp) -> String {
        format!("{}#{self}", sortable(time))
    }

    fn of(item: &Item) -> Option<Self> {
        let fingerprint = text(item, crate::store::definition::PK)?.strip_prefix("ALERT#")?;
        let sort_key = text(item, crate::store::definition::SK)?.strip_prefix(DELIVERY)?;
        let (revision, destination) = sort_key.split_once('#')?;
        Some(Self {
            fingerprint: fingerprint.parse().ok()?,
            revision: revision.parse().ok()?,
            destination: destination.to_owned(),
        })
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.fingerprint, self.revision, self.destination)
    }
}

impl FromStr for DeliveryId {
    type Err = ParseDeliveryIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| ParseDeliveryIdError(text.chars().take(128).collect()))
    }
}

fn parse(text: &str) -> Option<DeliveryId> {
    let (fingerprint, rest) = text.split_once('-')?;
    let (revision, destination) = rest.split_once('-')?;
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_number = !revision.is_empty() && revision.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || destination.is_empty() || !destination.bytes().all(is_plain) {
        return None;
    }
    Some(DeliveryId {
        fingerprint: fingerprint.parse().ok()?,
        revision: revision.parse().ok()?,
        destination: destination.to_owned(),
    })
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Sent, Self::Failed, Self::Dead];

    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Dead => "dead",
        }
    }
}

impl fmt::Display for DeliveryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for DeliveryState {
    type Err = UnknownDeliveryState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let state = Self::ALL.into_iter().find(|state| state.as_str() == text);
        state.ok_or_else(|| UnknownDeliveryState(text.chars().take(64).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text() {
        let text = "031b4125892183eab987979912c384a4-7-ops-slack";
        let id: DeliveryId = text.parse().unwrap();
        assert_eq!((id.revision, id.destination.as_str()), (7, "ops-slack"));
        assert_eq!(id.to_string(), text);
    }

    #[test]
    fn what_names_no_delivery_is_refused() {
        for text in
            ["", "a-1-b", "031b4125892183eab987979912c384a4-x-b", "031b4125892183eab987979912c384a4-1-B#"]
        {
            assert!(text.parse::<DeliveryId>().is_err(), "{text}");
        }
        assert!("031b4125892183eab987979912c384a4-+1-b".parse::<DeliveryId>().is_err());
    }

    #[test]
    fn sort_keys_are_in_the_order_of_revisions() {
        let keys = [2, 10, 300].map(|revision| {
            let id =
                DeliveryId { fingerprint: Fingerprint::of(["a"]), revision, destination: "b".to_owned() };
            id.sort_key()
        });
        assert!(keys.is_sorted());
    }
}
