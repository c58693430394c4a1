//! Writing down that somebody is to be told, before anybody is told.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use intake::{Clock, StoreError};

use super::course::Course;
use super::delivery::Delivery;
use crate::store::Table;
use crate::store::days::Journal;
use crate::store::definition::{BY_RECEPTION, EXPIRES_AT, PK};
use crate::store::item::{number, sortable, string, unreadable};
use crate::store::record::{expiry, failed};
use crate::store::retry::{may_pass, pause};

/// What follows from a change of an alert for one destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Its part in the alert from then on.
    pub course: Course,
    /// What it is told, if anything.
    pub delivery: Option<Delivery>,
}

/// What became of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enrollment {
    /// It is in the table.
    Done,
    /// The course was changed meanwhile, or the delivery is there already: read anew.
    Overtaken,
}

impl Table {
    /// How many plans may be enrolled at once: a transaction has a hundred writes at most, and each may take two.
    pub const MOST_PLANS: usize = 50;

    /// Writes the course of `plan`, which was read and changed, and the delivery that follows from the change, both or
    /// neither.
    ///
    /// The delivery joins the queue of the course; unless it is the first there it waits for its turn. The course becomes
    /// what is then in the table.
    pub async fn enroll(&self, plan: &mut Plan) -> Result<Enrollment, StoreError> {
        self.enroll_all(std::slice::from_mut(plan)).await
    }

    /// The same for several plans, [`MOST_PLANS`](Self::MOST_PLANS) at most: all or none.
    pub async fn enroll_all(&self, plans: &mut [Plan]) -> Result<Enrollment, StoreError> {
        let mut writes = Vec::new();
        for plan in plans {
            if let Some(delivery) = &plan.delivery {
                self.open_day(Journal::Deliveries, delivery.record.created_at).await?;
            }
            writes.extend(self.enrolled(plan)?);
        }
        self.transact(writes).await
    }

    fn enrolled(&self, Plan { course, delivery }: &mut Plan) -> Result<Vec<TransactWriteItem>, StoreError> {
        let known = course.record.version;
        course.record.version = known.saturating_add(1);
        let mut puts = Vec::with_capacity(2);
        if let Some(delivery) = delivery {
            let is_first = course.record.waiting.is_empty();
            course.record.waiting.push(delivery.id.revision);
            puts.push(self.put_new(delivery, is_first)?);
        }
        puts.push(self.put_course(course, known)?);
        Ok(puts)
    }

    /// Writes all of `writes` or none of them.
    pub(super) async fn transact(&self, writes: Vec<TransactWriteItem>) -> Result<Enrollment, StoreError> {
        let mut attempt = 0;
        loop {
            let transaction = self.client.transact_write_items().set_transact_items(Some(writes.clone()));
            match transaction.send().await {
                Ok(_) => return Ok(Enrollment::Done),
                Err(error) if is_cancelled_by(&error, "ConditionalCheckFailed") => {
                    return Ok(Enrollment::Overtaken);
                }
                // No repetition makes an item smaller: what brought it is put aside.
                Err(error) if is_cancelled_by(&error, "ValidationError") => {
                    return Err(unreadable("delivery")(error));
                }
                Err(error) if may_pass(&error) => pause(attempt).await,
                Err(error) => return Err(failed("write a delivery")(error)),
            }
            attempt += 1;
        }
    }

    /// Puts `delivery` where none of its name is that it [may not replace](Delivery::may_replace).
    fn put_new(&self, delivery: &Delivery, is_first: bool) -> Result<TransactWriteItem, StoreError> {
        let made = BY_RECEPTION.sort_key;
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(delivery.to_item(is_first)?))
            .condition_expression(format!(
                "attribute_not_exists({PK}) OR (attribute_exists({EXPIRES_AT}) AND {made} < :former)"
            ))
            .expression_attribute_values(":former", string(sortable(delivery.replaced_before())))
            .build()
            .map_err(unreadable("delivery"))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Puts `course` where its version is still `known`.
    pub(super) fn put_course(&self, course: &Course, known: u64) -> Result<TransactWriteItem, StoreError> {
        let item = course.to_item(expiry(self.clock.now(), self.history))?;
        let put = Put::builder().table_name(&self.name).set_item(Some(item));
        let put = match known {
            0 => put.condition_expression(format!("attribute_not_exists({PK})")),
            _ => put
                .condition_expression("course_version = :known")
                .expression_attribute_values(":known", number(known)),
        };
        let put = put.build().map_err(unreadable("standing"))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

/// Whether one of the writes is the reason for which all are cancelled.
fn is_cancelled_by(error: &SdkError<TransactWriteItemsError>, code: &str) -> bool {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
    else {
        return false;
    };
    cancelled.cancellation_reasons().iter().any(|reason| reason.code() == Some(code))
}
