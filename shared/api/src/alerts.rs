//! Alerts: the list and one of them.

use alert::{Alert, Condition, Fingerprint, Handling, Severity, Source};
use aws::{AlertFilter, Cursor, PageSize, Platform};
use axum::extract::State;
use axum::{Extension, Json};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::extract::{Limit, MatcherText, Path, Query, Word, Words};
use crate::failure::Failure;
use crate::outgoing::Outgoing;

/// How many matchers a query has at most: each alert is compared with every one of them.
pub(crate) const MOST_FILTERS: usize = 20;

/// A page of alerts.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Alerts {
    alerts: Vec<Alert>,
    /// Where the next page begins; null at the end.
    next_cursor: Option<String>,
}

/// Which alerts to list.
#[derive(Deserialize, JsonSchema)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct AlertQuery {
    /// Any of these conditions; all unless given.
    condition: Words<Condition>,
    /// Any of these handlings.
    handling: Words<Handling>,
    /// At least this severe.
    severity: Word<Severity>,
    /// Any of these sources.
    source: Words<Source>,
    /// Any of these accounts.
    account: Vec<String>,
    /// A matcher on the labels, as Alertmanager writes it; of several all must hold.
    filter: Vec<MatcherText>,
    /// A text in title, summary, resource, service or a label (`name=value`), in any case; or what the fingerprint begins with.
    q: Word<String>,
    /// In its present condition since this time or later.
    from: Word<Timestamp>,
    /// In its present condition since this time or earlier.
    to: Word<Timestamp>,
    /// How many alerts at most.
    limit: Word<Limit>,
    /// `next_cursor` of the page before.
    #[schemars(with = "Word<String>")]
    cursor: Word<Cursor>,
}

/// An alert in a path.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct AlertPath {
    /// Which alert: 32 hex digits.
    pub(crate) fingerprint: Fingerprint,
}

/// `GET /v1/alerts`, newest `condition_since` first.
pub(crate) async fn list(
    State(platform): State<Platform>,
    Extension(outgoing): Extension<Outgoing>,
    Query(query): Query<AlertQuery>,
) -> Result<Json<Alerts>, Failure> {
    if query.filter.len() > MOST_FILTERS {
        let remedy = format!("filter: give {MOST_FILTERS} of them at most");
        return Err(Failure::BadRequest(remedy));
    }
    let (size, cursor) = (PageSize::items(query.limit.items()), query.cursor.0.clone());
    let page = platform.table.alerts(&query.into(), size, cursor.as_ref()).await;
    let mut page = page.map_err(Failure::from)?;
    outgoing.mark_inhibited(&mut page.alerts).await;
    Ok(Json(Alerts { alerts: page.alerts, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

/// `GET /v1/alerts/{fingerprint}`.
pub(crate) async fn one(
    State(platform): State<Platform>,
    Extension(outgoing): Extension<Outgoing>,
    Path(AlertPath { fingerprint }): Path<AlertPath>,
) -> Result<Json<Alert>, Failure> {
    let alert = platform.table.alert(fingerprint).await.map_err(Failure::from)?;
    let mut alert = alert.ok_or_else(|| Failure::NotFound { what: "alert", id: fingerprint.to_string() })?;
    outgoing.mark_inhibited(std::slice::from_mut(&mut alert)).await;
    Ok(Json(alert))
}

impl From<AlertQuery> for AlertFilter {
    fn from(query: AlertQuery) -> Self {
        Self {
            conditions: query.condition.0,
            handlings: query.handling.0,
            severity: query.severity.0,
            sources: query.source.0,
            accounts: query.account,
            matchers: query.filter.into_iter().map(|MatcherText(matcher)| matcher).collect(),
            text: query.q.0,
            from: query.from.0,
            to: query.to.0,
        }
    }
}
