//! How one write of an event ended, read from what DynamoDB refuses.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::CancellationReason;
use intake::StoreError;

use super::failed;
use crate::store::item::{Item, rejected};
use crate::store::retry::{may_pass, refused};

/// What one attempt at the transaction came to.
pub(crate) enum Attempt {
    /// Everything is in the table.
    Done,
    /// The history entry, or the note, was there already.
    Known,
    /// Somebody else changed the alert; what it is now, if the answer says so.
    Overtaken(Option<Item>),
    /// Another transaction was at one of the items.
    Conflict(StoreError),
    /// It may pass by itself.
    Again(StoreError),
}

/// Whether an item was refused because it is there already.
pub(crate) fn is_known(error: &SdkError<PutItemError>) -> bool {
    error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception)
}

/// Reads a refused transaction: the first `entries` reasons are those of history entry and guard, or of a note; the next
/// is the state's.
pub(crate) fn interpret(
    error: SdkError<TransactWriteItemsError>,
    entries: usize,
) -> Result<Attempt, StoreError> {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
    else {
        let again = may_pass(&error);
        let error = refused("record an event", "event", error);
        return if again { Ok(Attempt::Again(error)) } else { Err(error) };
    };
    let reasons = cancelled.cancellation_reasons();
    if reasons.iter().take(entries).any(has_failed_condition) {
        return Ok(Attempt::Known);
    }
    if let Some(state) = reasons.get(entries).filter(|reason| has_failed_condition(reason)) {
        return Ok(Attempt::Overtaken(state.item.clone()));
    }
    let has = |code: &str| reasons.iter().any(|reason| reason.code() == Some(code));
    let (is_invalid, is_conflict) = (has("ValidationError"), has("TransactionConflict"));
    if is_invalid {
        return Err(rejected("event")(error));
    }
    let error = failed("record an event")(error);
    Ok(if is_conflict { Attempt::Conflict(error) } else { Attempt::Again(error) })
}

fn has_failed_condition(reason: &CancellationReason) -> bool {
    reason.code() == Some("ConditionalCheckFailed")
}
