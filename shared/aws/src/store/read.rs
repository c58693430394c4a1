//! Reading single items and batches of them.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use alert::{Alert, AlertEvent, Clock, Fingerprint, Silence, Transition, silenced};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use futures::future::try_join;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use intake::{Entry, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use normalize::InboundRequest;

use super::definition::{PK, SK};
use super::history_key::HistoryKey;
use super::item::{
    Item, STATE, alert_pk, check_version, is_expired, key, string, text, to_alert, unreadable,
};
use super::page::{Weighed, body_bytes, json_bytes};
use super::record::failed;
use super::retry::{may_pass, pause};
use super::{Table, document};

/// Most keys of one BatchGetItem.
const BATCH: usize = 100;
/// How many batches are read at a time.
const BATCHES_AT_A_TIME: usize = 4;

/// An event as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// What was said.
    pub event: AlertEvent,
    /// What it changed; `None` for a notice.
    pub transition: Option<Transition>,
    /// The request that brought it, with its raw body.
    pub inbound: InboundRequest,
}

impl Weighed for HistoryEntry {
    fn bytes(&self, with_bodies: bool) -> usize {
        let body = if with_bodies { body_bytes(&self.inbound.body) } else { 0 };
        json_bytes(&self.event) + body
    }
}

impl Weighed for Alert {
    fn bytes(&self, _: bool) -> usize {
        json_bytes(self)
    }
}

impl Table {
    /// The alert with `fingerprint`, if there is one, as it is handled now.
    pub async fn alert(&self, fingerprint: Fingerprint) -> Result<Option<Alert>, StoreError> {
        let (item, silences) = try_join(self.item(alert_pk(fingerprint), STATE), self.silences()).await?;
        let now = self.clock.now();
        let alert = item.as_ref().filter(|item| !is_expired(item, now)).map(to_alert).transpose()?;
        Ok(alert.map(|alert| self.as_of(alert, &silences, now)))
    }

    /// `alert` as it is at `now`: silence and expiry act by the clock, whatever is stored.
    pub(crate) fn as_of(&self, alert: Alert, silences: &[Silence], now: Timestamp) -> Alert {
        silenced(self.expiry.applied(alert, now), silences, now)
    }

    /// Whether `event`, which `inbound` says, is recorded. Nothing is counted of it.
    pub async fn is_recorded(&self, event: AlertEvent, inbound: &InboundRequest) -> Result<bool, StoreError> {
        let event = event.bounded().received(inbound.received_at).event;
        let key = HistoryKey::of(Entry { event: &event, inbound });
        Ok(self.item(alert_pk(event.fingerprint), &key.entry).await?.is_some())
    }

    /// Opens the connection, by asking for an item that is never there. Whether that works is the next call's business.
    pub(crate) async fn touch(&self) {
        let get = self.client.get_item().table_name(&self.name).set_key(Some(key("NOTHING", "NOTHING")));
        drop(get.send().await);
    }

    /// The alerts among `fingerprints` that there are.
    pub async fn alerts_of(
        &self,
        fingerprints: impl IntoIterator<Item = Fingerprint>,
    ) -> Result<HashMap<Fingerprint, Alert>, StoreError> {
        let keys: Vec<_> =
            fingerprints.into_iter().map(|fingerprint| (alert_pk(fingerprint), STATE.to_owned())).collect();
        let items = self.items(&keys).await?;
        let now = self.clock.now();
        let alerts = items.iter().filter(|item| !is_expired(item, now));
        let alerts = alerts.filter_map(|item| self.readable(item, to_alert));
        Ok(alerts.map(|alert| (alert.fingerprint, alert)).collect())
    }

    /// One item, as of now.
    pub(crate) async fn item(&self, pk: String, sk: &str) -> Result<Option<Item>, StoreError> {
        let mut attempt = 0;
        loop {
            let get = self.client.get_item().table_name(&self.name).set_key(Some(key(&pk, sk)));
            match get.consistent_read(true).send().await {
                Ok(output) => return Ok(output.item),
                Err(error) if may_pass(&error) => pause(attempt).await,
                Err(error) => return Err(failed("read the table")(error)),
            }
            attempt += 1;
        }
    }

