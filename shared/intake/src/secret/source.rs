//! Reads the secret of a source: what all of them have, and then what the source's protocol adds.

use alert::Source;

use super::finding::SecretReport;
use super::members::{Members, Unusable, read_secret};
use super::{BasicPair, SourceSecret};
use crate::protocol::{Protocol, ProtocolVisitor, with_protocol};

impl SourceSecret {
    /// Reads the secret of `source`: what can be used is used, and everything else is named.
    pub fn read(source: Source, text: &str) -> SecretReport<Self> {
        read_secret(text, |members| {
            let mut secret =
                Self { tokens: members.credentials("tokens"), basic: pairs(members), ..Self::default() };
            with_protocol(source, &mut OwnMembers { members, secret: &mut secret }).unwrap_or(Ok(()))?;
            if !secret.admits_anybody() {
                members.warn("tokens", "let nobody in: write [\"…\"] with a random token, 32 bytes long");
            }
            Ok(secret)
        })
    }
}

/// Reads what one source's secret has besides tokens and pairs.
struct OwnMembers<'a> {
    members: &'a mut Members,
    secret: &'a mut SourceSecret,
}

impl ProtocolVisitor for OwnMembers<'_> {
    type Output = Result<(), Unusable>;

    fn visit<P: Protocol>(&mut self) -> Self::Output {
        P::read_secret(self.members, self.secret)
    }
}

fn pairs(members: &mut Members) -> Vec<BasicPair> {
    members.objects("basic", |members| {
        let username = members.credential("username", "write the name that the sender gives");
        let password = members.credential("password", "write the password that the sender gives");
        Some(BasicPair { username: username?, password: password? })
    })
}
