//! How much fires, for a page's head.

use std::collections::BTreeMap;

use alert::{Handling, Severity, Source};
use aws::{FiringCounts, Platform};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use crate::failure::Failure;

/// How many alerts fire, and how many of these somebody or something takes care of.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Counts {
    /// All that fire.
    firing: u64,
    /// Of these, acknowledged and not silenced.
    acknowledged: u64,
    /// Of these, silenced.
    silenced: u64,
    /// All that fire; every severity is there.
    by_severity: BTreeMap<&'static str, u64>,
    /// All that fire; every source is there.
    by_source: BTreeMap<&'static str, u64>,
}

/// `GET /v1/counts`.
pub(crate) async fn counts(State(platform): State<Platform>) -> Result<Json<Counts>, Failure> {
    Ok(Json(Counts::of(&platform.table.firing_counts().await.map_err(Failure::Store)?)))
}

impl Counts {
    fn of(firing: &FiringCounts) -> Self {
        let handled = |asked: Handling| firing.count(|_, _, handling| handling == asked);
        let severe = |asked: Severity| firing.count(|_, severity, _| severity == asked);
        let from = |asked: Source| firing.count(|source, _, _| source == asked);
        Self {
            firing: firing.count(|_, _, _| true),
            acknowledged: handled(Handling::Acknowledged),
            silenced: handled(Handling::Silenced),
            by_severity: Severity::ALL.iter().map(|word| (word.as_str(), severe(*word))).collect(),
            by_source: Source::ALL.iter().map(|word| (word.as_str(), from(*word))).collect(),
        }
    }
}
