//! Lists of deliveries, newest first.

use std::collections::BTreeSet;

use alert::Fingerprint;
use intake::{Clock, StoreError};
use jiff::tz::Offset;

use super::delivery::{DELIVERY, Delivery, DeliveryId, DeliveryState, created_shard, given_up_shard, shards};
use crate::store::days::Journal;
use crate::store::definition::{BY_CONDITION, BY_RECEPTION, PK, SK};
use crate::store::item::{alert_pk, is_at, is_expired, string};
use crate::store::listing::keys;
use crate::store::merge::{Entry, Merge, Span};
use crate::store::page::{Page, PageSize, Weighed};
use crate::store::{Cursor, Table};

/// Which deliveries to list; empty and `None` mean all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeliveryFilter {
    /// Any of these states.
    pub states: Vec<DeliveryState>,
    /// To this destination.
    pub destination: Option<String>,
    /// Of this alert.
    pub fingerprint: Option<Fingerprint>,
}

/// One page of deliveries, newest first.
#[derive(Debug)]
pub struct DeliveryPage {
    /// The deliveries.
    pub deliveries: Vec<Delivery>,
    /// Where the next page begins; `None` if there is none.
    pub next: Option<Cursor>,
}

impl DeliveryFilter {
    fn admits(&self, delivery: &Delivery) -> bool {
        (self.states.is_empty() || self.states.contains(&delivery.record.state))
            && self.destination.as_ref().is_none_or(|id| *id == delivery.id.destination)
    }

    fn is_about_given_up(&self) -> bool {
        let given_up = |state: &DeliveryState| matches!(state, DeliveryState::Failed | DeliveryState::Dead);
        !self.states.is_empty() && self.states.iter().all(given_up)
    }
}

impl Weighed for Delivery {
    /// A list shows no bodies.
    fn bytes(&self, _: bool) -> usize {
        0
    }
}

impl Table {
    /// The deliveries behind `cursor` that `filter` admits, `limit` at most. What was given up is found in an index of
    /// its own; other lists read the deliveries of one alert, or of all by day.
    pub async fn deliveries(
        &self,
        filter: &DeliveryFilter,
        limit: usize,
        cursor: Option<&Cursor>,
    ) -> Result<DeliveryPage, StoreError> {
        let mut page = Page::of(PageSize::items(limit));
        match filter.fingerprint {
            Some(fingerprint) => self.of_alert(fingerprint, filter, cursor, &mut page).await?,
            None if filter.is_about_given_up() => self.given_up(filter, cursor, &mut page).await?,
            None => self.by_day(filter, cursor, &mut page).await?,
        }
        let (deliveries, next) = page.cut();
        Ok(DeliveryPage { deliveries, next })
    }

    /// Those of one alert, by revision, which is the order in which they were made.
    async fn of_alert(
        &self,
        fingerprint: Fingerprint,
        filter: &DeliveryFilter,
        cursor: Option<&Cursor>,
        page: &mut Page<Delivery>,
    ) -> Result<(), StoreError> {
        // `$` sorts directly behind `#`, with which what is looked for ends.
        let all = DELIVERY.replace('#', "$");
        let mut before = cursor.and_then(DeliveryId::of_cursor).map_or(all, |id| id.sort_key());
        while !page.is_done() {
            let query = self
                .partition(alert_pk(fingerprint))
                .scan_index_forward(false)
                .key_condition_expression(format!("{PK} = :pk AND {SK} BETWEEN :first AND :before"))
                .expression_attribute_values(":first", string(DELIVERY))
                .expression_attribute_values(":before", string(&before));
            // Both ends are found: the last one of the page before is read once more.
            let items = self.read_up_to(page.step() + 1, query, "read deliveries").await?;
            let deliveries = items.iter().map(Delivery::of).collect::<Result<Vec<_>, _>>()?;
            let behind = deliveries.into_iter().filter(|delivery| delivery.id.sort_key() != before);
            let behind: Vec<_> = behind.map(|delivery| (delivery.created_key(), delivery)).collect();
            let Some((last, delivery)) = behind.last() else { break };
            let (last, examined) = (last.clone(), behind.len());
            before = delivery.id.sort_key();
            page.extend(behind.into_iter().filter(|(_, delivery)| filter.admits(delivery)));
            page.examined(examined, &last);
        }
        Ok(())
    }

    async fn given_up(
        &self,
        filter: &DeliveryFilter,
        cursor: Option<&Cursor>,
        page: &mut Page<Delivery>,
    ) -> Result<(), StoreError> {
        let states: BTreeSet<_> = filter.states.iter().copied().collect();
        let partitions = states.into_iter().flat_map(|state| shards(|shard| given_up_shard(state, shard)));
        let merge = Merge::new(self, BY_CONDITION, Span::behind(cursor), partitions);
        self.fill(merge, filter, page).await
    }

    async fn by_day(
        &self,
        filter: &DeliveryFilter,
        cursor: Option<&Cursor>,
        page: &mut Page<Delivery>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let newest = cursor.and_then(Cursor::date).unwrap_or_else(|| Offset::UTC.to_datetime(now).date());
        for date in self.days_of(Journal::Deliveries, newest, now).await? {
            if page.is_done() {
                break;
            }
            let day = date.to_string();
            let partitions = shards(|shard| created_shard(&day, shard));
            let merge = Merge::new(self, BY_RECEPTION, Span::behind(cursor), partitions);
            self.fill(merge, filter, page).await?;
        }
        Ok(())
    }

    async fn fill(
        &self,
        mut merge: Merge<'_>,
        filter: &DeliveryFilter,
        page: &mut Page<Delivery>,
    ) -> Result<(), StoreError> {
        while !page.is_done() {
            let entries = merge.next(page.step()).await?;
            let Some(last) = entries.last() else {
                break;
            };
            let admitted = self.admitted_deliveries(filter, &entries).await?;
            page.extend(admitted);
            page.examined(entries.len(), &last.sort_key);
        }
        Ok(())
    }

    async fn admitted_deliveries(
        &self,
        filter: &DeliveryFilter,
        entries: &[Entry],
    ) -> Result<Vec<(String, Delivery)>, StoreError> {
        let now = self.clock.now();
        let items = self.items(&keys(entries)).await?;
        let mut admitted = Vec::with_capacity(items.len());
        for item in items.iter().filter(|item| !is_expired(item, now)) {
            let delivery = Delivery::of(item)?;
            let place = entries.iter().find(|place| is_at(item, &place.key));
            if let Some(place) = place.filter(|_| filter.admits(&delivery)) {
                admitted.push((place.sort_key.clone(), delivery));
            }
        }
        Ok(admitted)
    }
}
