//! What destinations were told, and what they are still to be told.

use alert::{Fingerprint, Severity};
use aws::{Cursor, Delivery, DeliveryFilter, DeliveryId, DeliveryState, Platform, SystemClock};
use axum::Json;
use axum::extract::State;
use intake::Clock;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::extract::{Limit, Path, Query, Word, Words};
use crate::failure::Failure;

/// A page of deliveries.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Deliveries {
    deliveries: Vec<Entry>,
    /// Where the next page begins; null at the end.
    next_cursor: Option<String>,
}

/// One message for one destination.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Entry {
    /// Its name: fingerprint, revision and destination.
    id: String,
    /// The alert.
    fingerprint: Fingerprint,
    /// The revision of the alert that is told.
    revision: u64,
    /// Whom it is told.
    destination: String,
    /// `waiting`, `sent`, `failed` (the destination will never take it) or `dead` (tried for a day in vain).
    #[schemars(with = "String")]
    state: DeliveryState,
    /// What it tells of, such as `opened` or `resolved`.
    transition: String,
    title: String,
    severity: Severity,
    created_at: Timestamp,
    /// Attempts that came to an end.
    attempts: u32,
    first_attempt_at: Option<Timestamp>,
    /// When it is due.
    next_attempt_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    /// Why the latest attempt did not succeed.
    reason: Option<String>,
    /// The destination's own name for what it made of the message.
    receipt: Option<String>,
}

/// Which deliveries to list.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(default)]
pub(crate) struct DeliveryQuery {
    /// Any of `waiting`, `sent`, `failed`, `dead`; all unless given.
    #[schemars(with = "Words<String>")]
    state: Words<DeliveryState>,
    /// To this destination.
    destination: Word<String>,
    /// Of this alert.
    fingerprint: Word<Fingerprint>,
    /// How many deliveries at most.
    limit: Word<Limit>,
    /// `next_cursor` of the page before.
    #[schemars(with = "Word<String>")]
    cursor: Word<Cursor>,
}

/// A delivery in a path.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct DeliveryPath {
    /// Which delivery: `<fingerprint>-<revision>-<destination>`.
    #[schemars(regex(pattern = "^[0-9a-f]{32}-(0|[1-9][0-9]{0,17})-[0-9a-z-]+$"))]
    id: String,
}

/// `GET /v1/deliveries`, newest first.
pub(crate) async fn list(
    State(platform): State<Platform>,
    Query(query): Query<DeliveryQuery>,
) -> Result<Json<Deliveries>, Failure> {
    let limit = query.limit.items();
    let filter = DeliveryFilter {
        states: query.state.0,
        destination: query.destination.0,
        fingerprint: query.fingerprint.0,
    };
    let page = platform.table.deliveries(&filter, limit, query.cursor.0.as_ref()).await;
    let page = page.map_err(Failure::Store)?;
    Ok(Json(Deliveries {
        deliveries: page.deliveries.into_iter().map(Entry::from).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }))
}

/// `POST /v1/deliveries/{id}/retry`: the message is due now, whatever became of it, and its destination is resumed.
pub(crate) async fn retry(
    State(platform): State<Platform>,
    Path(DeliveryPath { id }): Path<DeliveryPath>,
) -> Result<Json<Entry>, Failure> {
    let parsed = id.parse::<DeliveryId>().map_err(|error| Failure::BadRequest(format!("id: {error}")))?;
    let delivery = platform.table.retry_delivery(&parsed, SystemClock.now()).await.map_err(Failure::Store)?;
    delivery.map(|delivery| Json(Entry::from(delivery))).ok_or(Failure::NotFound { what: "delivery", id })
}

impl From<Delivery> for Entry {
    fn from(delivery: Delivery) -> Self {
        let Delivery { id, message, record } = delivery;
        Self {
            id: id.to_string(),
            fingerprint: id.fingerprint,
            revision: id.revision,
            destination: id.destination,
            state: record.state,
            transition: record.kind.to_string(),
            title: message.alert.title,
            severity: message.alert.severity,
            created_at: record.created_at,
            attempts: record.attempts,
            first_attempt_at: record.first_attempt_at,
            next_attempt_at: record.next_attempt_at,
            finished_at: record.finished_at,
            reason: record.reason,
            receipt: record.receipt,
        }
    }
}
