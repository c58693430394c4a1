//! What destinations were notified of, and what is pending for them.

mod waiting;

use alert::{Fingerprint, Severity};
use aws::{Cursor, NotificationFilter, TableOutbox};
use axum::{Extension, Json};
use dispatch::{NotificationRecord, NotificationState};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::extract::{Limit, Path, Query, Word, Words};
use crate::failure::Failure;
use crate::outgoing::Outgoing;

/// A page of notifications.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Notifications {
    notifications: Vec<Entry>,
    /// Where the next page begins; null at the end.
    next_cursor: Option<String>,
}

/// One notification for one destination.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NotificationEntry")]
pub(crate) struct Entry {
    /// Its name: group, number and destination.
    pub(crate) id: String,
    /// Whom it is for.
    pub(crate) destination: String,
    /// The group; the fingerprint where the group is one alert.
    #[schemars(with = "String")]
    pub(crate) group: Fingerprint,
    /// `waiting`, `sent`, `failed` (the destination will never take it) or `dead` (tried for a day in vain).
    #[schemars(with = "String")]
    pub(crate) state: NotificationState,
    /// What it reports, such as `opened`, `updated` or `resolved`.
    pub(crate) event: String,
    /// Of a group: the title of the worst.
    pub(crate) title: String,
    /// The worst in it.
    pub(crate) severity: Severity,
    /// How many alerts it is about.
    pub(crate) alerts: usize,
    /// The alerts, by fingerprint; the first hundred.
    pub(crate) fingerprints: Vec<Fingerprint>,
    pub(crate) created_at: Timestamp,
    /// Attempts that came to an end.
    pub(crate) attempts: u32,
    /// When it is due.
    pub(crate) next_attempt_at: Option<Timestamp>,
    pub(crate) finished_at: Option<Timestamp>,
    /// Why the latest attempt did not succeed.
    pub(crate) reason: Option<String>,
    /// The destination's own name for what it made of it.
    pub(crate) receipt: Option<String>,
}

/// Which notifications to list.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(default)]
pub(crate) struct NotificationQuery {
    /// Any of `waiting`, `sent`, `failed`, `dead`; all unless given.
    #[schemars(with = "Words<String>")]
    state: Words<NotificationState>,
    /// To this destination.
    destination: Word<String>,
    /// About this alert.
    fingerprint: Word<Fingerprint>,
    /// How many notifications at most.
    limit: Word<Limit>,
    /// `next_cursor` of the page before.
    #[schemars(with = "Word<String>")]
    cursor: Word<Cursor>,
}

/// A notification in a path.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct NotificationPath {
    /// Which notification: `<group>-<number>-<destination>`.
    #[schemars(regex(pattern = "^[0-9a-f]{32}-(0|[1-9][0-9]{0,17})-[0-9a-z-]+$"))]
    id: String,
}

/// `GET /v1/notifications`: what waits first, then what came to an end, newest first.
pub(crate) async fn list(
    Extension(outgoing): Extension<Outgoing>,
    Query(query): Query<NotificationQuery>,
) -> Result<Json<Notifications>, Failure> {
    let limit = query.limit.items();
    let filter = NotificationFilter {
        states: query.state.0,
        destination: query.destination.0,
        fingerprint: query.fingerprint.0,
    };
    let mut notifications = Vec::new();
    if query.cursor.0.is_none() && is_asked_for(&filter, NotificationState::Waiting) {
        notifications = waiting::of(&outgoing, &filter, limit).await?;
    }
    let is_only_waiting = filter.states == [NotificationState::Waiting];
    if is_only_waiting || notifications.len() >= limit {
        return Ok(Json(Notifications { notifications, next_cursor: None }));
    }
    let outbox = TableOutbox::new(outgoing.platform.table.clone());
    let rest = limit - notifications.len();
    let page = outbox.notifications(&filter, rest, query.cursor.0.as_ref()).await.map_err(Failure::Store)?;
    notifications.extend(page.notifications.into_iter().map(Entry::from));
    Ok(Json(Notifications { notifications, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

/// `POST /v1/notifications/{id}/retry`: notifies the destination, now, of what it does not know of the notification's alerts.
pub(crate) async fn retry(
    Extension(outgoing): Extension<Outgoing>,
    Path(NotificationPath { id }): Path<NotificationPath>,
) -> Result<Json<Entry>, Failure> {
    let unknown = || Failure::NotFound { what: "notification", id: id.clone() };
    let (name, destination) = parts(&id).ok_or_else(unknown)?;
    let outbox = TableOutbox::new(outgoing.platform.table.clone());
    if let Some(record) = outbox.notification(destination, name).await.map_err(Failure::Outbox)? {
        let dispatcher = outgoing.notifier.dispatcher();
        dispatcher.retry_notification(&record).await.map_err(Failure::Outbox)?;
        dispatcher.retry_destination(destination).await.map_err(Failure::Outbox)?;
        return Ok(Json(Entry::from(record)));
    }
    let waits = waiting::one(&outgoing, destination, &id).await?.ok_or_else(unknown)?;
    outgoing.notifier.dispatcher().retry_destination(destination).await.map_err(Failure::Outbox)?;
    Ok(Json(waits))
}

fn is_asked_for(filter: &NotificationFilter, state: NotificationState) -> bool {
    filter.states.is_empty() || filter.states.contains(&state)
}

/// The notification's own id and its destination.
fn parts(id: &str) -> Option<(&str, &str)> {
    let number = id.find('-')? + 1;
    let end = number + id.get(number..)?.find('-')?;
    Some((id.get(..end)?, id.get(end + 1..)?))
}

impl From<NotificationRecord> for Entry {
    fn from(record: NotificationRecord) -> Self {
        Self {
            id: format!("{}-{}", record.id, record.destination),
            destination: record.destination,
            group: record.group,
            state: record.state,
            event: record.event.as_str().to_owned(),
            title: record.title,
            severity: record.severity,
            alerts: record.alerts,
            fingerprints: record.fingerprints,
            created_at: record.created_at,
            attempts: record.attempts,
            next_attempt_at: None,
            finished_at: Some(record.finished_at),
            reason: record.reason,
            receipt: record.receipt,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_a_notification_and_its_destination() {
        let group = "0123456789abcdef0123456789abcdef";
        let id = format!("{group}-12-ops-slack");
        assert_eq!(parts(&id), Some((&id[..35], "ops-slack")));
        assert_eq!(parts("abc"), None);
        assert_eq!(parts("abc-1"), None);
    }
}
