//! What is due, found without a scan.

use alert::Fingerprint;
use futures::future::try_join_all;
use intake::StoreError;
use jiff::Timestamp;

use super::course::damped_shard;
use super::delivery::{Delivery, DeliveryState, due_shard, shards};
use crate::store::Table;
use crate::store::definition::{BY_CONDITION, PK, SK};
use crate::store::item::{Item, sortable, string, text};
use crate::store::record::failed;

impl Table {
    /// Deliveries to `destination` that are due at `now`, the longest waiting first, `limit` at most.
    pub async fn due(
        &self,
        destination: &str,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let entries = self.until(shards(|shard| due_shard(destination, shard)), now, limit).await?;
        let keys: Vec<_> = entries.iter().filter_map(key_of).collect();
        let items = self.items(&keys).await?;
        let deliveries = items.iter().map(Delivery::of).collect::<Result<Vec<_>, _>>()?;
        // The index may lag behind the table.
        let is_due = |delivery: &Delivery| {
            delivery.record.state == DeliveryState::Waiting
                && delivery.record.next_attempt_at.is_none_or(|due_at| due_at <= now)
        };
        Ok(deliveries.into_iter().filter(is_due).collect())
    }

    /// Alerts of which damping has withheld something until `now` or before, and from whom; `limit` at most.
    pub async fn damped(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Fingerprint, String)>, StoreError> {
        let entries = self.until(shards(damped_shard), now, limit).await?;
        let named = |item: &Item| {
            let fingerprint = text(item, PK)?.strip_prefix("ALERT#")?.parse().ok()?;
            Some((fingerprint, text(item, SK)?.strip_prefix(super::course::STANDING)?.to_owned()))
        };
        Ok(entries.iter().filter_map(named).collect())
    }

    /// Entries of `partitions` of `by_condition` whose time is not after `now`, in its order.
    async fn until(
        &self,
        partitions: Vec<String>,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError> {
        // `$` sorts directly behind `#`, with which what follows the time begins.
        let bound = format!("{}$", sortable(now));
        let read = partitions.iter().map(|partition| self.one_until(partition, &bound, limit));
        let mut items: Vec<_> = try_join_all(read).await?.into_iter().flatten().collect();
        items.sort_by(|a, b| text(a, BY_CONDITION.sort_key).cmp(&text(b, BY_CONDITION.sort_key)));
        items.truncate(limit);
        Ok(items)
    }

    async fn one_until(&self, partition: &str, bound: &str, limit: usize) -> Result<Vec<Item>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(BY_CONDITION.name)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .key_condition_expression(format!(
                "{} = :partition AND {} < :bound",
                BY_CONDITION.partition_key, BY_CONDITION.sort_key
            ))
            .expression_attribute_values(":partition", string(partition))
            .expression_attribute_values(":bound", string(bound));
        Ok(query.send().await.map_err(failed("read what is due"))?.items.unwrap_or_default())
    }
}

fn key_of(item: &Item) -> Option<(String, String)> {
    Some((text(item, PK)?.to_owned(), text(item, SK)?.to_owned()))
}
