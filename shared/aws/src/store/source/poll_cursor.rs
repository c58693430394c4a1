//! How far an account has been polled.

use alert::Source;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use intake::StoreError;
use jiff::Timestamp;
use jiff::tz::Offset;

use super::super::Table;
use super::super::item::{FORMAT, Item, VERSION, check_version, integer, key, number, source_pk, unreadable};
use super::super::record::failed;

const CURSOR: &str = "CURSOR";
/// Whole Unix seconds: they compare as numbers.
const WATERMARK: &str = "watermark";
const UTC_OFFSET: &str = "utc_offset";

/// How far an account has been polled, and by which clock it lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PollCursor {
    /// Everything that was sent before is recorded; a whole second. `None` before the first poll.
    pub watermark: Option<Timestamp>,
    /// The account's offset as it was last seen.
    pub utc_offset: Option<Offset>,
}

impl Table {
    /// How far `account` of `source` has been polled.
    pub async fn poll_cursor(&self, source: Source, account: &str) -> Result<PollCursor, StoreError> {
        let item = self.item(source_pk(source, account), CURSOR).await?.unwrap_or_default();
        Ok(PollCursor {
            // One that cannot be read is as if there was none: the poll begins with the usual dates, and writes it anew.
            watermark: self.readable(&item, whole_second).flatten(),
            utc_offset: integer::<i32>(&item, UTC_OFFSET).and_then(|secs| Offset::from_seconds(secs).ok()),
        })
    }

    /// Moves the cursor forward, never back: of two polls at once the one that got further stands.
    pub async fn advance_poll_cursor(
        &self,
        source: Source,
        account: &str,
        watermark: Timestamp,
        utc_offset: Option<Offset>,
    ) -> Result<(), StoreError> {
        let offset = utc_offset.map(|offset| number(offset.seconds()));
        let assigned = if offset.is_some() { ", utc_offset = :utc_offset" } else { "" };
        let mut update = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key(source_pk(source, account), CURSOR)))
            .update_expression(format!("SET {WATERMARK} = :watermark, {VERSION} = :version{assigned}"))
            .condition_expression(format!("attribute_not_exists({WATERMARK}) OR {WATERMARK} <= :watermark"))
            .expression_attribute_values(":version", number(FORMAT))
            .expression_attribute_values(":watermark", number(watermark.as_second()));
        if let Some(offset) = offset {
            update = update.expression_attribute_values(":utc_offset", offset);
        }
        match update.send().await {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(failed("move the cursor of a poll")(error)),
        }
    }
}

fn whole_second(item: &Item) -> Result<Option<Timestamp>, StoreError> {
    check_version(item, "cursor of a poll")?;
    let Some(value) = item.get(WATERMARK) else { return Ok(None) };
    let seconds = value.as_n().ok().and_then(|number| number.parse().ok());
    let seconds: i64 =
        seconds.ok_or("its watermark is no whole number").map_err(unreadable("cursor of a poll"))?;
    Timestamp::from_second(seconds).map(Some).map_err(unreadable("cursor of a poll"))
}
