//! Reads a stored request again, after a normalizer was mended or a setting was set right.

use alert::Source;
use futures::FutureExt;
use futures::future::BoxFuture;
use normalize::{InboundRequest, Normalized, Rejection, SourceConfiguration};

use crate::recording::record;
use crate::{
    Protocol, ProtocolVisitor, Quarantined, Secrets, SecretsError, Store, StoreError, is_cut, with_protocol,
};

/// What reading a request again came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    /// How many of its events were new.
    pub recorded: usize,
    /// How many were known already.
    pub duplicates: usize,
}

/// Why a request was not read again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayFailure {
    /// It is still not understood.
    #[error("it is still not understood: {}", .0.message)]
    NotUnderstood(Rejection),
    /// The source's secret, which knows the account, could not be read.
    #[error("the secret of its source cannot be read at present")]
    Secrets(#[source] SecretsError),
    /// The table did not take it.
    #[error("it could not be stored: try again")]
    Store(#[source] StoreError),
}

/// The method of a request that no source sent: what a person did, or the lack of news.
pub const OWN_METHOD: &str = "CAMPANILE";

/// Reads `inbound` of `source` again as it was stored, and records what it says; what is known already stays once.
pub async fn replay<S: Store, K: Secrets>(
    store: &S,
    secrets: &K,
    configuration: &SourceConfiguration,
    source: Source,
    inbound: &InboundRequest,
) -> Result<Replayed, ReplayFailure> {
    let normalized = normalized(secrets, configuration, source, inbound).await?;
    let outcome = record(store, source, inbound, normalized).await.map_err(ReplayFailure::Store)?;
    if let Some(Quarantined { reason, message, .. }) = outcome.quarantined {
        return Err(ReplayFailure::NotUnderstood(Rejection::new(reason, message)));
    }
    Ok(Replayed { recorded: outcome.recorded, duplicates: outcome.duplicates })
}

/// What `inbound` says to the normalizer of `source`.
async fn normalized<K: Secrets>(
    secrets: &K,
    configuration: &SourceConfiguration,
    source: Source,
    inbound: &InboundRequest,
) -> Result<Normalized, ReplayFailure> {
    let by_protocol = with_protocol(source, &mut Normalizing { secrets, configuration, inbound });
    // Alertmanager calls no webhook: the API takes its alerts.
    let has_normalizer = by_protocol.is_some() || source == Source::Alertmanager;
    if !has_normalizer || inbound.method == OWN_METHOD {
        return Err(ReplayFailure::NotUnderstood(nobody_s()));
    }
    if is_cut(inbound) {
        return Err(ReplayFailure::NotUnderstood(cut_short()));
    }
    match by_protocol {
        Some(normalized) => normalized.await,
        None => {
            normalize::alertmanager::normalize(inbound, configuration).map_err(ReplayFailure::NotUnderstood)
        }
    }
}

/// Normalizes as the protocol of a webhook does, with what its secret knows.
struct Normalizing<'a, K> {
    secrets: &'a K,
    configuration: &'a SourceConfiguration,
    inbound: &'a InboundRequest,
}

impl<'a, K: Secrets> ProtocolVisitor for Normalizing<'a, K> {
    type Output = BoxFuture<'a, Result<Normalized, ReplayFailure>>;

    fn visit<P: Protocol>(&mut self) -> Self::Output {
        let Self { secrets, configuration, inbound } = *self;
        let normalized = async move {
            let keyring = secrets.keyring::<P>().await.map_err(ReplayFailure::Secrets)?;
            let secret = keyring.map_or_else(P::Secret::default, |keyring| keyring.current.own.clone());
            P::normalize(inbound, &P::configured(&secret, configuration))
                .map_err(ReplayFailure::NotUnderstood)
        };
        normalized.boxed()
    }
}

fn cut_short() -> Rejection {
    Rejection::new("body_cut", "its body was too large to be kept whole: have it sent again")
}

fn nobody_s() -> Rejection {
    Rejection::new("no_normalizer", "no source sent it: there is nothing to read again")
}
