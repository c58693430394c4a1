//! What fires, as a list and grouped by name.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use ::alert::{Clock, Condition, Labels};
use aws::{AlertFilter, PageSize, Platform, SystemClock};
use axum::extract::State as Extract;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::alert::{ServedAlert, State};
use super::answer::{LIMIT_IN_MEMORY_BYTES, json as answer};
use super::failure::Failure;
use super::query::{Filter, Query};
use super::status::receiver;

/// How many alerts are read at a time.
const PAGE: usize = 1000;
/// The label that alerts are grouped by.
const GROUP_LABEL: &str = "alertname";

/// The states that an alert here can be in; none is ever inhibited, unprocessed or muted.
struct States {
    active: bool,
    silenced: bool,
}

/// An alert, written already.
struct Written {
    group: Option<String>,
    json: Box<RawValue>,
}

/// Alerts of one name.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    labels: Labels,
    route_labels: Labels,
    receiver: Value,
    alerts: Vec<Box<RawValue>>,
}

/// `GET /api/v2/alerts`, by fingerprint.
pub(super) async fn alerts(Extract(platform): Extract<Platform>, query: Query) -> Result<Response, Failure> {
    let alerts = asked_for(&platform, &query, "unprocessed").await?;
    answer(&alerts.into_iter().map(|alert| alert.json).collect::<Vec<_>>())
}

/// `GET /api/v2/alerts/groups`, by name.
pub(super) async fn groups(Extract(platform): Extract<Platform>, query: Query) -> Result<Response, Failure> {
    let mut groups = BTreeMap::<_, Vec<_>>::new();
    for alert in asked_for(&platform, &query, "muted").await? {
        groups.entry(alert.group).or_default().push(alert.json);
    }
    let groups = groups.into_iter().map(|(name, alerts)| Group {
        labels: name.into_iter().map(|name| (GROUP_LABEL.to_owned(), name)).collect(),
        route_labels: Labels::new(),
        receiver: receiver(),
        alerts,
    });
    answer(&groups.collect::<Vec<_>>())
}

/// The firing alerts that `query` asks for; `fourth` is the fourth state that may be named.
async fn asked_for(platform: &Platform, query: &Query, fourth: &str) -> Result<Vec<Written>, Failure> {
    let states = States::of(query, fourth)?;
    let filter = query.filter()?;
    if !query.receivers()?.admit_ours() {
        return Ok(Vec::new());
    }
    firing(platform, &states, &filter).await
}

/// Every firing alert that `states` and `filter` admit, by fingerprint: equal labels are one alert, whoever sends it.
/// Gives up as soon as they are too many.
async fn firing(platform: &Platform, states: &States, filter: &Filter) -> Result<Vec<Written>, Failure> {
    let now = SystemClock.now();
    let firing = AlertFilter { conditions: vec![Condition::Firing], ..AlertFilter::default() };
    let mut found = BTreeMap::<String, ServedAlert>::new();
    let (mut bytes, mut cursor) = (0, None);
    loop {
        let page = platform
            .table
            .alerts(&firing, PageSize::items(PAGE), cursor.as_ref())
            .await
            .map_err(Failure::Store)?;
        for alert in page.alerts {
            let alert = ServedAlert::of(alert, now);
            if !states.admit(alert.state()) || !filter.admits(&alert.labels) {
                continue;
            }
            bytes += alert.bytes();
            match found.entry(alert.fingerprint.clone()) {
                Entry::Vacant(entry) => {
                    entry.insert(alert);
                }
                Entry::Occupied(mut entry) => entry.get_mut().merge(alert),
            }
        }
        if bytes > LIMIT_IN_MEMORY_BYTES {
            return Err(Failure::AnswerTooLarge);
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(found.into_values().map(Written::from).collect());
        }
    }
}

impl States {
    fn of(query: &Query, fourth: &str) -> Result<Self, Failure> {
        for never in ["inhibited", fourth] {
            query.wants(never)?;
        }
        Ok(Self { active: query.wants("active")?, silenced: query.wants("silenced")? })
    }

    const fn admit(&self, state: State) -> bool {
        match state {
            State::Active => self.active,
            State::Suppressed => self.silenced,
        }
    }
}

impl From<ServedAlert> for Written {
    fn from(alert: ServedAlert) -> Self {
        // Maps with string keys always serialise.
        let json = to_raw_value(&alert).unwrap_or_else(|_| RawValue::NULL.to_owned());
        Self { group: alert.labels.get(GROUP_LABEL).cloned(), json }
    }
}
