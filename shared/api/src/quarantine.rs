//! Requests that were not understood.

use alert::Source;
use aws::{Cursor, PageSize, Platform};
use axum::Json;
use axum::extract::State;
use axum::response::NoContent;
use intake::{QuarantineId, Quarantined};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::events::{RequestHead, Text};
use crate::extract::{Limit, Path, Query, Word};
use crate::failure::Failure;
use crate::replayed::Replayed;

/// The form of a quarantined request's id.
const UUID_OF_VERSION_7: &str = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";

/// A page of the quarantine.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Quarantine {
    quarantine: Vec<EntryHead>,
    next_cursor: Option<String>,
}

/// One request, with the reason why it was not understood; its body is in the view of one.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "QuarantinedHead")]
pub(crate) struct EntryHead {
    #[schemars(with = "String", extend("format" = "uuid"))]
    id: QuarantineId,
    source: Source,
    reason: String,
    message: String,
    received_at: Timestamp,
    #[serde(flatten)]
    request: RequestHead,
}

/// One request whole.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "QuarantinedRequest")]
pub(crate) struct Entry {
    #[serde(flatten)]
    head: EntryHead,
    body: Text,
}

/// A quarantined request in a path.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct QuarantinePath {
    /// Which request.
    #[schemars(with = "String", regex(pattern = UUID_OF_VERSION_7))]
    id: QuarantineId,
}

/// Which part of the quarantine to show.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct QuarantineQuery {
    /// How many requests at most.
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
    let page =
        platform.table.quarantined(PageSize::items(query.limit.items()), query.cursor.0.as_ref()).await;
    let page = page.map_err(Failure::from)?;
    Ok(Json(Quarantine {
        quarantine: page.entries.iter().map(EntryHead::from).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }))
}

/// `GET /v1/quarantine/{id}`.
pub(crate) async fn one(
    State(platform): State<Platform>,
    Path(QuarantinePath { id }): Path<QuarantinePath>,
) -> Result<Json<Entry>, Failure> {
    Ok(Json(Entry::from(known(&platform, id).await?)))
}

/// `POST /v1/quarantine/{id}/replay`: reads the request again, and forgets it once it is understood.
pub(crate) async fn replay(
    State(platform): State<Platform>,
    Path(QuarantinePath { id }): Path<QuarantinePath>,
) -> Result<Json<Replayed>, Failure> {
    let quarantined = known(&platform, id).await?;
    let replayed =
        platform.replay(quarantined.source, &quarantined.inbound).await.map_err(Failure::Replay)?;
    platform.table.forget_quarantined(id).await.map_err(Failure::from)?;
    Ok(Json(replayed.into()))
}

/// `DELETE /v1/quarantine/{id}`.
pub(crate) async fn forget(
    State(platform): State<Platform>,
    Path(QuarantinePath { id }): Path<QuarantinePath>,
) -> Result<NoContent, Failure> {
    let was_there = platform.table.forget_quarantined(id).await.map_err(Failure::from)?;
    if was_there { Ok(NoContent) } else { Err(missing(id)) }
}

async fn known(platform: &Platform, id: QuarantineId) -> Result<Quarantined, Failure> {
    let quarantined = platform.table.quarantined_by(id).await.map_err(Failure::from)?;
    quarantined.ok_or_else(|| missing(id))
}

fn missing(id: QuarantineId) -> Failure {
    Failure::NotFound { what: "quarantined request", id: id.to_string() }
}

impl From<&Quarantined> for EntryHead {
    fn from(quarantined: &Quarantined) -> Self {
        Self {
            id: quarantined.id,
            source: quarantined.source,
            reason: quarantined.reason.clone(),
            message: quarantined.message.clone(),
            received_at: quarantined.inbound.received_at,
            request: RequestHead::from(&quarantined.inbound),
        }
    }
}

impl From<Quarantined> for Entry {
    fn from(quarantined: Quarantined) -> Self {
        Self { head: EntryHead::from(&quarantined), body: Text::from(quarantined.inbound.body) }
    }
}
