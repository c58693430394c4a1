//! The pipeline itself.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use alert::Clock;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use normalize::{InboundRequest, Normalized, Rejection, SourceConfiguration};
use serde_json::json;
use tokio::time::Instant;

use crate::failure::chain;
use crate::meter::{Measure, count};
use crate::recording::{hear, record};
use crate::request::{Deadline, UNREADABLE_ENCODING, Unverified, allow};
use crate::{Failure, Kept, KeyringOf, Protocol, Quarantined, Reply, Secrets, Store, StoreError};

/// The webhook of one source: takes requests, keeps what they say, and answers as the source expects.
#[derive(Debug)]
pub struct Webhook<P, S, K, C> {
    protocol: PhantomData<P>,
    configuration: SourceConfiguration,
    store: Arc<S>,
    secrets: Arc<K>,
    clock: C,
}

/// A request after its first three gates.
enum Admitted<P: Protocol> {
    /// Part of setting the webhook up; there is nothing to keep.
    Handshake(Reply),
    /// A known sender's notification.
    Request(InboundRequest, Arc<KeyringOf<P>>),
}

impl<P, S, K, C: Clone> Clone for Webhook<P, S, K, C> {
    fn clone(&self) -> Self {
        Self {
            protocol: PhantomData,
            configuration: self.configuration.clone(),
            store: Arc::clone(&self.store),
            secrets: Arc::clone(&self.secrets),
            clock: self.clock.clone(),
        }
    }
}

impl<P: Protocol, S: Store, K: Secrets, C: Clock> Webhook<P, S, K, C> {
    /// A webhook that keeps its events in `store` and knows its senders from `secrets`.
    pub fn new(store: Arc<S>, secrets: Arc<K>, clock: C, configuration: SourceConfiguration) -> Self {
        Self { protocol: PhantomData, configuration, store, secrets, clock }
    }

    /// Takes one request from the first byte to the reply. Never fails: a failure is a reply, too.
    pub async fn handle(self, request: Request<Bytes>) -> Response<Bytes> {
        let patience =
            request.extensions().get().map_or(P::PATIENCE, |Deadline(left)| P::PATIENCE.min(*left));
        let began = Instant::now();
        let reply = match self.admit(request).await {
            Ok(Admitted::Handshake(reply)) => reply,
            Ok(Admitted::Request(inbound, keyring)) => {
                let outcome =
                    within(patience.saturating_sub(began.elapsed()), self.keep(&inbound, &keyring)).await;
                log_outcome::<P>(&outcome);
                P::answer(&inbound, &outcome, &keyring)
            }
            Err(failure) => {
                log_failure::<P>(&failure);
                P::refuse(&failure)
            }
        };
        reply.into_response(&allow(P::METHODS))
    }

    /// Keeps a request that the source itself has shown us because it never got here: `inbound` was received when it was
    /// tried. Its gates are behind it: who asked the source knows whose it is. A limit of time is the caller's.
    pub async fn take(&self, inbound: InboundRequest) -> Result<Kept, Failure> {
        let keyring = self.secrets.keyring::<P>().await.map_err(Failure::Secrets)?;
        let keyring = keyring.ok_or(Failure::NothingConfigured)?;
        let outcome = self.keep(&P::redact(inbound), &keyring).await;
        log_outcome::<P>(&outcome);
        outcome
    }

    /// Method, size, credentials.
    async fn admit(&self, request: Request<Bytes>) -> Result<Admitted<P>, Failure> {
        let request = Unverified::admit::<P>(request)?;
        let known = self.secrets.keyring::<P>().await.map_err(Failure::Secrets)?;
        let admitted = known.map_or(Err(Failure::NothingConfigured), |known| self.admit_by(&request, known));
        if !admitted.as_ref().is_err_and(Failure::may_be_out_of_date) {
            return admitted;
        }
        // The credential may be newer than what we know: a rotation must not refuse anybody.
        match self.secrets.renewed::<P>().await {
            Ok(Some(renewed)) => self.admit_by(&request, renewed),
            Ok(None) | Err(_) => admitted,
        }
    }

