//! One message for one destination, from the decision to tell it until it is told.

mod id;
mod state;

use aws_sdk_dynamodb::types::AttributeValue;
use intake::StoreError;
use jiff::{SignedDuration, Timestamp};
use notify::{Kind, Message, Progress};
use serde::{Deserialize, Serialize};

use crate::store::definition::{BY_CONDITION, BY_RECEPTION};
use crate::store::item::{Item, SHARDS, day, number, shard, sortable, string, unreadable};
use crate::store::packed::{pack, unpack};

pub(crate) use id::DELIVERY;
pub use id::{DeliveryId, ParseDeliveryIdError};
pub use state::{DeliveryState, UnknownDeliveryState};

/// Longer than a record stays in the stream of a table.
const STREAM_KEEPS: SignedDuration = SignedDuration::from_hours(25);
/// The word in error messages.
pub(crate) const WHAT: &str = "delivery";

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

    /// Whether `known`, which has the same name, is of a former life of the alert: it is over, and so old that no record of
    /// the table's stream tells of it any more.
    pub fn may_replace(&self, known: &Self) -> bool {
        known.record.state != DeliveryState::Waiting && known.created_key() < sortable(self.replaced_before())
    }

    /// Before when a delivery that is over was made that may be replaced by this.
    pub(crate) fn replaced_before(&self) -> Timestamp {
        self.record.created_at.checked_sub(STREAM_KEEPS).unwrap_or(Timestamp::MIN)
    }

    /// The same, due at `now`.
    pub(crate) fn due_at(mut self, now: Timestamp) -> Self {
        self.record.next_attempt_at = Some(now);
        self
    }

    /// The whole item of a delivery that waits; it never expires.
    pub(crate) fn to_item(&self, is_first: bool) -> Result<Item, StoreError> {
        let mut item = self.id.key();
        item.extend(record_attributes(&self.record)?);
        let message = pack(&self.message).map_err(unreadable(WHAT))?;
        item.insert("message".to_owned(), AttributeValue::B(message));
        let shard = shard(self.id.fingerprint);
        let created = self.record.created_at;
        let received = [
            (BY_RECEPTION.partition_key, created_shard(&day(created), shard)),
            (BY_RECEPTION.sort_key, self.created_key()),
        ];
        item.extend(received.map(|(name, value)| (name.to_owned(), string(value))));
        if is_first {
            item.extend(self.index_entry());
        }
        Ok(item)
    }

    /// Its place among all deliveries, by the time when it was decided to tell them.
    pub(crate) fn created_key(&self) -> String {
        self.id.index_key(self.record.created_at)
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
        let message = unpack(blob.map_err(unreadable(WHAT))?).map_err(unreadable(WHAT))?;
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
