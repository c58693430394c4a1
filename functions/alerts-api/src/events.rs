//! History: of one alert, and of all alerts and notices.

use std::collections::BTreeMap;

use alert::{AlertEvent, Transition};
use aws::{EventFilter, EventPage, HistoryEntry, Platform};
use axum::Json;
use axum::extract::{Path, State};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use normalize::Delivery;
use serde::Serialize;

use crate::alerts::parse;
use crate::failure::Failure;
use crate::parameters::Parameters;

/// A page of history.
#[derive(Serialize)]
pub(crate) struct Events {
    events: Vec<Event>,
    next_cursor: Option<String>,
}

/// An event, what it changed, and on request the delivery that brought it.
#[derive(Serialize)]
struct Event {
    #[serde(flatten)]
    said: AlertEvent,
    transition: Option<Transition>,
    received_at: Timestamp,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    raw: Option<Raw>,
}

/// A delivery as it came, less its credentials.
#[derive(Serialize)]
struct Raw {
    raw: Text,
    request: RequestHead,
}

/// The rest of a delivery.
#[derive(Serialize)]
pub(crate) struct RequestHead {
    method: String,
    query: String,
    content_type: Option<String>,
    headers: BTreeMap<String, String>,
}

/// A body: as text where it is UTF-8, else as an object that says so.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Text {
    Utf8(String),
    Binary { base64: String },
}

/// `GET /v1/alerts/{fingerprint}/events?raw=&limit=&cursor=`, newest first.
pub(crate) async fn of_alert(
    State(platform): State<Platform>,
    Path(fingerprint): Path<String>,
    parameters: Parameters,
) -> Result<Json<Events>, Failure> {
    let fingerprint = parse(&fingerprint)?;
    let page = platform.table.history(fingerprint, parameters.limit()?, parameters.cursor()?.as_ref()).await;
    answer(page.map_err(Failure::Store)?, &parameters)
}

/// `GET /v1/events?source=&signal=&raw=&limit=&cursor=`, newest first.
pub(crate) async fn list(
    State(platform): State<Platform>,
    parameters: Parameters,
) -> Result<Json<Events>, Failure> {
    let filter = EventFilter { sources: parameters.all("source")?, signals: parameters.all("signal")? };
    let page = platform.table.events(&filter, parameters.limit()?, parameters.cursor()?.as_ref()).await;
    answer(page.map_err(Failure::Store)?, &parameters)
}

fn answer(page: EventPage, parameters: &Parameters) -> Result<Json<Events>, Failure> {
    let shown = if parameters.one("raw")?.unwrap_or(false) { Event::with_raw } else { Event::without_raw };
    let events = page.entries.into_iter().map(shown).collect();
    Ok(Json(Events { events, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

impl Event {
    fn without_raw(entry: HistoryEntry) -> Self {
        let received_at = entry.delivery.received_at;
        Self { said: entry.event, transition: entry.transition, received_at, raw: None }
    }

    fn with_raw(mut entry: HistoryEntry) -> Self {
        let raw = Text::from(std::mem::take(&mut entry.delivery.body));
        let request = RequestHead::from(&entry.delivery);
        Self { raw: Some(Raw { raw, request }), ..Self::without_raw(entry) }
    }
}

impl From<&Delivery> for RequestHead {
    fn from(delivery: &Delivery) -> Self {
        Self {
            method: delivery.method.clone(),
            query: delivery.query.clone(),
            content_type: delivery.content_type.clone(),
            headers: delivery.headers.clone(),
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
