//! What is pending, read from the queues.

use std::collections::HashMap;

use alert::{Alert, Fingerprint};
use aws::{NotificationFilter, TableOutbox};
use dispatch::Entry as Pending;
use dispatch::{DueQueue, NotificationState, Outbox, Queue};

use super::Entry;
use crate::failure::Failure;
use crate::outgoing::Outgoing;

/// Most entries of a queue that are looked at for its row.
const MOST_ENTRIES: usize = 100;
/// Most queues of a destination that are looked at for one page.
const MOST_QUEUES: usize = 200;

/// What waits and `filter` admits, the earliest due first; `limit` at most.
pub(super) async fn of(
    outgoing: &Outgoing,
    filter: &NotificationFilter,
    limit: usize,
) -> Result<Vec<Entry>, Failure> {
    let settings = outgoing.settings().await?;
    let mut found = Vec::new();
    for destination in &settings.destinations {
        if filter.destination.as_ref().is_some_and(|id| *id != destination.id) {
            continue;
        }
        found.extend(of_destination(outgoing, &destination.id, limit.min(MOST_QUEUES)).await?);
    }
    found.retain(|entry| {
        filter.fingerprint.is_none_or(|fingerprint| entry.fingerprints.contains(&fingerprint))
    });
    found.sort_by_key(|entry| entry.next_attempt_at);
    found.truncate(limit);
    Ok(found)
}

/// What waits for `destination` under the name `id`.
pub(super) async fn one(outgoing: &Outgoing, destination: &str, id: &str) -> Result<Option<Entry>, Failure> {
    let found = of_destination(outgoing, destination, MOST_QUEUES).await?;
    Ok(found.into_iter().find(|entry| entry.id == id))
}

async fn of_destination(outgoing: &Outgoing, destination: &str, limit: usize) -> Result<Vec<Entry>, Failure> {
    let outbox = TableOutbox::new(outgoing.platform.table.clone());
    let mut found = Vec::new();
    for due in outbox.upcoming(destination, limit).await.map_err(Failure::Outbox)? {
        let queue = outbox.queue(&due.key).await.map_err(Failure::Outbox)?;
        let pending = outbox.entries(&due.key, MOST_ENTRIES).await.map_err(Failure::Outbox)?;
        let Some(queue) = queue.filter(|_| !pending.is_empty()) else { continue };
        let alerts = outgoing.platform.table.alerts_of(pending.iter().map(|entry| entry.fingerprint)).await;
        found.extend(entry(&due, &queue, &pending, &alerts.map_err(Failure::Store)?));
    }
    Ok(found)
}

fn entry(
    due: &DueQueue,
    queue: &Queue,
    pending: &[Pending],
    alerts: &HashMap<Fingerprint, Alert>,
) -> Option<Entry> {
    let worst = pending.iter().max_by_key(|entry| (!entry.is_over, entry.severity))?;
    let (number, destination) = (queue.number + 1, &queue.key.destination);
    Some(Entry {
        id: format!("{}-{number}-{destination}", queue.key.group),
        destination: destination.clone(),
        group: queue.key.group,
        state: NotificationState::Waiting,
        event: worst.event.as_str().to_owned(),
        title: alerts.get(&worst.fingerprint).map(|alert| alert.title.clone()).unwrap_or_default(),
        severity: worst.severity,
        alerts: pending.len(),
        fingerprints: pending.iter().map(|entry| entry.fingerprint).collect(),
        created_at: pending.iter().map(|entry| entry.at).min()?,
        attempts: queue.attempts,
        next_attempt_at: Some(due.due_at),
        finished_at: None,
        reason: queue.reason.clone(),
        receipt: None,
    })
}
