//! The typed step from a request that anybody may have sent to one that a known sender did.
//!
//! An [`Unverified`] request has a method and a size, but nobody can reach its body; only
//! [`Unverified::verify`] yields the [`InboundRequest`] with it.

use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request};
use jiff::Timestamp;
use normalize::InboundRequest;

use crate::credentials::{Presented, without_token};
use crate::encoding::{Decoded, decoded};
use crate::{Failure, KeyringOf, Protocol};

/// The kept header of a body whose encoding could not be taken off.
pub(crate) const UNREADABLE_ENCODING: &str = "content-encoding";

/// The TLS client certificate that the gateway verified; a request extension, never a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The subject's distinguished name as the gateway prints it.
    pub subject_dn: String,
}

/// The header of a request that asks whether its credential is good, and says nothing else: nothing is kept of it.
pub const PROBE_HEADER: &str = "x-campanile-probe";

/// The deadline of a request: how long after its arrival the reply is due. A request extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(pub Duration);

/// A request of which only method and size were looked at.
pub(crate) struct Unverified {
    parts: Parts,
    body: Bytes,
}

impl Unverified {
    /// Admits a request whose method and size are right for the source.
    pub(crate) fn admit<P: Protocol>(request: Request<Bytes>) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        if !P::METHODS.contains(&parts.method) {
            return Err(Failure::MethodNotAllowed);
        }
        if body.len() > P::LIMIT_BYTES {
            return Err(Failure::TooLarge { limit_bytes: P::LIMIT_BYTES });
        }
        Ok(Self { parts, body })
    }

    /// Method, query and headers: what a handshake without a body may look at.
    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Opens the request if it presents a credential that `keyring` knows and the source's own checks hold.
    pub(crate) fn verify<P: Protocol>(
        &self,
        keyring: &KeyringOf<P>,
        received_at: Timestamp,
    ) -> Result<InboundRequest, Failure> {
        self.admitted::<P>(keyring)?;
        let inbound = self.open::<P>(received_at)?;
        if P::trusts(&inbound, keyring) { Ok(inbound) } else { Err(Failure::Unauthorized) }
    }

    /// Whether the credentials alone are good.
    pub(crate) fn admitted<P: Protocol>(&self, keyring: &KeyringOf<P>) -> Result<(), Failure> {
        if !keyring.admits_anybody() {
            return Err(Failure::NothingConfigured);
        }
        let is_known = Presented::by(&self.parts, P::SOURCE.as_str()).satisfies(keyring);
        if is_known { Ok(()) } else { Err(Failure::Unauthorized) }
    }

    /// Whether somebody asks, with a credential, no more than whether it is good.
    pub(crate) fn is_probe(&self) -> bool {
        self.parts.headers.contains_key(PROBE_HEADER)
    }

    /// Takes the body out of its encoding, which only a known sender may ask for.
    fn open<P: Protocol>(&self, received_at: Timestamp) -> Result<InboundRequest, Failure> {
        let Decoded { body, unreadable } = decoded(&self.parts.headers, &self.body, P::LIMIT_BYTES)?;
        let header = |name: &str| {
            self.parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let kept = P::KEPT_HEADERS.iter().filter_map(|name| Some(((*name).to_owned(), header(name)?)));
        let unreadable = unreadable.map(|encoding| (UNREADABLE_ENCODING.to_owned(), encoding));
        Ok(InboundRequest {
            method: self.parts.method.as_str().to_owned(),
            query: without_token(self.parts.uri.query().unwrap_or_default()),
            content_type: header("content-type"),
            headers: kept.chain(unreadable).collect(),
            body: body.into_owned(),
            received_at,
        })
    }
}

/// Methods joined for an `Allow` header.
pub(crate) fn allow(methods: &[Method]) -> String {
    methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ")
}