    fn admit_by(&self, request: &Unverified, keyring: Arc<KeyringOf<P>>) -> Result<Admitted<P>, Failure> {
        if let Some(reply) = P::handshake(request.parts(), &keyring) {
            return reply.map(Admitted::Handshake);
        }
        if request.is_probe() {
            let known = Reply::json(StatusCode::OK, &json!({ "status": "known" }));
            return request.admitted::<P>(&keyring).map(|()| Admitted::Handshake(known));
        }
        let inbound = request.verify::<P>(&keyring, self.clock.now())?;
        Ok(Admitted::Request(P::redact(inbound), keyring))
    }

    /// Decode, normalize, record.
    async fn keep(&self, inbound: &InboundRequest, keyring: &KeyringOf<P>) -> Result<Kept, Failure> {
        if !P::accepts(inbound) {
            return Err(Failure::UnsupportedMediaType);
        }
        let configuration = P::configured(&keyring.current.own, &self.configuration);
        match normalized::<P>(inbound, &configuration) {
            Ok(normalized) => Box::pin(self.record(inbound, normalized)).await.map_err(Failure::Store),
            Err(rejection) => {
                let quarantined = Quarantined::new(P::SOURCE, rejection, inbound.clone());
                self.store.quarantine(&quarantined).await.map_err(Failure::Store)?;
                Ok(Kept::Quarantined(Box::new(quarantined)))
            }
        }
    }

    async fn record(&self, inbound: &InboundRequest, normalized: Normalized) -> Result<Kept, StoreError> {
        let outcome = record(&*self.store, P::SOURCE, inbound, normalized).await?;
        hear(&*self.store, &outcome.events, inbound).await;
        if let Some(quarantined) = outcome.quarantined.filter(|_| outcome.recorded + outcome.duplicates == 0)
        {
            return Ok(Kept::Quarantined(Box::new(quarantined)));
        }
        Ok(Kept::Recorded {
            events: outcome.events,
            recorded: outcome.recorded,
            duplicates: outcome.duplicates,
        })
    }
}

/// What `inbound` says, unless it came in an encoding that nobody here knows.
fn normalized<P: Protocol>(
    inbound: &InboundRequest,
    configuration: &SourceConfiguration,
) -> Result<Normalized, Rejection> {
    let Some(encoding) = inbound.headers.get(UNREADABLE_ENCODING) else {
        return P::normalize(inbound, configuration);
    };
    let encoding: String = encoding.chars().take(32).collect();
    let message =
        format!("the body cannot be decoded from `{encoding}`: send it as it is, or as gzip or deflate");
    Err(Rejection::new("unreadable_encoding", message))
}

/// What `keeping` comes to, or that the time was up.
async fn within(
    patience: Duration,
    keeping: impl Future<Output = Result<Kept, Failure>>,
) -> Result<Kept, Failure> {
    let out_of_time = StoreError::OutOfTime { limit_ms: patience.as_millis() };
    tokio::time::timeout(patience, keeping).await.unwrap_or(Err(Failure::Store(out_of_time)))
}

fn log_outcome<P: Protocol>(outcome: &Result<Kept, Failure>) {
    match outcome {
        Ok(Kept::Recorded { events, recorded, duplicates }) => {
            let fingerprint = events.first().map(|event| tracing::field::display(event.fingerprint));
            tracing::info!(source = %P::SOURCE, recorded, duplicates, fingerprint, "request recorded");
            count(Measure::Recorded, P::SOURCE, *recorded);
            count(Measure::Duplicates, P::SOURCE, *duplicates);
        }
        Ok(Kept::Quarantined(kept)) => {
            tracing::warn!(source = %P::SOURCE, quarantine_id = %kept.id, reason = kept.reason, "request quarantined");
            count(Measure::Quarantined, P::SOURCE, 1);
        }
        Err(failure) => log_failure::<P>(failure),
    }
}

fn log_failure<P: Protocol>(failure: &Failure) {
    let status = failure.status::<P>().as_u16();
    if matches!(failure, Failure::Store(_) | Failure::Secrets(_) | Failure::NothingConfigured) {
        tracing::error!(source = %P::SOURCE, status, error = chain(failure), "request failed");
    } else {
        tracing::warn!(source = %P::SOURCE, status, error = %failure, "request refused");
    }
    count(failure.measure(), P::SOURCE, 1);
}
