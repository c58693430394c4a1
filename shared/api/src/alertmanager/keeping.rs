//! Keeping what a batch of alerts says: each alert is recorded by itself, with a body that says it and nothing else.

use std::time::Duration;

use ::alert::{AlertEvent, Source};
use ::intake::{
    Clock, Entry, LIMIT_BYTES, Measure, QuarantineId, Quarantined, Recorded, Store, StoreError, TimeLeft,
    count, decoded, kept,
};
use aws::{Platform, SystemClock};
use axum::body::Bytes;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use http::request::Parts;
use http::{HeaderMap, header};
use normalize::alertmanager::{Batch, Refused, TOKEN_NAME, Understood, split};
use normalize::{InboundRequest, REPAIRED, Rejection, Settings};

use super::failure::{Failure, REQUIRED, WRONG_TYPE};
use crate::authorization::Person;

/// A Prometheus waits for 10 s; a write is tried again for as long, less what the way back takes.
const PATIENCE: Duration = Duration::from_secs(9);
/// How many alerts are written at a time.
const AT_A_TIME: usize = 16;
/// How many alerts an error names.
const NAMED: usize = 10;

/// What became of the alerts that could be kept.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) recorded: usize,
    pub(super) duplicates: usize,
}

/// Keeps the alerts of a request; what it returns, error or not, is said when all that can be kept is durable.
pub(super) async fn keep(platform: &Platform, parts: &Parts, body: Bytes) -> Result<Kept, Failure> {
    let left = parts.extensions.get().map_or(PATIENCE, |TimeLeft(left)| PATIENCE.min(*left));
    let delivery = open(parts, &body)?;
    let kept = tokio::time::timeout(left, keep_delivery(platform, &delivery)).await;
    kept.unwrap_or_else(|_| Err(Failure::Store(StoreError::OutOfTime { limit_ms: left.as_millis() })))
}

/// The request as it is kept: without credentials, but with the name of the token.
fn open(parts: &Parts, body: &[u8]) -> Result<InboundRequest, Failure> {
    if body.len() > LIMIT_BYTES {
        return Err(too_large());
    }
    let content_type = content_type(&parts.headers)?;
    let decoded = decoded(&parts.headers, body, LIMIT_BYTES).map_err(|_| too_large())?;
    if let Some(encoding) = decoded.unreadable {
        return Err(Failure::UnreadableEncoding(encoding.chars().take(32).collect()));
    }
    let token_name =
        parts.extensions.get::<Person>().map(|person| (TOKEN_NAME.to_owned(), person.to_string()));
    Ok(InboundRequest {
        method: parts.method.as_str().to_owned(),
        query: String::new(),
        content_type,
        headers: token_name.into_iter().collect(),
        body: decoded.body.into_owned(),
        received_at: SystemClock.now(),
    })
}

/// A body above the limit, which is counted: nothing of it is kept.
fn too_large() -> Failure {
    count(Measure::Refused, Source::Alertmanager, 1);
    Failure::BodyTooLarge { limit_bytes: LIMIT_BYTES }
}

fn content_type(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    let Some(content_type) = headers.get(header::CONTENT_TYPE) else {
        return Ok(None);
    };
    let content_type = content_type.to_str().unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.is_empty() && !essence.eq_ignore_ascii_case("application/json") {
        return Err(Failure::UnsupportedMediaType);
    }
    Ok(Some(content_type.to_owned()))
}

async fn keep_delivery(platform: &Platform, delivery: &InboundRequest) -> Result<Kept, Failure> {
    let Batch { understood, refused, warnings } = match split(delivery, &Settings::default()) {
        Ok(batch) => batch,
        Err(rejection) => {
            let code = if rejection.reason.starts_with("missing:") { REQUIRED } else { WRONG_TYPE };
            let message = quarantine(platform, rejection, delivery.clone()).await?;
            return Err(Failure::Schema { code, message });
        }
    };
    for warning in warnings {
        tracing::warn!(source = %Source::Alertmanager, warning, "batch understood with a reservation");
        if warning == REPAIRED {
            count(Measure::Repaired, Source::Alertmanager, 1);
        }
    }
    let account = understood.first().map(|understood| understood.event.account.clone());
    let kept = record(platform, delivery, understood).await.map_err(Failure::Store)?;
    if let Some(account) = account {
        platform.table.heard(Source::Alertmanager, &account, delivery.received_at).await;
    }
    tracing::info!(
        source = %Source::Alertmanager,
        recorded = kept.recorded,
        duplicates = kept.duplicates,
        refused = refused.len(),
        "batch recorded"
    );
    refuse(platform, delivery, refused).await?;
    Ok(kept)
}

async fn record(
    platform: &Platform,
    delivery: &InboundRequest,
    understood: Vec<Understood>,
) -> Result<Kept, StoreError> {
    let recordings = understood.into_iter().map(|Understood { event, body }| {
        let delivery = InboundRequest { body, ..head(delivery) };
        record_one(platform, event.bounded(), delivery).boxed()
    });
    let outcomes = stream::iter(recordings.collect::<Vec<_>>()).buffer_unordered(AT_A_TIME);
    outcomes
        .try_fold(Kept::default(), async |mut kept, outcome| {
            match outcome {
                Recorded::New(_) => kept.recorded += 1,
                Recorded::Duplicate => kept.duplicates += 1,
            }
            Ok(kept)
        })
        .await
}

async fn record_one(
    platform: &Platform,
    event: AlertEvent,
    delivery: InboundRequest,
) -> Result<Recorded, StoreError> {
    platform.table.record(Entry { event: &event, delivery: &kept(&delivery) }).await
}

/// Puts what breaks a rule into quarantine, and tells of the first few.
async fn refuse(
    platform: &Platform,
    delivery: &InboundRequest,
    refused: Vec<Refused>,
) -> Result<(), Failure> {
    let count = refused.len();
    let mut messages = Vec::new();
    for Refused { rejection, body, .. } in refused {
        let delivery = InboundRequest { body, ..head(delivery) };
        let message = quarantine(platform, rejection, delivery).await?;
        if messages.len() < NAMED {
            messages.push(message);
        }
    }
    if count == 0 {
        return Ok(());
    }
    if count > NAMED {
        messages.push(format!("{} more", count - NAMED));
    }
    Err(Failure::Refused(messages.join("; ")))
}

/// Puts `delivery` into quarantine, and says why and where to find it.
async fn quarantine(
    platform: &Platform,
    rejection: Rejection,
    delivery: InboundRequest,
) -> Result<String, Failure> {
    tracing::warn!(source = %Source::Alertmanager, reason = %rejection.reason, "alert refused");
    let quarantined = Quarantined::new(Source::Alertmanager, rejection, delivery);
    platform.table.quarantine(&quarantined).await.map_err(Failure::Store)?;
    let Quarantined { id, message, .. }: Quarantined = quarantined;
    Ok(told(&message, id))
}

fn told(message: &str, id: QuarantineId) -> String {
    format!("{message} (kept in quarantine as {id})")
}

/// `delivery` without its body.
fn head(delivery: &InboundRequest) -> InboundRequest {
    InboundRequest {
        method: delivery.method.clone(),
        query: delivery.query.clone(),
        content_type: delivery.content_type.clone(),
        headers: delivery.headers.clone(),
        body: Vec::new(),
        received_at: delivery.received_at,
    }
}
