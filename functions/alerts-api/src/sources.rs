//! When each source last spoke, and how much it says.

use std::collections::BTreeSet;

use alert::{Heartbeat, Source};
use aws::{Platform, SystemClock};
use axum::Json;
use axum::extract::State;
use futures::future::try_join_all;
use intake::Clock;
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
    state: SourceState,
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
    let counts = try_join_all(sources.iter().map(|source| platform.table.events_last_hour(*source))).await;
    let counts = counts.map_err(Failure::Store)?;
    let now = SystemClock.now();
    let count = |source| sources.iter().zip(&counts).find(|(known, _)| **known == source);
    let health = heartbeats.into_iter().map(|heartbeat| SourceHealth {
        events_last_hour: count(heartbeat.source).map_or(0, |(_, count)| *count),
        state: state(&platform, &heartbeat, now),
        source: heartbeat.source,
        account: heartbeat.account,
        last_event_at: heartbeat.last_event_at,
    });
    Ok(Json(Sources { sources: health.collect() }))
}

fn state(platform: &Platform, heartbeat: &Heartbeat, now: Timestamp) -> SourceState {
    let silent_after = platform.table.silent_after(heartbeat.source);
    let is_silent = silent_after.is_some_and(|silent_after| heartbeat.is_silent(silent_after, now));
    if is_silent { SourceState::Silent } else { SourceState::Speaking }
}