    /// A query of all items of one partition, as of now.
    pub(crate) fn partition(&self, pk: impl Into<String>) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .key_condition_expression(format!("{PK} = :pk"))
            .expression_attribute_values(":pk", string(pk))
    }

    /// All items that `query` finds, those that are due to expire left out.
    pub(crate) async fn read_all(
        &self,
        query: QueryFluentBuilder,
        operation: &'static str,
    ) -> Result<Vec<Item>, StoreError> {
        self.read_up_to(usize::MAX, query, operation).await
    }

    /// The same, but the first `most` of them.
    pub(crate) async fn read_up_to(
        &self,
        most: usize,
        query: QueryFluentBuilder,
        operation: &'static str,
    ) -> Result<Vec<Item>, StoreError> {
        let now = self.clock.now();
        let query = query.limit(i32::try_from(most).unwrap_or(i32::MAX));
        let mut pages = query.into_paginator().send();
        let mut items = Vec::new();
        while items.len() < most {
            let Some(page) = pages.next().await else {
                break;
            };
            let page = page.map_err(failed(operation))?.items.unwrap_or_default();
            items.extend(page.into_iter().filter(|item| !is_expired(item, now)));
        }
        items.truncate(most);
        Ok(items)
    }

    /// All items that `query` finds, those that are due to expire among them.
    pub(crate) async fn read_with_expired(
        &self,
        query: QueryFluentBuilder,
        operation: &'static str,
    ) -> Result<Vec<Item>, StoreError> {
        let mut pages = query.into_paginator().send();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            items.extend(page.map_err(failed(operation))?.items.unwrap_or_default());
        }
        Ok(items)
    }

    /// The items with `keys` that exist, in their order, each once: an index that lags may name an item twice, and DynamoDB
    /// refuses a batch that does.
    pub(crate) async fn items(&self, keys: &[(String, String)]) -> Result<Vec<Item>, StoreError> {
        self.items_of(keys, None, true).await
    }

    /// The same as of a moment ago, for half the price.
    pub(crate) async fn items_soon(&self, keys: &[(String, String)]) -> Result<Vec<Item>, StoreError> {
        self.items_of(keys, None, false).await
    }

    /// The same, of each item its key alone.
    pub(crate) async fn keys_of(&self, keys: &[(String, String)]) -> Result<Vec<Item>, StoreError> {
        self.items_of(keys, Some(format!("{PK}, {SK}")), true).await
    }

    async fn items_of(
        &self,
        keys: &[(String, String)],
        attributes: Option<String>,
        is_consistent: bool,
    ) -> Result<Vec<Item>, StoreError> {
        let mut asked = HashSet::new();
        let once: Vec<_> = keys.iter().filter(|key| asked.insert(*key)).cloned().collect();
        let batches =
            once.chunks(BATCH).map(|keys| self.batch(keys, attributes.clone(), is_consistent).boxed());
        let batches: Vec<_> = batches.collect();
        let batches: Vec<_> = stream::iter(batches).buffer_unordered(BATCHES_AT_A_TIME).try_collect().await?;
        let mut found: HashMap<(String, String), Item> = batches.into_iter().flatten().collect();
        Ok(keys.iter().filter_map(|key| found.remove(key)).collect())
    }

    async fn batch(
        &self,
        keys: &[(String, String)],
        attributes: Option<String>,
        is_consistent: bool,
    ) -> Result<HashMap<(String, String), Item>, StoreError> {
        let mut wanted: Vec<Item> = keys.iter().map(|(pk, sk)| key(pk, sk)).collect();
        let mut found = HashMap::new();
        let mut attempt = 0;
        while !wanted.is_empty() {
            let request = KeysAndAttributes::builder()
                .set_keys(Some(wanted))
                .set_projection_expression(attributes.clone())
                .consistent_read(is_consistent);
            let request = request.build().map_err(unreadable("keys"))?;
            let answer = self.client.batch_get_item().request_items(&self.name, request).send().await;
            let answer = answer.map_err(failed("read a batch of items"))?;
            let items = answer.responses.and_then(|mut tables| tables.remove(&self.name)).unwrap_or_default();
            found.extend(items.into_iter().filter_map(|item| Some((key_of(&item)?, item))));
            let unprocessed = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&self.name));
            wanted = unprocessed.map(|keys| keys.keys).unwrap_or_default();
            if !wanted.is_empty() {
                pause(attempt).await;
                attempt += 1;
            }
        }
        Ok(found)
    }
}

/// The first UTC day of which something kept for `kept_for` may be left.
pub(crate) fn oldest_day(now: Timestamp, kept_for: Duration) -> Date {
    let oldest = now.checked_sub(kept_for).unwrap_or(Timestamp::UNIX_EPOCH);
    Offset::UTC.to_datetime(oldest).date()
}

fn key_of(item: &Item) -> Option<(String, String)> {
    Some((text(item, PK)?.to_owned(), text(item, SK)?.to_owned()))
}

/// The history entry that an item holds.
pub(crate) fn to_history_entry(item: &Item) -> Result<HistoryEntry, StoreError> {
    const WHAT: &str = "history entry";
    check_version(item, WHAT)?;
    let blob = item.get("document").and_then(|value| value.as_b().ok()).ok_or("it has no document");
    let document = document::unpack(blob.map_err(unreadable(WHAT))?).map_err(unreadable(WHAT))?;
    let event = document.event.ok_or("it has no event").map_err(unreadable(WHAT))?;
    let transition = item.get("transition").cloned();
    let transition =
        transition.map(serde_dynamo::from_attribute_value).transpose().map_err(unreadable(WHAT))?;
    Ok(HistoryEntry { event, transition, inbound: document.inbound })
}
