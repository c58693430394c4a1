//! What one source does differently: methods, types, handshake, own checks, and how it is answered.

mod kazoo;
mod netdata;
mod site24x7;
mod tencent;

use std::time::Duration;

use alert::Source;
use http::Method;
use http::request::Parts;
use normalize::{InboundRequest, Normalized, Rejection, Settings};

use crate::{Failure, Kept, Keyring, LIMIT_BYTES, Reply, SourceSecret};

pub use kazoo::Kazoo;
pub use netdata::Netdata;
pub use site24x7::Site24x7;
pub use tencent::Tencent;

/// One source's side of the pipeline; a type without values that names the source.
pub trait Protocol: Send + Sync + 'static {
    /// Who speaks it.
    const SOURCE: Source;
    /// The methods it uses.
    const METHODS: &'static [Method];
    /// The largest body that is read, in bytes.
    const LIMIT_BYTES: usize = LIMIT_BYTES;
    /// How long the sender waits, less what the way back takes; a write is tried again for as long.
    const PATIENCE: Duration;
    /// Headers that the normalizer reads, in lower case.
    const KEPT_HEADERS: &'static [&'static str] = &[];

    /// Answers a request that is part of setting the webhook up and carries no notification.
    fn handshake(parts: &Parts, keyring: &Keyring<SourceSecret>) -> Option<Result<Reply, Failure>> {
        let _ = (parts, keyring);
        None
    }

    /// The source's own checks of a request whose credentials are good.
    fn trusts(inbound: &InboundRequest, keyring: &Keyring<SourceSecret>) -> bool {
        let _ = (inbound, keyring);
        true
    }

    /// Whether the request's content type is one that the source sends.
    fn accepts(inbound: &InboundRequest) -> bool {
        let _ = inbound;
        true
    }

    /// The request without what must never be stored.
    fn redact(inbound: InboundRequest) -> InboundRequest {
        inbound
    }

    /// The account of every event, where it is the secret and not the request that says it.
    fn account(secret: &SourceSecret) -> Option<String> {
        let _ = secret;
        None
    }

    /// What the request says.
    fn normalize(inbound: &InboundRequest, settings: &Settings) -> Result<Normalized, Rejection>;

    /// The answer to a request that was refused before it was opened.
    fn refuse(failure: &Failure) -> Reply;

    /// The answer to a request.
    fn answer(
        inbound: &InboundRequest,
        outcome: &Result<Kept, Failure>,
        keyring: &Keyring<SourceSecret>,
    ) -> Reply;
}
