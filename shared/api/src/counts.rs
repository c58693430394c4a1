//! How much fires, for a page's head.

use std::collections::BTreeMap;

use alert::{Alert, Handling, Severity, Source};
use aws::Platform;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use crate::failure::Failure;

/// How many alerts fire, and how many of these somebody or something takes care of.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Counts {
    /// All that fire.
    firing: usize,
    /// Of these, acknowledged and not silenced.
    acknowledged: usize,
    /// Of these, silenced.
    silenced: usize,
    /// All that fire; every severity is there.
    by_severity: BTreeMap<&'static str, usize>,
    /// All that fire; every source is there.
    by_source: BTreeMap<&'static str, usize>,
}

/// `GET /v1/counts`.
pub(crate) async fn counts(State(platform): State<Platform>) -> Result<Json<Counts>, Failure> {
    Ok(Json(Counts::of(&platform.table.firing().await.map_err(Failure::Store)?)))
}

impl Counts {
    fn of(firing: &[Alert]) -> Self {
        let count =
            |is_counted: &dyn Fn(&Alert) -> bool| firing.iter().filter(|alert| is_counted(alert)).count();
        let severities = Severity::ALL.iter();
        let sources = Source::ALL.iter();
        Self {
            firing: firing.len(),
            acknowledged: count(&|alert| alert.handling == Handling::Acknowledged),
            silenced: count(&|alert| alert.handling == Handling::Silenced),
            by_severity: severities
                .map(|word| (word.as_str(), count(&|alert| alert.severity == *word)))
                .collect(),
            by_source: sources.map(|word| (word.as_str(), count(&|alert| alert.source == *word))).collect(),
        }
    }
}
