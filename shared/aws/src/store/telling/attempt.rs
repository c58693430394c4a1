//! What is written around an attempt: who is at it, and how it ended.

use aws_sdk_dynamodb::types::{ReturnValue, TransactWriteItem, Update};
use intake::{Clock, StoreError};
use jiff::Timestamp;

use super::course::Course;
use super::delivery::{Delivery, DeliveryId, DeliveryState, record_attributes};
use super::destination::is_refused;
use super::enrollment::Enrollment;
use crate::store::Table;
use crate::store::definition::{BY_CONDITION, EXPIRES_AT};
use crate::store::item::{number, unreadable};
use crate::store::record::{expiry, failed};
use crate::store::retry::{may_pass, pause};

/// A delivery whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The delivery.
    pub delivery: Delivery,
    /// The queue that it is the first of, where that was just read or written: it need not be read once more.
    pub course: Option<Course>,
}

impl From<Delivery> for Turn {
    fn from(delivery: Delivery) -> Self {
        Self { delivery, course: None }
    }
}

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
            let (expression, values) = self.assignments(delivery, true)?;
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

    /// Writes that the delivery of `turn`, which the caller has claimed, is over, and makes the next of its queue due at
    /// `now`. Yields that one's turn, if there is one and the delivery was still the caller's. What the caller has learned
    /// about the alert stands in the turn's course, and is kept whatever became of that meanwhile.
    pub async fn finish(&self, turn: Turn, now: Timestamp) -> Result<Option<Turn>, StoreError> {
        let Turn { delivery, mut course } = turn;
        let id = &delivery.id;
        let created_at = course.as_ref().and_then(|course| course.record.created_at);
        loop {
            let mut course = match course.take() {
                Some(course) => course,
                None => self.course(id.fingerprint, &id.destination).await?,
            };
            let known = course.record.version;
            course.record.version = known.saturating_add(1);
            course.record.created_at = course.record.created_at.max(created_at);
            course.record.waiting.retain(|revision| *revision != id.revision);
            let next = self.next_of(&mut course).await?;
            let next = next.map(|delivery| delivery.due_at(now));
            let mut writes = vec![self.finished(&delivery)?, self.put_course(&course, known)?];
            if let Some(next) = &next {
                writes.push(self.finished(next)?);
            }
            if self.transact(writes).await? == Enrollment::Done {
                return Ok(next.map(|delivery| Turn { delivery, course: Some(course) }));
            }
            let present = self.delivery(id).await?;
            if present.is_none_or(|present| present.record.claim != delivery.record.claim) {
                return Ok(None);
            }
        }
    }

    /// The first of the queue of `course`, which forgets those before it that are no more.
    async fn next_of(&self, course: &mut Course) -> Result<Option<Delivery>, StoreError> {
        course.record.waiting.sort_unstable();
        while let Some(revision) = course.record.waiting.first() {
            let id = DeliveryId {
                fingerprint: course.fingerprint,
                revision: *revision,
                destination: course.destination.clone(),
            };
            let delivery = self.delivery(&id).await?;
            if let Some(delivery) = delivery.filter(|known| known.record.state == DeliveryState::Waiting) {
                return Ok(Some(delivery));
            }
            course.record.waiting.remove(0);
        }
        Ok(None)
    }

    /// Writes `delivery`, which is over or the first of its queue, where its claim is still the one it has.
    fn finished(&self, delivery: &Delivery) -> Result<TransactWriteItem, StoreError> {
        self.changed(delivery, delivery.record.claim, true)
    }

    /// Writes `delivery` where its claim is still `known`. Only the first of a queue stands where what is due is found.
    fn changed(
        &self,
        delivery: &Delivery,
        known: u64,
        is_first: bool,
    ) -> Result<TransactWriteItem, StoreError> {
        let (expression, values) = self.assignments(delivery, is_first)?;
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(delivery.id.key()))
            .update_expression(expression)
            .condition_expression("claim_number = :known")
            .set_expression_attribute_values(Some(values))
            .expression_attribute_values(":known", number(known))
            .build()
            .map_err(unreadable("delivery"))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Makes a delivery due at `now` whatever became of it, as if it was new, and resumes its destination. Those of its
    /// queue that came after it wait until it is over, and it for those before it. `None` if there is no such delivery.
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
            let first = self.next_of(&mut course).await?.filter(|first| first.id != *id);
            if !course.record.waiting.contains(&id.revision) {
                course.record.waiting.push(id.revision);
                course.record.waiting.sort_unstable();
            }
            let is_first = course.record.waiting.first() == Some(&id.revision);
            let mut writes = vec![
                self.changed(&delivery, delivery.record.claim, is_first)?,
                self.put_course(&course, version)?,
            ];
            if let Some(mut first) = first.filter(|_| is_first) {
                // Whoever is at it has lost it.
                let claim = first.record.claim;
                first.record.claim = claim.saturating_add(1);
                writes.push(self.changed(&first, claim, false)?);
            }
            if self.transact(writes).await? == Enrollment::Done {
                self.resume(&id.destination).await?;
                return Ok(Some(delivery));
            }
        }
    }

    /// An update expression that writes everything that changes about `delivery`, and its values. While it waits it does
    /// not expire, however long its destination is out of reach: those behind it have their turn after it.
    fn assignments(&self, delivery: &Delivery, is_first: bool) -> Result<(String, Values), StoreError> {
        let mut attributes = record_attributes(&delivery.record)?.to_vec();
        let mut removed = Vec::new();
        let is_waiting = delivery.record.state == DeliveryState::Waiting;
        let entry = if is_waiting && !is_first { Vec::new() } else { delivery.index_entry() };
        if entry.is_empty() {
            removed.extend([BY_CONDITION.partition_key, BY_CONDITION.sort_key]);
        }
        attributes.extend(entry);
        if is_waiting {
            removed.push(EXPIRES_AT);
        } else {
            attributes.push((EXPIRES_AT.to_owned(), number(expiry(self.clock.now(), self.history))));
        }
        let assigned: Vec<_> = attributes.iter().map(|(name, _)| format!("{name} = :{name}")).collect();
        let removed =
            if removed.is_empty() { String::new() } else { format!(" REMOVE {}", removed.join(", ")) };
        let values = attributes.into_iter().map(|(name, value)| (format!(":{name}"), value)).collect();
        Ok((format!("SET {}{removed}", assigned.join(", ")), values))
    }
}

type Values = std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>;
