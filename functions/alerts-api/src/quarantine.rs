//! Deliveries that were not understood.

use alert::Source;
use aws::Platform;
use axum::Json;
use axum::extract::State;
use intake::{QuarantineId, Quarantined};
use jiff::Timestamp;
use serde::Serialize;

use crate::events::{RequestHead, Text};
use crate::failure::Failure;
use crate::parameters::Parameters;

/// A page of the quarantine.
#[derive(Serialize)]
pub(crate) struct Quarantine {
    quarantine: Vec<Entry>,
    next_cursor: Option<String>,
}

/// One delivery, with the reason why it was not understood.
#[derive(Serialize)]
struct Entry {
    id: QuarantineId,
    source: Source,
    reason: String,
    message: String,
    received_at: Timestamp,
    #[serde(flatten)]
    request: RequestHead,
    body: Text,
}

/// `GET /v1/quarantine?limit=&cursor=`, newest first.
pub(crate) async fn list(
    State(platform): State<Platform>,
    parameters: Parameters,
) -> Result<Json<Quarantine>, Failure> {
    let page = platform.table.quarantined(parameters.limit()?, parameters.cursor()?.as_ref()).await;
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
