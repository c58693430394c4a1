//! What one source does differently: methods, types, handshake, own checks, and how it is answered.

use std::time::Duration;

use alert::Source;
use http::request::Parts;
use http::{Method, StatusCode};
use normalize::{InboundRequest, Normalized, Rejection, SourceConfiguration};

use crate::{Failure, Kept, Keyring, LIMIT_BYTES, OwnMembers, Reply, SourceSecret};

/// Makes the list of the sources that call a webhook: the modules, their types, and what walks over all of them.
macro_rules! protocols {
    ($($module:ident::$Protocol:ident),+ $(,)?) => {
        $(mod $module;)+
        $(pub use $module::$Protocol;)+

        /// The sources that call a webhook, in the order in which they are listed for people.
        pub const WEBHOOKS: &[Source] = &[$(<$Protocol as Protocol>::SOURCE),+];

        /// Shows `visitor` the protocol of each source that calls a webhook, in the order of [`WEBHOOKS`].
        pub fn each_protocol(visitor: &mut impl ProtocolVisitor) {
            $(visitor.visit::<$Protocol>();)+
        }

        /// What `visitor` makes of the protocol of `source`; `None` where the source calls no webhook.
        pub fn with_protocol<V: ProtocolVisitor>(source: Source, visitor: &mut V) -> Option<V::Output> {
            $(if source == <$Protocol as Protocol>::SOURCE { return Some(visitor.visit::<$Protocol>()); })+
            None
        }
    };
}

// The one list of webhook sources: whoever needs all of them walks over this one.
protocols! { netdata::Netdata, kazoo::Kazoo, tencent::Tencent, site24x7::Site24x7 }

/// Something that is done with one protocol or with each.
pub trait ProtocolVisitor {
    /// What comes of one protocol.
    type Output;

    /// Takes the protocol `P`.
    fn visit<P: Protocol>(&mut self) -> Self::Output;
}

/// The secret of the source that speaks `P`, in its valid versions.
pub type KeyringOf<P> = Keyring<SourceSecret<<P as Protocol>::Secret>>;

/// One source's side of the pipeline; a type without values that names the source.
pub trait Protocol: Send + Sync + 'static {
    /// What the source's secret has that no other source's has.
    type Secret: OwnMembers;

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
    /// The status that makes the source send a request again which the table did not take.
    const STORE_FAILURE: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

    /// Answers a request that is part of setting the webhook up and carries no notification.
    fn handshake(parts: &Parts, keyring: &KeyringOf<Self>) -> Option<Result<Reply, Failure>> {
        let _ = (parts, keyring);
        None
    }

    /// The source's own checks of a request whose credentials are good.
    fn trusts(inbound: &InboundRequest, keyring: &KeyringOf<Self>) -> bool {
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

    /// `configuration`, with what the secret knows besides credentials.
    fn configured(secret: &Self::Secret, configuration: &SourceConfiguration) -> SourceConfiguration {
        let _ = secret;
        configuration.clone()
    }

    /// What the request says.
    fn normalize(
        inbound: &InboundRequest,
        configuration: &SourceConfiguration,
    ) -> Result<Normalized, Rejection>;

    /// The answer to a request that was refused before it was opened.
    fn refuse(failure: &Failure) -> Reply;

    /// The answer to a request.
    fn answer(inbound: &InboundRequest, outcome: &Result<Kept, Failure>, keyring: &KeyringOf<Self>) -> Reply;
}
