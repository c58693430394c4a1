//! From a delivery that was understood to what the table keeps of it; for new deliveries and for those read again.

use std::collections::BTreeSet;

use alert::{AlertEvent, Source};
use futures::future::join_all;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use normalize::{InboundRequest, Normalized, Settings};

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
    let events: Vec<_> = normalized.events.into_iter().map(AlertEvent::bounded).collect();
    let recordings: Vec<_> =
        events.iter().map(|event| store.record(Entry { event, delivery }).boxed()).collect();
    let outcomes: Vec<_> = stream::iter(recordings).buffer_unordered(AT_A_TIME).try_collect().await?;
    let duplicates = outcomes.iter().filter(|outcome| **outcome == Recorded::Duplicate).count();
    Ok(Outcome { recorded: outcomes.len() - duplicates, duplicates, events })
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
