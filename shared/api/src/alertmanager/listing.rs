//! What fires, as a list and grouped by name.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use ::alert::{Clock, Condition, Labels};
use aws::{AlertFilter, PageSize, Platform, SystemClock};
use axum::Extension;
use axum::extract::State as Extract;
use axum::response::Response;
use dispatch::{InhibitRule, Inhibiting};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::alert::ServedAlert;
use super::answer::{LIMIT_IN_MEMORY_BYTES, json as answer};
use super::failure::Failure;
use super::query::{Filter, Query};
use super::status::receiver;
use crate::outgoing::Outgoing;

/// How many alerts are read at a time.
const PAGE: usize = 1000;
/// The label that alerts are grouped by.
const GROUP_LABEL: &str = "alertname";

/// Which alerts are asked for by their state; none here is ever unprocessed or muted.
struct States {
    active: bool,
    silenced: bool,
    inhibited: bool,
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
pub(super) async fn alerts(
    Extract(platform): Extract<Platform>,
    Extension(outgoing): Extension<Outgoing>,
    query: Query,
) -> Result<Response, Failure> {
    let alerts = asked_for(&platform, &outgoing, &query, "unprocessed").await?;
    answer(&alerts.into_iter().map(|alert| alert.json).collect::<Vec<_>>())
}

/// `GET /api/v2/alerts/groups`, by name.
pub(super) async fn groups(
    Extract(platform): Extract<Platform>,
    Extension(outgoing): Extension<Outgoing>,
    query: Query,
) -> Result<Response, Failure> {
    let mut groups = BTreeMap::<_, Vec<_>>::new();
    for alert in asked_for(&platform, &outgoing, &query, "muted").await? {
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
async fn asked_for(
    platform: &Platform,
    outgoing: &Outgoing,
    query: &Query,
    fourth: &str,
) -> Result<Vec<Written>, Failure> {
    let states = States::of(query, fourth)?;
    let filter = query.filter()?;
    if !query.receivers()?.admit_ours() {
        return Ok(Vec::new());
    }
    firing(platform, &outgoing.inhibition().await, &states, &filter).await
}

/// Every firing alert that `states` and `filter` admit, by fingerprint: equal labels are one alert, whoever sends it.
/// Gives up as soon as they are too many.
async fn firing(
    platform: &Platform,
    (rules, inhibiting): &(Vec<InhibitRule>, Inhibiting),
    states: &States,
    filter: &Filter,
) -> Result<Vec<Written>, Failure> {
    let now = SystemClock.now();
    let firing = AlertFilter { conditions: vec![Condition::Firing], ..AlertFilter::default() };
    let mut found = BTreeMap::<String, ServedAlert>::new();
    let mut names = HashMap::new();
    let (mut bytes, mut cursor) = (0, None);
    loop {
        let page = platform
            .table
            .alerts(&firing, PageSize::items(PAGE), cursor.as_ref())
            .await
            .map_err(Failure::Store)?;
        for alert in page.alerts {
            let inhibited_by = inhibiting.by_which(rules, &alert);
            let fingerprint = alert.fingerprint;
            let alert = ServedAlert::of(alert, now).inhibited_by(inhibited_by);
            if inhibiting.has(fingerprint) {
                names.insert(fingerprint, alert.fingerprint.clone());
            }
            if !states.admit(&alert) || !filter.admits(&alert.labels) {
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
            return Ok(found.into_values().map(|alert| Written::from(alert.naming(&names))).collect());
        }
    }
}

impl States {
    fn of(query: &Query, fourth: &str) -> Result<Self, Failure> {
        query.wants(fourth)?;
        let [active, silenced, inhibited] =
            ["active", "silenced", "inhibited"].map(|state| query.wants(state));
        Ok(Self { active: active?, silenced: silenced?, inhibited: inhibited? })
    }

    fn admit(&self, alert: &ServedAlert) -> bool {
        (self.active || !alert.is_active())
            && (self.silenced || !alert.is_silenced())
            && (self.inhibited || !alert.is_inhibited())
    }
}

impl From<ServedAlert> for Written {
    fn from(alert: ServedAlert) -> Self {
        // Maps with string keys always serialise.
        let json = to_raw_value(&alert).unwrap_or_else(|_| RawValue::NULL.to_owned());
        Self { group: alert.labels.get(GROUP_LABEL).cloned(), json }
    }
}
