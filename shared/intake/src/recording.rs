//! From a request that was understood to what the table keeps of it; for new requests and for those read again.

use std::collections::BTreeSet;

use alert::{AlertEvent, Received, Source};
use futures::future::join_all;
use normalize::{InboundRequest, Normalized, REPAIRED, Rejection};

use crate::meter::{Measure, count};
use crate::size::{kept, kept_with_each};
use crate::{Entry, Quarantined, Recorded, Store, StoreError, chain};

/// How many events that cannot be recorded a message names.
const NAMED: usize = 10;

/// What was recorded of one request.
pub(crate) struct Outcome {
    pub(crate) events: Vec<AlertEvent>,
    pub(crate) recorded: usize,
    pub(crate) duplicates: usize,
    /// The request, quarantined because the table can never take some of its events; `None` if there are none.
    pub(crate) quarantined: Option<Quarantined>,
}

/// Records every event of `inbound`.
pub(crate) async fn record<S: Store>(
    store: &S,
    source: Source,
    inbound: &InboundRequest,
    normalized: Normalized,
) -> Result<Outcome, StoreError> {
    for warning in normalized.warnings {
        tracing::warn!(source = %source, warning, "request understood with a warning");
        if warning == REPAIRED {
            count(Measure::Repaired, source, 1);
        }
    }
    let events = normalized.events.into_iter().map(|event| event.bounded().received(inbound.received_at));
    let (events, too_large): (Vec<_>, Vec<_>) =
        events.partition(|received| received.event.check_labels().is_ok());
    let too_large: Vec<_> = too_large.into_iter().map(|received| received.event).collect();
    let mut quarantined = quarantine(store, source, inbound, &too_large).await?;
    let (first, others) = kept_with_each(inbound, events.len());
    let requests = std::iter::once(&*first).chain(std::iter::repeat(&*others));
    let entries: Vec<_> = events
        .iter()
        .zip(requests)
        .map(|(received, inbound)| Entry { event: &received.event, inbound })
        .collect();
    let (mut recorded, mut duplicates, mut refused) = (0, 0, None);
    for (result, received) in store.record_all(&entries).await.into_iter().zip(&events) {
        match result {
            Ok(outcome @ Recorded::New(_)) => {
                recorded += 1;
                report_skew(received, outcome);
            }
            Ok(Recorded::Duplicate) => duplicates += 1,
            Err(error) if error.is_final() => refused = refused.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    if let Some(error) = refused {
        quarantined = Some(quarantine_unstorable(store, source, inbound, &error).await?);
    }
    let events = events.into_iter().map(|received| received.event).collect();
    Ok(Outcome { events, recorded, duplicates, quarantined })
}

/// Records one event of a source: bounded in size, and in time by the moment at which its request was received. What is
/// returned with the outcome is what was recorded.
pub async fn record_event<S: Store>(
    store: &S,
    event: AlertEvent,
    inbound: &InboundRequest,
) -> Result<(AlertEvent, Recorded), StoreError> {
    let received = event.bounded().received(inbound.received_at);
    let recorded = store.record(Entry { event: &received.event, inbound: &kept(inbound) }).await?;
    report_skew(&received, recorded);
    Ok((received.event, recorded))
}

/// The same for several events, each with the request that says it alone; outcomes in their order.
pub async fn record_events<S: Store>(
    store: &S,
    events: Vec<(AlertEvent, InboundRequest)>,
) -> Vec<Result<Recorded, StoreError>> {
    let received: Vec<_> = events
        .into_iter()
        .map(|(event, inbound)| (event.bounded().received(inbound.received_at), kept(&inbound).into_owned()))
        .collect();
    let entries: Vec<_> =
        received.iter().map(|(received, inbound)| Entry { event: &received.event, inbound }).collect();
    let outcomes = store.record_all(&entries).await;
    for (outcome, (received, _)) in outcomes.iter().zip(&received) {
        if let Ok(recorded) = outcome {
            report_skew(received, *recorded);
        }
    }
    outcomes
}

/// Says that a sender's clock is ahead, where that made a difference.
fn report_skew(Received { event, ahead }: &Received, recorded: Recorded) {
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
}

/// Keeps `inbound` for those of its events whose labels no item holds: cut, they would be another alert's.
async fn quarantine<S: Store>(
    store: &S,
    source: Source,
    inbound: &InboundRequest,
    too_large: &[AlertEvent],
) -> Result<Option<Quarantined>, StoreError> {
    let named = too_large.iter().filter_map(|event| Some((&event.title, event.check_labels().err()?)));
    let named: Vec<_> = named.map(|(title, error)| format!("`{title}`: {error}")).take(NAMED).collect();
    if named.is_empty() {
        return Ok(None);
    }
    let rejection = Rejection::new("labels_too_large", named.join("; "));
    let quarantined = Quarantined::new(source, rejection, inbound.clone());
    store.quarantine(&quarantined).await?;
    tracing::warn!(source = %source, quarantine_id = %quarantined.id, events = too_large.len(), "events quarantined");
    Ok(Some(quarantined))
}

/// Quarantines `inbound`, of which an event can never be recorded: sent again, it would fail again.
async fn quarantine_unstorable<S: Store>(
    store: &S,
    source: Source,
    inbound: &InboundRequest,
    error: &StoreError,
) -> Result<Quarantined, StoreError> {
    tracing::error!(source = %source, error = chain(error), "event cannot be stored, request quarantined");
    let rejection = Rejection::new("not_storable", format!("{}: see the log", chain(error)));
    let quarantined = Quarantined::new(source, rejection, inbound.clone());
    store.quarantine(&quarantined).await?;
    Ok(quarantined)
}

/// Notes that the sources of `events` have spoken.
pub(crate) async fn hear<S: Store>(store: &S, events: &[AlertEvent], inbound: &InboundRequest) {
    let speakers: BTreeSet<_> = events.iter().map(|event| (event.source, event.account.as_str())).collect();
    let heard =
        speakers.into_iter().map(|(source, account)| store.heard(source, account, inbound.received_at));
    join_all(heard).await;
}
