//! Keeping what a batch of alerts says: each alert is recorded by itself, with a body that says it and nothing else.

use std::time::Duration;

use ::alert::Source;
use ::intake::{Clock, Entry, QuarantineId, Quarantined, Recorded, Store, StoreError, TimeLeft, chain};
use aws::{Platform, SystemClock};
use axum::body::Bytes;
use http::request::Parts;
use http::{HeaderMap, header};
use normalize::alertmanager::{Batch, Refused, TOKEN_NAME, Understood, split};
use normalize::{InboundRequest, Rejection, Settings};

use super::failure::{Failure, REQUIRED, WRONG_TYPE};
use crate::authorization::Person;

/// The largest body, in bytes: a Prometheus sends up to 256 alerts at once.
const LIMIT_BYTES: usize = 2 * 1024 * 1024;
/// The largest body that quarantine holds, in bytes.
const QUARANTINE_BYTES: usize = 256 * 1024;
/// A Prometheus waits for 10 s; a write is tried again for as long, less what the way back takes.
const PATIENCE: Duration = Duration::from_secs(9);
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
        return Err(Failure::BodyTooLarge { limit_bytes: LIMIT_BYTES });
    }
    let content_type = content_type(&parts.headers)?;
    let token_name =
        parts.extensions.get::<Person>().map(|person| (TOKEN_NAME.to_owned(), person.to_string()));
    Ok(InboundRequest {
        method: parts.method.as_str().to_owned(),
        query: String::new(),
        content_type,
        headers: token_name.into_iter().collect(),
        body: body.to_vec(),
        received_at: SystemClock.now(),
    })
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
    let Batch { understood, refused } = match split(delivery, &Settings::default()) {
        Ok(batch) => batch,
        Err(rejection) => {
            let code = if rejection.reason.starts_with("missing:") { REQUIRED } else { WRONG_TYPE };
            let message = quarantine(platform, rejection, delivery.clone()).await?;
            return Err(Failure::Schema { code, message });
        }
    };
    let account = understood.first().map(|understood| understood.event.account.clone());
    let (kept, unstorable) = record(platform, delivery, understood).await.map_err(Failure::Store)?;
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
    let refused = refused.into_iter().map(|Refused { rejection, body, .. }| (rejection, body));
    refuse(platform, delivery, refused.chain(unstorable).collect()).await?;
    Ok(kept)
}

/// Records what was understood; what the table can never take comes back with its reason.
async fn record(
    platform: &Platform,
    delivery: &InboundRequest,
    understood: Vec<Understood>,
) -> Result<(Kept, Vec<(Rejection, Vec<u8>)>), StoreError> {
    let understood = understood.into_iter().map(|Understood { event, body }| {
        let delivery = InboundRequest { body, ..head(delivery) };
        (event.bounded(), delivery)
    });
    let understood: Vec<_> = understood.collect();
    let entries: Vec<_> = understood.iter().map(|(event, delivery)| Entry { event, delivery }).collect();
    let outcomes = platform.table.record_all(&entries).await;
    let (mut kept, mut unstorable) = (Kept::default(), Vec::new());
    for (outcome, (_, delivery)) in outcomes.into_iter().zip(&understood) {
        match outcome {
            Ok(Recorded::New(_)) => kept.recorded += 1,
            Ok(Recorded::Duplicate) => kept.duplicates += 1,
            Err(error) if error.is_final() => {
                tracing::error!(source = %Source::Alertmanager, error = chain(&error), "alert cannot be stored");
                let rejection = Rejection::new("not_storable", format!("{}: see the log", chain(&error)));
                unstorable.push((rejection, delivery.body.clone()));
            }
            Err(error) => return Err(error),
        }
    }
    Ok((kept, unstorable))
}

/// Puts what breaks a rule into quarantine, and tells of the first few.
async fn refuse(
    platform: &Platform,
    delivery: &InboundRequest,
    refused: Vec<(Rejection, Vec<u8>)>,
) -> Result<(), Failure> {
    let count = refused.len();
    let mut messages = Vec::new();
    for (rejection, body) in refused {
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
    if delivery.body.len() > QUARANTINE_BYTES {
        return Ok(rejection.message);
    }
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
