//! From a delivery that was understood to what the table keeps of it; for new deliveries and for those read again.

use std::collections::BTreeSet;

use alert::{AlertEvent, Source};
use futures::future::join_all;
use normalize::{InboundRequest, Normalized, Rejection, Settings};

use crate::{Entry, Protocol, Quarantined, Recorded, SourceSecret, Store, StoreError, chain};

/// What was recorded of one delivery.
pub(crate) struct Outcome {
    pub(crate) events: Vec<AlertEvent>,
    pub(crate) recorded: usize,
    pub(crate) duplicates: usize,
    /// The delivery, quarantined because the table can never take some of its events.
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
    }
    let events: Vec<_> = normalized.events.into_iter().map(AlertEvent::bounded).collect();
    let entries: Vec<_> = events.iter().map(|event| Entry { event, delivery }).collect();
    let results = store.record_all(&entries).await;
    let (mut recorded, mut duplicates, mut refused) = (0, 0, None);
    for result in results {
        match result {
            Ok(Recorded::New(_)) => recorded += 1,
            Ok(Recorded::Duplicate) => duplicates += 1,
            Err(error) if error.is_final() => refused = refused.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    let quarantined = match refused {
        Some(error) => Some(put_aside(store, source, delivery, &error).await?),
        None => None,
    };
    Ok(Outcome { events, recorded, duplicates, quarantined })
}

/// Quarantines `delivery`, of which an event can never be recorded: sent again, it would fail again.
async fn put_aside<S: Store>(
    store: &S,
    source: Source,
    delivery: &InboundRequest,
    error: &StoreError,
) -> Result<Quarantined, StoreError> {
    tracing::error!(source = %source, error = chain(error), "event cannot be stored, delivery quarantined");
    let rejection = Rejection::new("not_storable", format!("{}: see the log", chain(error)));
    let quarantined = Quarantined::new(source, rejection, delivery.clone());
    store.quarantine(&quarantined).await?;
    Ok(quarantined)
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
