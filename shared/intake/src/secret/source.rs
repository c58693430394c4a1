//! Reads the secret of a source: what all of them have, and then what the source's protocol adds.

use alert::Source;

use super::finding::SecretReport;
use super::members::{Members, Unusable, read_secret};
use super::{BasicPair, OwnMembers, SourceSecret};
use crate::protocol::{Protocol, ProtocolVisitor, with_protocol};

impl<T: OwnMembers> SourceSecret<T> {
    /// Reads a secret: what can be used is used, and everything else is named.
    pub fn read(text: &str) -> SecretReport<Self> {
        read_secret(text, |members| {
            let (tokens, basic) = (members.credentials("tokens"), pairs(members));
            let secret = Self { tokens, basic, own: T::read(members)? };
            if !secret.admits_anybody() {
                members.warn("tokens", "let nobody in: write [\"…\"] with a random token, 32 bytes long");
            }
            Ok(secret)
        })
    }
}

/// What is wrong with `text` as the secret of `source`, and whether it can be used.
pub fn check_source_secret(source: Source, text: &str) -> SecretReport<()> {
    with_protocol(source, &mut Checking(text))
        .unwrap_or_else(|| SourceSecret::<()>::read(text).without_value())
}

/// Reads a secret as the secret of each source that calls a webhook.
struct Checking<'a>(&'a str);

impl ProtocolVisitor for Checking<'_> {
    type Output = SecretReport<()>;

    fn visit<P: Protocol>(&mut self) -> Self::Output {
        SourceSecret::<P::Secret>::read(self.0).without_value()
    }
}

/// A source whose secret has tokens and pairs alone.
impl OwnMembers for () {
    fn read(_: &mut Members) -> Result<Self, Unusable> {
        Ok(())
    }
}

fn pairs(members: &mut Members) -> Vec<BasicPair> {
    members.objects("basic", |members| {
        let username = members.credential("username", "write the name that the sender gives");
        let password = members.credential("password", "write the password that the sender gives");
        Some(BasicPair { username: username?, password: password? })
    })
}
