//! Keeping what a batch of alerts says: each alert is recorded by itself, with a body that says it and nothing else.

use std::time::Duration;

use ::alert::{Clock, Source};
use ::intake::{
    Deadline, LIMIT_BYTES, Measure, QuarantineId, Quarantined, Recorded, Store, StoreError, chain, count,
    decoded, record_events,
};
use aws::{Platform, SystemClock};
use axum::body::Bytes;
use http::request::Parts;
use http::{HeaderMap, header};
use normalize::alertmanager::{Batch, Refused, TOKEN_NAME, Understood, split};
use normalize::{InboundRequest, REPAIRED, Rejection, SourceConfiguration};

use super::failure::{Failure, REQUIRED, WRONG_TYPE};
use crate::authorization::Principal;

/// A Prometheus waits for 10 s; a write is tried again for as long, less what the way back takes.
const PATIENCE: Duration = Duration::from_secs(9);
/// How many alerts an error names.
const NAMED: usize = 10;
/// The source of whatever comes here.
const SOURCE: Source = Source::Alertmanager;

/// What became of the alerts that could be kept.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) recorded: usize,
    pub(super) duplicates: usize,
    /// How many more there were, by the word of the sender.
    pub(super) left_out: u64,
}

/// Keeps the alerts of a request; what it returns, error or not, is said when all that can be kept is durable.
pub(super) async fn keep(platform: &Platform, parts: &Parts, body: Bytes) -> Result<Kept, Failure> {
    let left = parts.extensions.get().map_or(PATIENCE, |Deadline(left)| PATIENCE.min(*left));
    let inbound = open(parts, &body).inspect_err(refused)?;
    let kept = tokio::time::timeout(left, keep_request(platform, &inbound)).await;
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
        parts.extensions.get::<Principal>().map(|person| (TOKEN_NAME.to_owned(), person.to_string()));
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

/// Counts and logs a request of which nothing is kept.
fn refused(failure: &Failure) {
    tracing::warn!(source = %SOURCE, error = %failure, "request refused");
    count(Measure::Refused, SOURCE, 1);
}

async fn keep_request(platform: &Platform, inbound: &InboundRequest) -> Result<Kept, Failure> {
    let Batch { understood, refused, left_out, warnings } =
        match split(inbound, &SourceConfiguration::default()) {
            Ok(batch) => batch,
            Err(rejection) => {
                let code = code_of(&rejection);
                let message = quarantine(platform, rejection, inbound.clone()).await?;
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
    let (kept, unstorable) = record(platform, inbound, understood).await.map_err(Failure::Store)?;
    if let Some(account) = &account {
        platform.table.heard(SOURCE, account, inbound.received_at).await;
    }
    report(&kept, refused.len(), left_out, account.as_deref());
    let refused = refused.into_iter().map(|Refused { rejection, body, .. }| (rejection, body));
    refuse(platform, inbound, refused.chain(unstorable).collect(), account.is_some()).await?;
    Ok(Kept { left_out, ..kept })
}

/// Counts and logs what became of a batch.
fn report(kept: &Kept, refused: usize, left_out: u64, account: Option<&str>) {
    let Kept { recorded, duplicates, .. } = *kept;
    tracing::info!(source = %SOURCE, recorded, duplicates, refused, "batch recorded");
    count(Measure::Recorded, SOURCE, recorded);
    count(Measure::Duplicates, SOURCE, duplicates);
    if left_out > 0 {
        tracing::warn!(
            source = %SOURCE,
            account,
            left_out,
            "the Alertmanager left {left_out} alerts out of its notification: raise `max_alerts` of its webhook"
        );
        count(Measure::LeftOut, SOURCE, usize::try_from(left_out).unwrap_or(usize::MAX));
    }
}

/// Records what was understood; what the table can never take comes back with its reason.
async fn record(
    platform: &Platform,
    inbound: &InboundRequest,
    understood: Vec<Understood>,
) -> Result<(Kept, Vec<(Rejection, Vec<u8>)>), StoreError> {
    let understood: Vec<_> = understood
        .into_iter()
        .map(|Understood { event, body }| (event, InboundRequest { body, ..head(inbound) }))
        .collect();
    let bodies: Vec<_> = understood.iter().map(|(_, inbound)| inbound.body.clone()).collect();
    let (mut kept, mut unstorable) = (Kept::default(), Vec::new());
    for (outcome, body) in record_events(&*platform.table, understood).await.into_iter().zip(bodies) {
        match outcome {
            Ok(Recorded::New(_)) => kept.recorded += 1,
            Ok(Recorded::Duplicate) => kept.duplicates += 1,
            Err(error) if error.is_final() => {
                tracing::error!(source = %SOURCE, error = chain(&error), "alert cannot be stored");
                let rejection = Rejection::new("not_storable", format!("{}: see the log", chain(&error)));
                unstorable.push((rejection, body));
            }
            Err(error) => return Err(error),
        }
    }
    Ok((kept, unstorable))
}

/// Puts what breaks the schema or a rule into quarantine, and names the first few. Where nothing else was in the
/// batch, a break of the schema is answered as one.
async fn refuse(
    platform: &Platform,
    inbound: &InboundRequest,
    refused: Vec<(Rejection, Vec<u8>)>,
    is_some_kept: bool,
) -> Result<(), Failure> {
    let Some(code) = refused.first().map(|(rejection, _)| code_of(rejection)) else {
        return Ok(());
    };
    let breaks_schema = !is_some_kept && refused.iter().any(|(rejection, _)| breaks_schema(rejection));
    let unnamed = refused.len().saturating_sub(NAMED);
    let mut messages = Vec::new();
    for (rejection, body) in refused {
        let inbound = InboundRequest { body, ..head(inbound) };
        let message = quarantine(platform, rejection, inbound).await?;
        if messages.len() < NAMED {
            messages.push(message);
        }
    }
    if unnamed > 0 {
        messages.push(format!("{unnamed} more"));
    }
    let message = messages.join("; ");
    Err(if breaks_schema { Failure::Schema { code, message } } else { Failure::Refused(message) })
}

fn breaks_schema(rejection: &Rejection) -> bool {
    rejection.reason == "wrong_type" || rejection.reason.starts_with("missing:")
}

fn code_of(rejection: &Rejection) -> u16 {
    if rejection.reason.starts_with("missing:") { REQUIRED } else { WRONG_TYPE }
}

/// Puts `inbound` into quarantine, and says why and where to find it.
async fn quarantine(
    platform: &Platform,
    rejection: Rejection,
    inbound: InboundRequest,
) -> Result<String, Failure> {
    tracing::warn!(source = %SOURCE, reason = %rejection.reason, "alert refused");
    count(Measure::Quarantined, SOURCE, 1);
    let quarantined = Quarantined::new(SOURCE, rejection, inbound);
    platform.table.quarantine(&quarantined).await.map_err(Failure::Store)?;
    let Quarantined { id, message, .. }: Quarantined = quarantined;
    Ok(kept_in_quarantine(&message, id))
}

fn kept_in_quarantine(message: &str, id: QuarantineId) -> String {
    format!("{message} (kept in quarantine as {id})")
}

/// `inbound` without its body.
fn head(inbound: &InboundRequest) -> InboundRequest {
    InboundRequest {
        method: inbound.method.clone(),
        query: inbound.query.clone(),
        content_type: inbound.content_type.clone(),
        headers: inbound.headers.clone(),
        body: Vec::new(),
        received_at: inbound.received_at,
    }
}
