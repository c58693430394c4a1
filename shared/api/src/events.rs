//! History: of one alert, and of all alerts and notices.

use std::collections::BTreeMap;

use alert::{AlertEvent, EventId, Fingerprint, Signal, Source, Transition};
use aws::{Cursor, EventFilter, EventPage, HistoryEntry, PageSize, Platform};
use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use normalize::InboundRequest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::alerts::AlertPath;
use crate::extract::{Limit, Path, Query, Word, Words};
use crate::failure::Failure;
use crate::replayed::Replayed;

/// A page of history.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Events {
    events: Vec<Event>,
    next_cursor: Option<String>,
}

/// An event, what it changed, and on request the request that brought it.
#[derive(Serialize, JsonSchema)]
struct Event {
    #[serde(flatten)]
    said: AlertEvent,
    transition: Option<Transition>,
    received_at: Timestamp,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    raw: Option<Raw>,
}

/// A request as it came, less its credentials.
#[derive(Serialize, JsonSchema)]
struct Raw {
    raw: Text,
    request: RequestHead,
}

/// The rest of a request.
#[derive(Serialize, JsonSchema)]
pub(crate) struct RequestHead {
    method: String,
    query: String,
    content_type: Option<String>,
    headers: BTreeMap<String, String>,
}

/// A body: as text where it is UTF-8, else as an object that says so.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Text {
    Utf8(String),
    Binary { base64: String },
}

/// An event of an alert in a path.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct EventPath {
    /// Which alert: 32 hex digits.
    fingerprint: Fingerprint,
    /// Which event: 32 hex digits.
    event_id: EventId,
}

/// Which part of an alert's history to show.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct HistoryQuery {
    /// With the request that brought each event.
    #[serde(default)]
    raw: Word<bool>,
    /// How many events at most.
    #[serde(default)]
    limit: Word<Limit>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    #[schemars(with = "Word<String>")]
    cursor: Word<Cursor>,
}

/// Which events to list.
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct EventQuery {
    /// Any of these sources; all unless given.
    source: Words<Source>,
    /// Any of these signals; all unless given.
    signal: Words<Signal>,
    /// With the request that brought each event.
    raw: Word<bool>,
    /// How many events at most.
    limit: Word<Limit>,
    /// `next_cursor` of the page before.
    #[schemars(with = "Word<String>")]
    cursor: Word<Cursor>,
}

/// `GET /v1/alerts/{fingerprint}/events`, newest first.
pub(crate) async fn of_alert(
    State(platform): State<Platform>,
    Path(AlertPath { fingerprint }): Path<AlertPath>,
    Query(query): Query<HistoryQuery>,
) -> Result<Json<Events>, Failure> {
    let size = size(&query.limit, &query.raw);
    let page = platform.table.history(fingerprint, size, query.cursor.0.as_ref()).await;
    Ok(answer(page.map_err(Failure::from)?, &query.raw))
}

/// `GET /v1/events`, newest first.
pub(crate) async fn list(
    State(platform): State<Platform>,
    Query(query): Query<EventQuery>,
) -> Result<Json<Events>, Failure> {
    let filter = EventFilter { sources: query.source.0, signals: query.signal.0 };
    let page = platform.table.events(&filter, size(&query.limit, &query.raw), query.cursor.0.as_ref()).await;
    Ok(answer(page.map_err(Failure::from)?, &query.raw))
}

/// `POST /v1/alerts/{fingerprint}/events/{event_id}/replay`: reads the request that brought an event again.
pub(crate) async fn replay(
    State(platform): State<Platform>,
    Path(EventPath { fingerprint, event_id }): Path<EventPath>,
) -> Result<Json<Replayed>, Failure> {
    let entry = platform.table.history_entry(fingerprint, event_id).await.map_err(Failure::from)?;
    let entry = entry.ok_or_else(|| Failure::NotFound { what: "event", id: event_id.to_string() })?;
    let replayed = platform.replay(entry.event.source, &entry.inbound).await.map_err(Failure::Replay)?;
    Ok(Json(replayed.into()))
}

fn size(limit: &Word<Limit>, raw: &Word<bool>) -> PageSize {
    PageSize { items: limit.items(), with_bodies: raw.0 == Some(true) }
}

fn answer(page: EventPage, raw: &Word<bool>) -> Json<Events> {
    let shown = if raw.0 == Some(true) { Event::with_raw } else { Event::without_raw };
    let events = page.entries.into_iter().map(shown).collect();
    Json(Events { events, next_cursor: page.next.map(|cursor| cursor.to_string()) })
}

impl Event {
    fn without_raw(entry: HistoryEntry) -> Self {
        let received_at = entry.inbound.received_at;
        Self { said: entry.event, transition: entry.transition, received_at, raw: None }
    }

    fn with_raw(mut entry: HistoryEntry) -> Self {
        let raw = Text::from(std::mem::take(&mut entry.inbound.body));
        let request = RequestHead::from(&entry.inbound);
        Self { raw: Some(Raw { raw, request }), ..Self::without_raw(entry) }
    }
}

impl From<&InboundRequest> for RequestHead {
    fn from(inbound: &InboundRequest) -> Self {
        Self {
            method: inbound.method.clone(),
            query: inbound.query.clone(),
            content_type: inbound.content_type.clone(),
            headers: inbound.headers.clone(),
        }
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::Utf8(text),
            Err(error) => Self::Binary { base64: STANDARD.encode(error.into_bytes()) },
        }
    }
}
