//! The one inbound pipeline, in this order and nowhere else:
//!
//! method → size limit → authenticate → decode → normalize → record → reply
//!
//! A limit takes no more than it must: a body up to [`LIMIT_BYTES`] is read, and [`kept`] as far as an item holds it.
//!
//! [`Webhook`] is that pipeline, a [`Protocol`] is what one source does differently in it, and [`Store`],
//! [`Secrets`] and [`alert::Clock`] are what it needs from the world. It names no AWS service; `aws` implements the ports.

mod credentials;
mod encoding;
mod failure;
mod meter;
mod ports;
mod protocol;
mod quarantine;
mod recording;
mod replay;
mod reply;
mod request;
mod secret;
mod size;
mod webhook;

pub use credentials::without_token;
pub use encoding::{Decoded, decoded};
pub use failure::{Failure, chain};
pub use meter::{COUNTS, Measure, count, count_without_source};
pub use ports::{Entry, Recorded, Secrets, SecretsError, Store, StoreError};
pub use protocol::{
    Kazoo, KeyringOf, Netdata, Protocol, ProtocolVisitor, Site24x7, Tencent, WEBHOOKS, each_protocol,
    with_protocol,
};
pub use quarantine::{ParseQuarantineIdError, QuarantineId, Quarantined};
pub use recording::{record_event, record_events};
pub use replay::{OWN_METHOD, ReplayFailure, Replayed, replay};
pub use reply::{Kept, Reply};
pub use request::{ClientCertificate, Deadline, PROBE_HEADER};
pub use secret::{
    BasicPair, CertificateRule, Finding, Gravity, Keyring, Members, OwnMembers, SecretReport, SourceSecret,
    Unusable, check_source_secret, read_json, read_secret,
};
pub use size::{BODY_LENGTH, BODY_SHA256, LIMIT_BYTES, is_cut, kept};
pub use webhook::Webhook;
