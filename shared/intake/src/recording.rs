//! From a delivery that was understood to what the table keeps of it; for new deliveries and for those read again.

use std::collections::BTreeSet;

use alert::{AlertEvent, Received, Source};
use futures::future::join_all;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use normalize::{InboundRequest, Normalized, REPAIRED, Rejection, Settings};

use crate::meter::{Measure, count};
use crate::size::{kept, kept_with_each};
use crate::{Entry, Protocol, Quarantined, Recorded, SourceSecret, Store, StoreError};

/// How many events of one delivery are recorded at a time.
const AT_A_TIME: usize = 16;
/// How many events that cannot be recorded a message names.
const NAMED: usize = 10;

/// What was recorded of one delivery.
pub(crate) struct Outcome {
    pub(crate) events: Vec<AlertEvent>,
    pub(crate) recorded: usize,
    pub(crate) duplicates: usize,
    /// The entry for events whose labels no item holds; `None` if there are none.
    pub(crate) quarantined: Option<Quarantined>,
}

/// Records every event of `delivery`.
pub(crate) async fn record<S: Store>(
    store: &S,
    source: Source,
    delivery: &InboundRequest,
    normalized: Normalized,
) -> Result<Outcome, StoreError> {
    for warning in normalized.warnings {
        tracing::warn!(source = %source, warning, "delivery understood with a reservation");
        if warning == REPAIRED {
            count(Measure::Repaired, source, 1);
        }
    }
    let events = normalized.events.into_iter().map(AlertEvent::bounded);
    let (events, too_large): (Vec<_>, Vec<_>) = events.partition(|event| event.check_labels().is_ok());
    let quarantined = quarantine(store, source, delivery, &too_large).await?;
    let (first, others) = kept_with_each(delivery, events.len());
    let deliveries = std::iter::once(&*first).chain(std::iter::repeat(&*others));
    let recordings: Vec<_> =
        events.into_iter().zip(deliveries).map(|(event, kept)| record_event(store, event, kept).boxed()).collect();
    let outcomes: Vec<_> = stream::iter(recordings).buffered(AT_A_TIME).try_collect().await?;
    let duplicates = outcomes.iter().filter(|(_, outcome)| *outcome == Recorded::Duplicate).count();
    let events: Vec<_> = outcomes.into_iter().map(|(event, _)| event).collect();
    Ok(Outcome { recorded: events.len() - duplicates, duplicates, events, quarantined })
}

/// Records one event of a source: bounded in size, and in time by the moment at which its request was received. Every
/// event of a source passes here, whoever heard it; what is returned with the outcome is what was recorded.
pub async fn record_event<S: Store>(
    store: &S,
    event: AlertEvent,
    delivery: &InboundRequest,
) -> Result<(AlertEvent, Recorded), StoreError> {
    let Received { event, ahead } = event.bounded().received(delivery.received_at);
    let recorded = store.record(Entry { event: &event, delivery: &kept(delivery) }).await?;
    if let (Some(ahead), Recorded::New(_)) = (ahead, recorded) {
        tracing::warn!(
            source = %event.source,
            account = event.account,
            fingerprint = %event.fingerprint,
            ahead_secs = ahead.as_secs(),
            "the sender's clock is ahead: the event counts as of its reception"
        );
        count(Measure::Skewed, event.source, 1);
    }
    Ok((event, recorded))
}

/// Keeps `delivery` for those of its events whose labels no item holds: cut, they would be another alert's.
async fn quarantine<S: Store>(
    store: &S,
    source: Source,
    delivery: &InboundRequest,
    too_large: &[AlertEvent],
) -> Result<Option<Quarantined>, StoreError> {
    let named = too_large.iter().filter_map(|event| Some((&event.title, event.check_labels().err()?)));
    let named: Vec<_> = named.map(|(title, error)| format!("`{title}`: {error}")).take(NAMED).collect();
    if named.is_empty() {
        return Ok(None);
    }
    let rejection = Rejection::new("labels_too_large", named.join("; "));
    let quarantined = Quarantined::new(source, rejection, delivery.clone());
    store.quarantine(&quarantined).await?;
    tracing::warn!(source = %source, quarantine_id = %quarantined.id, events = too_large.len(), "events quarantined");
    Ok(Some(quarantined))
}

/// Notes that the sources of `events` have spoken.
pub(crate) async fn hear<S: Store>(store: &S, events: &[AlertEvent], delivery: &InboundRequest) {
    let speakers: BTreeSet<_> = events.iter().map(|event| (event.source, event.account.as_str())).collect();
    let heard =
        speakers.into_iter().map(|(source, account)| store.heard(source, account, delivery.received_at));
    join_all(heard).await;
}

/// `settings`, with what the source's secret knows besides credentials.
pub(crate) fn settings_with<P: Protocol>(settings: &Settings, secret: &SourceSecret) -> Settings {
    Settings {
        account: P::account(secret).or_else(|| settings.account.clone()),
        own_hook_ids: secret.hook_ids.clone(),
        ..settings.clone()
    }
}
