//! Deliveries that were not understood.

use alert::Source;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use intake::{Clock, QuarantineId, Quarantined, StoreError};
use jiff::ToSpan;

use super::definition::{EXPIRES_AT, PK, SK};
use super::item::{
    Item, day, is_expired, key, number, quarantine_pk, quarantine_sk, string, text, unreadable,
};
use super::read::oldest_day;
use super::record::{expiry, failed};
use super::retry::{may_pass, pause};
use super::{Cursor, Table, document};

/// One page of the quarantine, newest first.
#[derive(Debug)]
pub struct QuarantinePage {
    /// The deliveries.
    pub entries: Vec<Quarantined>,
    /// Where the next page begins; `None` if there is none.
    pub next: Option<Cursor>,
}

impl Table {
    /// Puts `quarantined`; the same delivery put twice is one entry.
    pub(crate) async fn put_quarantined(&self, quarantined: &Quarantined) -> Result<(), StoreError> {
        let item = self.quarantine_item(quarantined)?;
        let mut attempt = 0;
        loop {
            let put = self.client.put_item().table_name(&self.name).set_item(Some(item.clone()));
            match put.send().await {
                Ok(_) => return Ok(()),
                Err(error) if may_pass(&error) => pause(attempt).await,
                Err(error) => return Err(failed("put a delivery into quarantine")(error)),
            }
            attempt += 1;
        }
    }

    fn quarantine_item(&self, quarantined: &Quarantined) -> Result<Item, StoreError> {
        let id = quarantined.id;
        let blob = document::pack(None, &quarantined.delivery).map_err(unreadable("quarantined delivery"))?;
        let mut item = key(quarantine_pk(&day(id.received_at())), quarantine_sk(id));
        item.extend([
            ("id".to_owned(), string(id.to_string())),
            ("source".to_owned(), string(quarantined.source.as_str())),
            ("reason".to_owned(), string(&quarantined.reason)),
            ("message".to_owned(), string(&quarantined.message)),
            ("document".to_owned(), AttributeValue::B(blob)),
            (EXPIRES_AT.to_owned(), number(expiry(id.received_at(), self.quarantine))),
        ]);
        Ok(item)
    }

    /// The quarantined deliveries before `cursor`, newest first, `limit` at most.
    pub async fn quarantined(
        &self,
        limit: usize,
        cursor: Option<&Cursor>,
    ) -> Result<QuarantinePage, StoreError> {
        let now = self.clock.now();
        let oldest = oldest_day(now, self.quarantine);
        let mut entries = Vec::new();
        let today = jiff::tz::Offset::UTC.to_datetime(now).date();
        // A cursor is the reader's word: one of the year 9999 must not be walked back from day by day.
        let mut date = cursor.and_then(Cursor::date).map_or(today, |date| date.min(today));
        while date >= oldest && entries.len() <= limit {
            let items = self.day_of_quarantine(&date.to_string(), cursor, limit + 1 - entries.len()).await?;
            for item in items.iter().filter(|item| !is_expired(item, now)) {
                entries.push((text(item, SK).unwrap_or_default().to_owned(), to_quarantined(item)?));
            }
            let Ok(before) = date.checked_sub(1.day()) else {
                break;
            };
            date = before;
        }
        let has_more = entries.len() > limit;
        entries.truncate(limit);
        let next = entries.last().filter(|_| has_more).map(|(sort_key, _)| Cursor::after(sort_key));
        Ok(QuarantinePage { entries: entries.into_iter().map(|(_, entry)| entry).collect(), next })
    }

    async fn day_of_quarantine(
        &self,
        day: &str,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError> {
        let mut query = self
            .client
            .query()
            .table_name(&self.name)
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .key_condition_expression(format!("{PK} = :pk"))
            .expression_attribute_values(":pk", string(quarantine_pk(day)));
        if let Some(cursor) = cursor {
            query = query
                .key_condition_expression(format!("{PK} = :pk AND {SK} < :before"))
                .expression_attribute_values(":before", string(cursor.sort_key()));
        }
        Ok(query.send().await.map_err(failed("list the quarantine"))?.items.unwrap_or_default())
    }

    /// The quarantined delivery `id`.
    pub async fn quarantined_by(&self, id: QuarantineId) -> Result<Option<Quarantined>, StoreError> {
        let item = self.item(quarantine_pk(&day(id.received_at())), &quarantine_sk(id)).await?;
        let now = self.clock.now();
        item.as_ref().filter(|item| !is_expired(item, now)).map(to_quarantined).transpose()
    }

    /// Forgets the quarantined delivery `id`; `false` if there is none.
    pub async fn forget_quarantined(&self, id: QuarantineId) -> Result<bool, StoreError> {
        let forgotten = self
            .client
            .delete_item()
            .table_name(&self.name)
            .set_key(Some(key(quarantine_pk(&day(id.received_at())), quarantine_sk(id))))
            .return_values(ReturnValue::AllOld)
            .send()
            .await
            .map_err(failed("forget a quarantined delivery"))?;
        let now = self.clock.now();
        Ok(forgotten.attributes.is_some_and(|item| !is_expired(&item, now)))
    }
}

fn to_quarantined(item: &Item) -> Result<Quarantined, StoreError> {
    const WHAT: &str = "quarantined delivery";
    let field = |name: &str| text(item, name).unwrap_or_default();
    let blob = item.get("document").and_then(|value| value.as_b().ok()).ok_or("it has no document");
    Ok(Quarantined {
        id: field("id").parse().map_err(unreadable(WHAT))?,
        source: field("source").parse::<Source>().map_err(unreadable(WHAT))?,
        reason: field("reason").to_owned(),
        message: field("message").to_owned(),
        delivery: document::unpack(blob.map_err(unreadable(WHAT))?).map_err(unreadable(WHAT))?.delivery,
    })
}
