//! Requests that were not understood.

use alert::{Clock, Source};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use intake::{QuarantineId, Quarantined, StoreError};
use jiff::tz::Offset;

use super::days::DayIndex;
use super::definition::{BY_RECEPTION, EXPIRES_AT, PK, SK};
use super::item::{
    Item, check_version, day, is_expired, key, new_item, number, quarantine_pk, quarantine_sk,
    quarantined_partition, rejected, string, text, unreadable,
};
use super::page::{Page, PageSize, Weighed};
use super::record::{expiry, failed};
use super::{Cursor, Table, document};

/// One page of the quarantine, newest first.
#[derive(Debug)]
pub struct QuarantinePage {
    /// The requests.
    pub entries: Vec<Quarantined>,
    /// Where the next page begins; `None` if there is none.
    pub next: Option<Cursor>,
}

impl Table {
    /// Puts `quarantined`; the same request put twice is one entry.
    pub(crate) async fn put_quarantined(&self, quarantined: &Quarantined) -> Result<(), StoreError> {
        let item = self.quarantine_item(quarantined)?;
        self.index_day(DayIndex::Quarantine, quarantined.id.received_at()).await?;
        self.put(&item, "put a request into quarantine", "quarantined request").await
    }

    fn quarantine_item(&self, quarantined: &Quarantined) -> Result<Item, StoreError> {
        let id = quarantined.id;
        let blob = document::pack(quarantined.source, None, &quarantined.inbound)
            .map_err(rejected("quarantined request"))?;
        let day = day(id.received_at());
        let quarantined_partition = quarantined_partition(quarantined.source, &day);
        let mut item = new_item(quarantine_pk(&day), quarantine_sk(id));
        item.extend([
            ("id".to_owned(), string(id.to_string())),
            ("source".to_owned(), string(quarantined.source.as_str())),
            ("reason".to_owned(), string(&quarantined.reason)),
            ("message".to_owned(), string(&quarantined.message)),
            ("document".to_owned(), AttributeValue::B(blob)),
            (BY_RECEPTION.partition_key.to_owned(), string(quarantined_partition)),
            (BY_RECEPTION.sort_key.to_owned(), string(quarantine_sk(id))),
            (EXPIRES_AT.to_owned(), number(expiry(id.received_at(), self.quarantine))),
        ]);
        Ok(item)
    }

    /// The quarantined requests before `cursor`, newest first, as many as `size` says.
    pub async fn quarantined(
        &self,
        size: PageSize,
        cursor: Option<&Cursor>,
    ) -> Result<QuarantinePage, StoreError> {
        let now = self.clock.now();
        let newest = cursor.and_then(Cursor::date).unwrap_or_else(|| Offset::UTC.to_datetime(now).date());
        let mut page = Page::of(size);
        for date in self.days_of(DayIndex::Quarantine, newest, now).await? {
            if page.is_done() {
                break;
            }
            for item in self.day_of_quarantine(&date.to_string(), cursor, page.step()).await? {
                let place = text(&item, SK).unwrap_or_default().to_owned();
                page.extend(self.readable(&item, to_quarantined).map(|entry| (place, entry)));
            }
        }
        let (entries, next) = page.cut();
        Ok(QuarantinePage { entries, next })
    }

    async fn day_of_quarantine(
        &self,
        day: &str,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<Item>, StoreError> {
        let mut query = self.partition(quarantine_pk(day)).scan_index_forward(false);
        if let Some(cursor) = cursor {
            query = query
                .key_condition_expression(format!("{PK} = :pk AND {SK} < :before"))
                .expression_attribute_values(":before", string(cursor.sort_key()));
        }
        self.read_up_to(limit, query, "list the quarantine").await
    }

    /// The quarantined request `id`.
    pub async fn quarantined_by(&self, id: QuarantineId) -> Result<Option<Quarantined>, StoreError> {
        let item = self.item(quarantine_pk(&day(id.received_at())), &quarantine_sk(id)).await?;
        let now = self.clock.now();
        item.as_ref().filter(|item| !is_expired(item, now)).map(to_quarantined).transpose()
    }

    /// Forgets the quarantined request `id`; `false` if there is none.
    pub async fn forget_quarantined(&self, id: QuarantineId) -> Result<bool, StoreError> {
        let forgotten = self
            .client
            .delete_item()
            .table_name(&self.name)
            .set_key(Some(key(quarantine_pk(&day(id.received_at())), quarantine_sk(id))))
            .return_values(ReturnValue::AllOld)
            .send()
            .await
            .map_err(failed("forget a quarantined request"))?;
        let now = self.clock.now();
        Ok(forgotten.attributes.is_some_and(|item| !is_expired(&item, now)))
    }
}

impl Weighed for Quarantined {
    /// Lists show no bodies: they are in the view of one.
    fn bytes(&self, _: bool) -> usize {
        let head = [&self.reason, &self.message, &self.inbound.query].map(String::len);
        let headers = self.inbound.headers.iter().map(|(name, value)| name.len() + value.len());
        head.into_iter().chain(headers).sum::<usize>() + 256
    }
}

fn to_quarantined(item: &Item) -> Result<Quarantined, StoreError> {
    const WHAT: &str = "quarantined request";
    check_version(item, WHAT)?;
    let field = |name: &str| text(item, name).unwrap_or_default();
    let blob = item.get("document").and_then(|value| value.as_b().ok()).ok_or("it has no document");
    Ok(Quarantined {
        id: field("id").parse().map_err(unreadable(WHAT))?,
        source: field("source").parse::<Source>().map_err(unreadable(WHAT))?,
        reason: field("reason").to_owned(),
        message: field("message").to_owned(),
        inbound: document::unpack(blob.map_err(unreadable(WHAT))?).map_err(unreadable(WHAT))?.inbound,
    })
}
