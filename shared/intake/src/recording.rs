//! From a delivery that was understood to what the table keeps of it; for new deliveries and for those read again.

use std::collections::BTreeSet;

use alert::{AlertEvent, Received, Source};
use futures::future::join_all;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use normalize::{InboundRequest, Normalized, Settings};

use crate::meter::{Measure, count};
use crate::{Entry, Protocol, Recorded, SourceSecret, Store, StoreError};

/// How many events of one delivery are recorded at a time.
const AT_A_TIME: usize = 16;

/// What was recorded of one delivery.
pub(crate) struct Outcome {
    pub(crate) events: Vec<AlertEvent>,
    pub(crate) recorded: usize,
    pub(crate) duplicates: usize,
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
    }
    let recordings: Vec<_> =
        normalized.events.into_iter().map(|event| record_event(store, event, delivery).boxed()).collect();
    let outcomes: Vec<_> = stream::iter(recordings).buffered(AT_A_TIME).try_collect().await?;
    let duplicates = outcomes.iter().filter(|(_, outcome)| *outcome == Recorded::Duplicate).count();
    let events: Vec<_> = outcomes.into_iter().map(|(event, _)| event).collect();
    Ok(Outcome { recorded: events.len() - duplicates, duplicates, events })
}

/// Records one event of a source: bounded in size, and in time by the moment at which its delivery was received. Every
/// event of a source passes here, whoever heard it; what is returned with the outcome is what was recorded.
pub async fn record_event<S: Store>(
    store: &S,
    event: AlertEvent,
    delivery: &InboundRequest,
) -> Result<(AlertEvent, Recorded), StoreError> {
    let Received { event, ahead } = event.bounded().received(delivery.received_at);
    let recorded = store.record(Entry { event: &event, delivery }).await?;
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
