//! Reads a stored request again, after a normalizer was mended or a setting was set right.

use alert::Source;
use normalize::{InboundRequest, Normalized, Rejection, SourceConfiguration};

use crate::recording::{configuration_with, record};
use crate::{
    Protocol, ProtocolVisitor, Quarantined, Secrets, SecretsError, SourceSecret, Store, StoreError, is_cut,
    with_protocol,
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

/// What turns a source's requests into events.
type Normalizer = fn(&InboundRequest, &SourceConfiguration, &SourceSecret) -> Result<Normalized, Rejection>;

/// The normalizer of each source that sends requests.
fn normalizer(source: Source) -> Option<Normalizer> {
    // It calls no webhook: the API takes its alerts.
    if source == Source::Alertmanager {
        return Some(|inbound, configuration, _| {
            ::normalize::alertmanager::normalize(inbound, configuration)
        });
    }
    with_protocol(source, &mut Normalizers)
}

/// Finds the normalizer of a webhook's source.
struct Normalizers;

impl ProtocolVisitor for Normalizers {
    type Output = Normalizer;

    fn visit<P: Protocol>(&mut self) -> Normalizer {
        normalize::<P>
    }
}

fn normalize<P: Protocol>(
    inbound: &InboundRequest,
    configuration: &SourceConfiguration,
    secret: &SourceSecret,
) -> Result<Normalized, Rejection> {
    P::normalize(inbound, &configuration_with::<P>(configuration, secret))
}

/// Reads `inbound` of `source` again as it was stored, and records what it says; what is known already stays once.
pub async fn replay<S: Store, K: Secrets>(
    store: &S,
    secrets: &K,
    configuration: &SourceConfiguration,
    source: Source,
    inbound: &InboundRequest,
) -> Result<Replayed, ReplayFailure> {
    let normalize = normalizer(source).filter(|_| inbound.method != OWN_METHOD);
    let normalize = normalize.ok_or_else(|| ReplayFailure::NotUnderstood(nobody_s()))?;
    if is_cut(inbound) {
        return Err(ReplayFailure::NotUnderstood(cut_short()));
    }
    let keyring = secrets.keyring(source).await.map_err(ReplayFailure::Secrets)?;
    let secret = keyring.map_or_else(SourceSecret::default, |keyring| keyring.current.clone());
    let normalized = normalize(inbound, configuration, &secret).map_err(ReplayFailure::NotUnderstood)?;
    let outcome = record(store, source, inbound, normalized).await.map_err(ReplayFailure::Store)?;
    if let Some(Quarantined { reason, message, .. }) = outcome.quarantined {
        return Err(ReplayFailure::NotUnderstood(Rejection::new(reason, message)));
    }
    Ok(Replayed { recorded: outcome.recorded, duplicates: outcome.duplicates })
}

fn cut_short() -> Rejection {
    Rejection::new("body_cut", "its body was too large to be kept whole: have it sent again")
}

fn nobody_s() -> Rejection {
    Rejection::new("no_normalizer", "no source sent it: there is nothing to read again")
}
