//! When each source last spoke, and how much it says.

use std::collections::{BTreeSet, HashMap};

use alert::{Heartbeat, Source};
use aws::{Platform, SystemClock};
use axum::Json;
use axum::extract::State;
use futures::future::{try_join, try_join_all};
use intake::{Clock, StoreError};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::failure::Failure;

/// Every source that has spoken, by account.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Sources {
    sources: Vec<SourceHealth>,
}

/// A source's account, and whether it speaks.
#[derive(Serialize, JsonSchema)]
struct SourceHealth {
    source: Source,
    account: String,
    /// When it last spoke, to within a minute.
    last_event_at: Timestamp,
    /// How many events the source has sent in the last hour, for all its accounts.
    events_last_hour: u64,
    /// How many deliveries of the source went into quarantine in the last hour and are still there, for all its accounts.
    quarantined_last_hour: u64,
    state: SourceState,
}

/// How much a source has sent in an hour.
#[derive(Clone, Copy, Default)]
struct LastHour {
    events: u64,
    quarantined: u64,
}

/// Whether a source speaks.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum SourceState {
    /// It does, or need not.
    Speaking,
    /// It has said nothing for longer than it may.
    Silent,
}

/// `GET /v1/sources`.
pub(crate) async fn list(State(platform): State<Platform>) -> Result<Json<Sources>, Failure> {
    let heartbeats = platform.table.heartbeats().await.map_err(Failure::Store)?;
    let sources: BTreeSet<_> = heartbeats.iter().map(|heartbeat| heartbeat.source).collect();
    let counts = try_join_all(sources.into_iter().map(|source| last_hour(&platform, source))).await;
    let counts: HashMap<_, _> = counts.map_err(Failure::Store)?.into_iter().collect();
    let now = SystemClock.now();
    let count = |source| counts.get(&source).copied().unwrap_or_default();
    let health = heartbeats.into_iter().map(|heartbeat| SourceHealth {
        events_last_hour: count(heartbeat.source).events,
        quarantined_last_hour: count(heartbeat.source).quarantined,
        state: state(&platform, &heartbeat, now),
        source: heartbeat.source,
        account: heartbeat.account,
        last_event_at: heartbeat.last_event_at,
    });
    Ok(Json(Sources { sources: health.collect() }))
}

/// What `source` has sent in the last hour.
async fn last_hour(platform: &Platform, source: Source) -> Result<(Source, LastHour), StoreError> {
    let table = &platform.table;
    let (events, quarantined) =
        try_join(table.events_last_hour(source), table.quarantined_last_hour(source)).await?;
    Ok((source, LastHour { events, quarantined }))
}

fn state(platform: &Platform, heartbeat: &Heartbeat, now: Timestamp) -> SourceState {
    let silent_after = platform.table.silent_after(heartbeat.source);
    let is_silent = silent_after.is_some_and(|silent_after| heartbeat.is_silent(silent_after, now));
    if is_silent { SourceState::Silent } else { SourceState::Speaking }
}
