//! The three writes that the outbox is made of.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;
use dispatch::{OutboxError, Written};

use super::TableOutbox;
use super::item::{VERSION, corrupt};
use crate::store::definition::{PK, SK};
use crate::store::item::{Item, key, number, text};
use crate::store::retry::{may_pass, pause};

/// Under which condition something is written; the values are those of its placeholders.
struct Condition {
    expression: String,
    values: Vec<(String, AttributeValue)>,
}

impl TableOutbox {
    /// Puts `item` where its version is still `version`; 0 where there is none. A repetition whose first answer was lost
    /// may then meet its own item: it is taken for a conflict, after which the caller reads again.
    pub(super) async fn put_versioned(
        &self,
        mut item: Item,
        version: &mut u64,
        operation: &'static str,
    ) -> Result<Written, OutboxError> {
        let next = version.saturating_add(1);
        item.insert(VERSION.to_owned(), number(next));
        let condition = if *version == 0 {
            Condition { expression: format!("attribute_not_exists({PK})"), values: Vec::new() }
        } else {
            let known = (":known".to_owned(), number(*version));
            Condition { expression: format!("{VERSION} = :known"), values: vec![known] }
        };
        let written = self.put_if(item, condition, operation).await?;
        if written == Written::Done {
            *version = next;
        }
        Ok(written)
    }

    /// Puts `item`, whatever is there.
    pub(super) async fn put(&self, item: Item, operation: &'static str) -> Result<(), OutboxError> {
        let always = Condition { expression: String::new(), values: Vec::new() };
        self.put_if(item, always, operation).await.map(drop)
    }

    /// Puts `item` where no newer revision of it is.
    pub(super) async fn put_unless_newer(
        &self,
        item: Item,
        revision: u64,
        operation: &'static str,
    ) -> Result<(), OutboxError> {
        let condition = Condition {
            expression: format!("attribute_not_exists({PK}) OR revision <= :revision"),
            values: vec![(":revision".to_owned(), number(revision))],
        };
        self.put_if(item, condition, operation).await.map(drop)
    }

    async fn put_if(
        &self,
        item: Item,
        condition: Condition,
        operation: &'static str,
    ) -> Result<Written, OutboxError> {
        let name = format!("{} {}", text(&item, PK).unwrap_or_default(), text(&item, SK).unwrap_or_default());
        let expression = Some(condition.expression).filter(|expression| !expression.is_empty());
        let put = self.table.client.put_item().table_name(&self.table.name).set_item(Some(item));
        let put = put.set_condition_expression(expression);
        let put = condition
            .values
            .into_iter()
            .fold(put, |put, (name, value)| put.expression_attribute_values(name, value));
        let mut attempt = 0;
        loop {
            match put.clone().send().await {
                Ok(_) => return Ok(Written::Done),
                Err(error) if is_refused(&error) => return Ok(Written::Conflict),
                Err(error) if may_pass(&error) => pause(attempt).await,
                Err(error) => return Err(refused(operation, name, error)),
            }
            attempt += 1;
        }
    }

    /// Deletes the item at `pk` and `sk`, where `revision` is still its revision, if one is named.
    pub(super) async fn delete(
        &self,
        (pk, sk): (String, String),
        revision: Option<u64>,
        operation: &'static str,
    ) -> Result<(), OutboxError> {
        let delete =
            self.table.client.delete_item().table_name(&self.table.name).set_key(Some(key(&pk, &sk)));
        let delete = match revision {
            Some(revision) => delete
                .condition_expression("revision = :revision")
                .expression_attribute_values(":revision", number(revision)),
            None => delete,
        };
        let mut attempt = 0;
        loop {
            match delete.clone().send().await {
                Ok(_) => return Ok(()),
                Err(error) if is_refused(&error) => return Ok(()),
                Err(error) if may_pass(&error) => pause(attempt).await,
                Err(error) => return Err(refused(operation, format!("{pk} {sk}"), error)),
            }
            attempt += 1;
        }
    }
}

/// Whether the condition did not hold.
fn is_refused<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.as_service_error().is_some_and(|error| error.code() == Some("ConditionalCheckFailedException"))
}

fn refused<E, R>(operation: &'static str, item: String, error: SdkError<E, R>) -> OutboxError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    if error.as_service_error().is_some_and(|error| error.code() == Some("ValidationException")) {
        return corrupt(item, &intake::chain(&error));
    }
    OutboxError::Unavailable { operation, source: Box::new(error) }
}
