//! The secret of one source, as JSON in Secrets Manager.
//!
//! It is read member by member: what cannot be used is named by its path and leaves everything else in use.

mod finding;
mod members;
mod source;
mod syntax;

use std::fmt;

use net::Secret;

pub use finding::{Finding, Gravity, SecretReport};
pub use members::{Members, Unusable, read_json, read_secret};
pub use source::check_source_secret;

/// A username and its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BasicPair {
    /// The username.
    pub username: Secret,
    /// The password.
    pub password: Secret,
}

/// What the TLS client certificate of a sender must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRule {
    /// The common name, byte for byte.
    pub common_name: String,
    /// Whether it must match besides another credential; otherwise it is enough by itself.
    pub required: bool,
}

/// What the secret of one source has besides tokens and pairs; every member is optional.
pub trait OwnMembers: fmt::Debug + Clone + Default + Send + Sync + 'static {
    /// Reads them; a restriction that cannot be read makes the whole secret unusable.
    fn read(members: &mut Members) -> Result<Self, Unusable>;

    /// The client certificate that lets the source in, or without which it is not let in.
    fn client_certificate(&self) -> Option<&CertificateRule> {
        None
    }
}

/// The secret `<prefix>/<source>`; every member is optional.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceSecret<T> {
    /// Tokens of which any one is enough.
    pub tokens: Vec<Secret>,
    /// Pairs of which any one is enough.
    pub basic: Vec<BasicPair>,
    /// What no other source's secret has.
    pub own: T,
}

impl<T: OwnMembers> SourceSecret<T> {
    /// Whether there is any credential that a sender could present.
    pub fn admits_anybody(&self) -> bool {
        self.has_credentials() || self.own.client_certificate().is_some()
    }

    /// Whether there is any token or pair.
    fn has_credentials(&self) -> bool {
        !self.tokens.is_empty() || !self.basic.is_empty()
    }
}

/// The versions of a secret that are valid now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keyring<T> {
    /// `AWSCURRENT`: all restrictions are its own.
    pub current: T,
    /// `AWSPREVIOUS`: its tokens and pairs are still accepted from senders that do not have the new ones yet. Nothing
    /// else of it counts.
    pub previous: Option<T>,
}

impl<T> Keyring<T> {
    /// Both versions, the current one first.
    pub fn versions(&self) -> impl Iterator<Item = &T> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

impl<T: OwnMembers> Keyring<SourceSecret<T>> {
    /// Whether there is any credential that a sender could present.
    pub fn admits_anybody(&self) -> bool {
        let previous = self.previous.as_ref();
        self.current.admits_anybody() || previous.is_some_and(SourceSecret::has_credentials)
    }
}

#[cfg(test)]
mod tests;
