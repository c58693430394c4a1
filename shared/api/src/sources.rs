//! When each source last spoke, and how much it says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use alert::{Clock, Heartbeat, Source};
use aws::{ParseCursorError, Platform, SystemClock, Upkeep};
use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::{try_join, try_join_all};
use intake::StoreError;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::extract::{Limit, Query, Word};
use crate::failure::Failure;

/// A page of the accounts that have spoken, and how much their sources have sent.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SourcePage {
    sources: Vec<SourceHealth>,
    /// Of each source on the page, for all its accounts.
    totals: BTreeMap<Source, LastHour>,
    /// Of each source that is kept or polled, what the last run over it came to.
    upkeep: BTreeMap<Source, SourceUpkeep>,
    /// Where the next page begins; null at the end.
    next_cursor: Option<String>,
}

/// A source's account, and whether it speaks.
#[derive(Serialize, JsonSchema)]
struct SourceHealth {
    source: Source,
    account: String,
    /// When it last spoke, to within a minute.
    last_event_at: Timestamp,
    state: SourceState,
}

/// How much a source has sent in an hour.
#[derive(Serialize, JsonSchema)]
struct LastHour {
    /// How many events came in.
    events_last_hour: u64,
    /// How many requests went into quarantine and are still there.
    quarantined_last_hour: u64,
}

/// What the keeper of a source last came to.
#[derive(Serialize, JsonSchema)]
struct SourceUpkeep {
    /// Whether its secret says all that it needs.
    is_configured: bool,
    /// When it last ran; where nothing is configured, when a process first found that.
    ran_at: Timestamp,
    /// What its secret lacks.
    missing: Option<String>,
    /// Why the last run, or a part of it, came to nothing.
    failure: Option<String>,
    /// When it last healed something.
    healed_at: Option<Timestamp>,
    /// What that was.
    healed: Option<String>,
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

/// Which part of the list to show.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct SourceQuery {
    /// How many accounts at most.
    #[serde(default)]
    limit: Word<Limit>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    #[schemars(with = "Word<String>")]
    cursor: Word<SourceCursor>,
}

/// The last account of a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct SourceCursor(Source, String);

/// `GET /v1/sources`, by source and account.
pub(crate) async fn list(
    State(platform): State<Platform>,
    Query(query): Query<SourceQuery>,
) -> Result<Json<SourcePage>, Failure> {
    let heartbeats = platform.table.heartbeats().await.map_err(Failure::Store)?;
    let place = |heartbeat: &Heartbeat| SourceCursor(heartbeat.source, heartbeat.account.clone());
    let before = query.cursor.0;
    let mut page: Vec<_> = heartbeats
        .into_iter()
        .filter(|heartbeat| before.as_ref().is_none_or(|before| place(heartbeat) > *before))
        .collect();
    let has_more = page.len() > query.limit.items();
    page.truncate(query.limit.items());
    let next_cursor = page.last().filter(|_| has_more).map(|heartbeat| place(heartbeat).to_string());
    let sources: BTreeSet<_> = page.iter().map(|heartbeat| heartbeat.source).collect();
    let totals = try_join_all(sources.into_iter().map(|source| last_hour(&platform, source))).await;
    let totals = totals.map_err(Failure::Store)?.into_iter().collect();
    let now = SystemClock.now();
    let health = page.into_iter().map(|heartbeat| SourceHealth {
        state: state(&platform, &heartbeat, now),
        source: heartbeat.source,
        account: heartbeat.account,
        last_event_at: heartbeat.last_event_at,
    });
    let upkeep = platform.table.upkeep().await.map_err(Failure::Store)?;
    let upkeep = upkeep.into_iter().map(|(source, upkeep)| (source, upkeep.into())).collect();
    Ok(Json(SourcePage { sources: health.collect(), totals, upkeep, next_cursor }))
}

impl From<Upkeep> for SourceUpkeep {
    fn from(Upkeep { ran_at, missing, failure, healed }: Upkeep) -> Self {
        let (healed_at, healed) = healed.unzip();
        Self { is_configured: missing.is_none(), ran_at, missing, failure, healed_at, healed }
    }
}

impl fmt::Display for SourceCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(source, account) = self;
        f.write_str(&URL_SAFE_NO_PAD.encode(format!("{source} {account}")))
    }
}

impl FromStr for SourceCursor {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ParseCursorError)?;
        let text = String::from_utf8(bytes).map_err(|_| ParseCursorError)?;
        let (source, account) = text.split_once(' ').ok_or(ParseCursorError)?;
        Ok(Self(source.parse().map_err(|_| ParseCursorError)?, account.to_owned()))
    }
}

/// What `source` has sent in the last hour.
async fn last_hour(platform: &Platform, source: Source) -> Result<(Source, LastHour), StoreError> {
    let table = &platform.table;
    let (events, quarantined) =
        try_join(table.events_last_hour(source), table.quarantined_last_hour(source)).await?;
    Ok((source, LastHour { events_last_hour: events, quarantined_last_hour: quarantined }))
}

fn state(platform: &Platform, heartbeat: &Heartbeat, now: Timestamp) -> SourceState {
    let silent_after = platform.table.silent_after(heartbeat.source);
    let is_silent = silent_after.is_some_and(|silent_after| heartbeat.is_silent(silent_after, now));
    if is_silent { SourceState::Silent } else { SourceState::Speaking }
}
