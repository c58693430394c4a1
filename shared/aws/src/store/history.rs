//! The history of one alert: its partition's entries, which their sort keys order by the source's time.
//!
//! Entries of the first format are named by their event id alone, and keep their time beside it. They are older than all
//! others, so that they are read when those are at an end.

use alert::{Clock, EventId, Fingerprint};
use intake::{Entry, StoreError};

use super::definition::{PK, SK};
use super::history_key::{first_format, place};
use super::item::{EVENT, Item, alert_pk, is_expired, string, text};
use super::listing::EventPage;
use super::page::{Page, PageSize};
use super::read::{HistoryEntry, to_history_entry};
use super::record::failed;
use super::{Cursor, Table};

/// The attribute by which the first format ordered its entries: time and event id, as in the present sort key.
const FIRST_FORMAT_PLACE: &str = "occurred_key";
/// What a cursor ends with that lies among the entries of the first format.
const FIRST_FORMAT_MARK: &str = "#first-format";
/// How many entries are read at a time at least.
const FEWEST: usize = 10;

/// Where a page of history begins.
enum From<'a> {
    /// At the newest.
    Start,
    /// Behind an entry.
    Behind(&'a str),
    /// Behind an entry of the first format.
    BehindFirstFormat(&'a str),
}

impl<'a> From<'a> {
    fn of(cursor: Option<&'a Cursor>) -> Self {
        match cursor.map(Cursor::sort_key) {
            None => Self::Start,
            Some(place) => {
                place.strip_suffix(FIRST_FORMAT_MARK).map_or(Self::Behind(place), Self::BehindFirstFormat)
            }
        }
    }
}

impl Table {
    /// The history of one alert behind `cursor`, by the source's time, newest first.
    pub async fn history(
        &self,
        fingerprint: Fingerprint,
        size: PageSize,
        cursor: Option<&Cursor>,
    ) -> Result<EventPage, StoreError> {
        let mut page = Page::of(size);
        let from = From::of(cursor);
        if let From::BehindFirstFormat(place) = from {
            self.first_format_history(fingerprint, Some(place), &mut page).await?;
            return Ok(EventPage::of(page));
        }
        let before = if let From::Behind(place) = from { Some(place) } else { None };
        let saw_first_format = self.present_history(fingerprint, before, &mut page).await?;
        // What pages before have passed over is not known here.
        if !page.is_done() && (saw_first_format || before.is_some()) {
            self.first_format_history(fingerprint, None, &mut page).await?;
        }
        Ok(EventPage::of(page))
    }

    /// Fills `page` with entries of the present format; whether there were others, too.
    async fn present_history(
        &self,
        fingerprint: Fingerprint,
        before: Option<&str>,
        page: &mut Page<HistoryEntry>,
    ) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let mut saw_first_format = false;
        let mut start = None;
        loop {
            let query = self
                .partition(alert_pk(fingerprint))
                .scan_index_forward(false)
                .key_condition_expression(format!("{PK} = :pk AND {SK} BETWEEN :from AND :to"))
                .expression_attribute_values(":from", string(EVENT))
                .expression_attribute_values(
                    ":to",
                    string(before.map_or_else(last, |before| format!("{EVENT}{before}"))),
                )
                .limit(i32::try_from(page.step().max(FEWEST)).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start);
            let answer = query.send().await.map_err(failed("read the history of an alert"))?;
            for item in answer.items.unwrap_or_default() {
                let Some(place) = text(&item, SK).and_then(place).map(str::to_owned) else {
                    saw_first_format = true;
                    continue;
                };
                if before != Some(&place) && !is_expired(&item, now) {
                    page.extend(self.readable(&item, to_history_entry).map(|entry| (place, entry)));
                }
            }
            start = answer.last_evaluated_key;
            if page.is_done() || start.is_none() {
                return Ok(saw_first_format);
            }
        }
    }

    /// Fills `page` with entries of the first format, which have to be read all.
    async fn first_format_history(
        &self,
        fingerprint: Fingerprint,
        before: Option<&str>,
        page: &mut Page<HistoryEntry>,
    ) -> Result<(), StoreError> {
        let query = self
            .partition(alert_pk(fingerprint))
            .filter_expression(format!("attribute_exists({FIRST_FORMAT_PLACE})"));
        let mut items = self.read_all(query, "read the older history of an alert").await?;
        items.sort_by(|a, b| text(b, FIRST_FORMAT_PLACE).cmp(&text(a, FIRST_FORMAT_PLACE)));
        for item in items {
            let Some(place) = text(&item, FIRST_FORMAT_PLACE) else { continue };
            if before.is_none_or(|before| place < before) {
                let place = format!("{place}{FIRST_FORMAT_MARK}");
                page.extend(self.readable(&item, to_history_entry).map(|entry| (place, entry)));
            }
            if page.is_done() {
                break;
            }
        }
        Ok(())
    }

    /// The history entry `event_id` of the alert, or notices, with `fingerprint`. Its time is not known, so that the keys of
    /// the alert's history are read for it: for a person who asks, not for every request.
    pub async fn history_entry(
        &self,
        fingerprint: Fingerprint,
        event_id: EventId,
    ) -> Result<Option<HistoryEntry>, StoreError> {
        let pk = alert_pk(fingerprint);
        let Some(sort_key) = self.sort_key_of(fingerprint, &event_id.to_string()).await? else {
            return Ok(None);
        };
        let item = self.item(pk, &sort_key).await?;
        let now = self.clock.now();
        item.as_ref().filter(|item| !is_expired(item, now)).map(to_history_entry).transpose()
    }

    async fn sort_key_of(&self, fingerprint: Fingerprint, id: &str) -> Result<Option<String>, StoreError> {
        let query = self
            .partition(alert_pk(fingerprint))
            .key_condition_expression(format!("{PK} = :pk AND begins_with({SK}, :event)"))
            .expression_attribute_values(":event", string(EVENT))
            .projection_expression(SK);
        let mut pages = query.into_paginator().send();
        while let Some(page) = pages.next().await {
            let items = page.map_err(failed("look for an event"))?.items.unwrap_or_default();
            let found = items
                .iter()
                .filter_map(|item: &Item| text(item, SK))
                .find(|sort_key| sort_key.rsplit('#').next().is_some_and(|event_id| event_id == id));
            if let Some(sort_key) = found {
                return Ok(Some(sort_key.to_owned()));
            }
        }
        Ok(None)
    }

    /// Whether the first format has an entry of this event.
    pub(super) async fn is_in_first_format(&self, entry: Entry<'_>) -> Result<bool, StoreError> {
        let (pk, sk) = first_format(entry);
        Ok(self.item(pk, &sk).await?.is_some())
    }
}

/// A sort key behind those of all history entries.
fn last() -> String {
    // `$` is what follows `#`.
    EVENT.replace('#', "$")
}
