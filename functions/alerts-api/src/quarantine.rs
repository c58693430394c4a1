//! Deliveries that were not understood.

use alert::Source;
use aws::{Cursor, Platform};
use axum::Json;
use axum::extract::State;
use intake::{QuarantineId, Quarantined};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::events::{RequestHead, Text};
use crate::extract::{Limit, Query, Word};
use crate::failure::Failure;

/// A page of the quarantine.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Quarantine {
    quarantine: Vec<Entry>,
    next_cursor: Option<String>,
}

/// One delivery, with the reason why it was not understood.
#[derive(Serialize, JsonSchema)]
struct Entry {
    #[schemars(with = "String")]
    id: QuarantineId,
    source: Source,
    reason: String,
    message: String,
    received_at: Timestamp,
    #[serde(flatten)]
    request: RequestHead,
    body: Text,
}

/// Which part of the quarantine to show.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct QuarantineQuery {
    /// How many deliveries at most.
    #[serde(default)]
    limit: Word<Limit>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    #[schemars(with = "Word<String>")]
    cursor: Word<Cursor>,
}

/// `GET /v1/quarantine`, newest first.
pub(crate) async fn list(
    State(platform): State<Platform>,
    Query(query): Query<QuarantineQuery>,
) -> Result<Json<Quarantine>, Failure> {
    let page = platform.table.quarantined(query.limit.items(), query.cursor.0.as_ref()).await;
    let page = page.map_err(Failure::Store)?;
    Ok(Json(Quarantine {
        quarantine: page.entries.into_iter().map(Entry::from).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }))
}

impl From<Quarantined> for Entry {
    fn from(quarantined: Quarantined) -> Self {
        Self {
            id: quarantined.id,
            source: quarantined.source,
            reason: quarantined.reason,
            message: quarantined.message,
            received_at: quarantined.delivery.received_at,
            request: RequestHead::from(&quarantined.delivery),
            body: Text::from(quarantined.delivery.body),
        }
    }
}
