//! The history entry of an event, put where none with its key may be.

use alert::Transition;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use intake::{Entry, StoreError};

use super::attempt::{Attempt, interpret, is_known};
use super::expiry;
use crate::store::definition::{BY_RECEPTION, EXPIRES_AT, PK};
use crate::store::history_key::HistoryKey;
use crate::store::item::{
    Item, alert_pk, day, new_item, number, received_shard, rejected, shard, sortable, string,
};
use crate::store::retry::{may_pass, pause, refused};
use crate::store::{Table, document};

impl Table {
    /// Puts the history entry of `entry` by itself; `false` if it was there.
    pub(in crate::store) async fn put_history(
        &self,
        entry: Entry<'_>,
        transition: Option<Transition>,
    ) -> Result<bool, StoreError> {
        let key = HistoryKey::of(entry);
        let mut attempt = 0;
        loop {
            let written = match key.guard {
                None => self.try_put_entry(self.history_item(entry, &key, transition)?).await?,
                Some(_) => self.try_put_guarded(entry, transition).await?,
            };
            match written {
                Attempt::Done => return Ok(true),
                Attempt::Known | Attempt::Overtaken(_) => return Ok(false),
                Attempt::Conflict(_) | Attempt::Again(_) => pause(attempt).await,
            }
            attempt += 1;
        }
    }

    async fn try_put_entry(&self, item: Item) -> Result<Attempt, StoreError> {
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        match put.condition_expression(format!("attribute_not_exists({PK})")).send().await {
            Ok(_) => Ok(Attempt::Done),
            Err(error) if is_known(&error) => Ok(Attempt::Known),
            Err(error) if may_pass(&error) => Ok(Attempt::Again(refused("record an event", "event", error))),
            Err(error) => Err(refused("record an event", "event", error)),
        }
    }

    async fn try_put_guarded(
        &self,
        entry: Entry<'_>,
        transition: Option<Transition>,
    ) -> Result<Attempt, StoreError> {
        let writes = self.history_writes(entry, transition)?;
        let entries = writes.len();
        let transaction = self.client.transact_write_items().set_transact_items(Some(writes));
        transaction.send().await.map_or_else(|error| interpret(error, entries), |_| Ok(Attempt::Done))
    }

    /// The history entry, and before it its guard where it needs one; each where none is.
    pub(super) fn history_writes(
        &self,
        entry: Entry<'_>,
        transition: Option<Transition>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let key = HistoryKey::of(entry);
        let guard = key.guard.as_ref().map(|guard| self.guard_item(entry, guard));
        let items = guard.into_iter().chain([self.history_item(entry, &key, transition)?]);
        items.map(|item| self.put_where_none_is(item)).collect()
    }

    fn put_where_none_is(&self, item: Item) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression(format!("attribute_not_exists({PK})"))
            .build()
            .map_err(rejected("history entry"))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn guard_item(&self, Entry { event, inbound }: Entry<'_>, sort_key: &str) -> Item {
        let mut item = new_item(alert_pk(event.fingerprint), sort_key);
        item.insert(EXPIRES_AT.to_owned(), number(expiry(inbound.received_at, self.history)));
        item
    }

    fn history_item(
        &self,
        Entry { event, inbound }: Entry<'_>,
        key: &HistoryKey,
        transition: Option<Transition>,
    ) -> Result<Item, StoreError> {
        let received_at = inbound.received_at;
        let blob = document::pack(event.source, Some(event), inbound).map_err(rejected("history entry"))?;
        let received_shard = received_shard(event.source, &day(received_at), shard(event.fingerprint));
        let received_key = format!("{}#{}", sortable(received_at), event.event_id);
        let mut item = new_item(alert_pk(event.fingerprint), &key.entry);
        item.extend([
            (BY_RECEPTION.partition_key.to_owned(), string(received_shard)),
            (BY_RECEPTION.sort_key.to_owned(), string(received_key)),
            ("document".to_owned(), AttributeValue::B(blob)),
            (EXPIRES_AT.to_owned(), number(expiry(received_at, self.history))),
        ]);
        if let Some(transition) = transition {
            item.insert("transition".to_owned(), string(transition.as_str()));
        }
        Ok(item)
    }
}
