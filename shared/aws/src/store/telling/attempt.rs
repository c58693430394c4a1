//! What is written around an attempt: who is at it, and how it ended.

use aws_sdk_dynamodb::types::{ReturnValue, TransactWriteItem, Update};
use intake::StoreError;
use jiff::Timestamp;

use super::delivery::{Delivery, DeliveryId, DeliveryState, record_attributes};
use super::destination::is_refused;
use super::enrollment::Enrollment;
use crate::store::Table;
use crate::store::definition::BY_CONDITION;
use crate::store::item::{number, unreadable};
use crate::store::record::failed;
use crate::store::retry::{may_pass, pause};

impl Table {
    /// The delivery `id`.
    pub async fn delivery(&self, id: &DeliveryId) -> Result<Option<Delivery>, StoreError> {
        let pk = crate::store::item::alert_pk(id.fingerprint);
        let item = self.item(pk, &id.sort_key()).await?;
        item.as_ref().map(Delivery::of).transpose()
    }

    /// Takes `delivery` up until `until`: nobody else will touch it before. `None` if somebody else has done so.
    pub async fn claim(&self, delivery: &Delivery, until: Timestamp) -> Result<Option<Delivery>, StoreError> {
        let mut claimed = delivery.clone();
        claimed.record.claim = delivery.record.claim.saturating_add(1);
        claimed.record.next_attempt_at = Some(until);
        Ok(self.update_delivery(&claimed, delivery.record.claim).await?.then_some(claimed))
    }

    /// Writes that `delivery`, which the caller has claimed, waits for its next attempt. `false` if somebody else has it.
    pub async fn postpone(&self, delivery: &Delivery) -> Result<bool, StoreError> {
        self.update_delivery(delivery, delivery.record.claim).await
    }

    async fn update_delivery(&self, delivery: &Delivery, known_claim: u64) -> Result<bool, StoreError> {
        let mut attempt = 0;
        loop {
            let (expression, values) = assignments(delivery)?;
            let update = self
                .client
                .update_item()
                .table_name(&self.name)
                .set_key(Some(delivery.id.key()))
                .update_expression(expression)
                .condition_expression("claim_number = :known")
                .set_expression_attribute_values(Some(values))
                .expression_attribute_values(":known", number(known_claim))
                .return_values(ReturnValue::None);
            match update.send().await {
                Ok(_) => return Ok(true),
                Err(error) if is_refused(&error) => return Ok(false),
                Err(error) if may_pass(&error) => pause(attempt).await,
                Err(error) => return Err(failed("write a delivery")(error)),
            }
            attempt += 1;
        }
    }

    /// Writes that `delivery`, which the caller has claimed, is over, and makes the next of its queue due at `now`.
    /// Yields that one, if there is one and `delivery` was still the caller's.
    pub async fn finish(
        &self,
        delivery: &Delivery,
        now: Timestamp,
    ) -> Result<Option<DeliveryId>, StoreError> {
        let id = &delivery.id;
        loop {
            let mut course = self.course(id.fingerprint, &id.destination).await?;
            let known = course.record.version;
            course.record.version = known.saturating_add(1);
            course.record.waiting.retain(|revision| *revision != id.revision);
            let next = course.record.waiting.iter().min();
            let next = next.map(|revision| DeliveryId { revision: *revision, ..id.clone() });
            let mut writes = vec![self.finished(delivery)?, self.put_course(&course, known)?];
            if let Some(mut next) = self.still_waiting(next.as_ref()).await? {
                next.record.next_attempt_at = Some(now);
                writes.push(self.finished(&next)?);
            }
            if self.transact(writes).await? == Enrollment::Done {
                return Ok(next);
            }
            let present = self.delivery(id).await?;
            if present.is_none_or(|present| present.record.claim != delivery.record.claim) {
                return Ok(None);
            }
        }
    }

    async fn still_waiting(&self, id: Option<&DeliveryId>) -> Result<Option<Delivery>, StoreError> {
        let Some(id) = id else { return Ok(None) };
        let delivery = self.delivery(id).await?;
        Ok(delivery.filter(|delivery| delivery.record.state == DeliveryState::Waiting))
    }

    fn finished(&self, delivery: &Delivery) -> Result<TransactWriteItem, StoreError> {
        let (expression, values) = assignments(delivery)?;
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(delivery.id.key()))
            .update_expression(expression)
            .condition_expression("claim_number = :known")
            .set_expression_attribute_values(Some(values))
            .expression_attribute_values(":known", number(delivery.record.claim))
            .build()
            .map_err(unreadable("delivery"))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Makes a delivery due at `now` whatever became of it, as if it was new, and resumes its destination.
    /// `None` if there is no such delivery.
    pub async fn retry_delivery(
        &self,
        id: &DeliveryId,
        now: Timestamp,
    ) -> Result<Option<Delivery>, StoreError> {
        loop {
            let Some(known) = self.delivery(id).await? else { return Ok(None) };
            let mut delivery = Delivery::new(&id.destination, known.message, now, now);
            delivery.record.created_at = known.record.created_at;
            delivery.record.claim = known.record.claim;
            let mut course = self.course(id.fingerprint, &id.destination).await?;
            let version = course.record.version;
            course.record.version = version.saturating_add(1);
            if !course.record.waiting.contains(&id.revision) {
                course.record.waiting.push(id.revision);
                course.record.waiting.sort_unstable();
            }
            let writes = vec![self.finished(&delivery)?, self.put_course(&course, version)?];
            if self.transact(writes).await? == Enrollment::Done {
                self.resume(&id.destination).await?;
                return Ok(Some(delivery));
            }
        }
    }
}

type Values = std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>;

/// An update expression that writes everything that changes about `delivery`, and its values.
fn assignments(delivery: &Delivery) -> Result<(String, Values), StoreError> {
    let mut attributes = record_attributes(&delivery.record)?.to_vec();
    let entry = delivery.index_entry();
    let removed = if entry.is_empty() {
        format!(" REMOVE {}, {}", BY_CONDITION.partition_key, BY_CONDITION.sort_key)
    } else {
        String::new()
    };
    attributes.extend(entry);
    let assigned: Vec<_> = attributes.iter().map(|(name, _)| format!("{name} = :{name}")).collect();
    let values = attributes.into_iter().map(|(name, value)| (format!(":{name}"), value)).collect();
    Ok((format!("SET {}{removed}", assigned.join(", ")), values))
}
