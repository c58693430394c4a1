//! The secret `<prefix>/api`: whose token it is, and what it lets them do.

use intake::{Members, SecretReport, read_secret};
use net::Secret;

/// The secret `<prefix>/api`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ApiSecret {
    pub(crate) tokens: Vec<ApiToken>,
}

/// A token, whose it is, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiToken {
    pub(crate) token: Secret,
    pub(crate) name: String,
    pub(crate) role: Role,
}

/// What a token may do; who may write may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Read,
    Write,
}

impl ApiSecret {
    /// Reads the secret's text: an entry that cannot be used is named and left out, the others let people in.
    pub fn read(text: &str) -> SecretReport<Self> {
        read_secret(text, |members| {
            let tokens = members.objects("tokens", ApiToken::read);
            if tokens.is_empty() {
                let entry = r#"{"token":"…","name":"…","role":"read"}"#;
                members.warn("tokens", format!("let nobody in: write [{entry}] with a random token"));
            }
            Ok(Self { tokens })
        })
    }

    /// Whether there is any token that people could show.
    pub fn admits_anybody(&self) -> bool {
        !self.tokens.is_empty()
    }

    /// A token of the version before, which may do no more than this version lets its owner do.
    pub(crate) fn restricted(&self, token: ApiToken) -> ApiToken {
        let of_owner = self.tokens.iter().filter(|known| known.name == token.name).map(|known| known.role);
        let role = of_owner.max().map_or(token.role, |role| role.min(token.role));
        ApiToken { role, ..token }
    }
}

impl ApiToken {
    fn read(members: &mut Members) -> Option<Self> {
        let token = members.credential("token", "write a random one, 32 bytes long");
        let name = members.required_text("name", "write whose token it is");
        let role = members.required_word("role", &[("read", Role::Read), ("write", Role::Write)]);
        Some(Self { token: token?, name: name?.trim().to_owned(), role: role? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_entry_is_named_and_the_others_let_people_in() {
        let reading = ApiSecret::read(
            r#"{"tokens":[{"token":"s3cr3t\n","name":"ana","role":"Write"},{"token":"s3cr3t","name":"bob","role":"s3cr3t"},
                "s3cr3t",{"token":"s3cr3t","name":"cy","rol":"read"},{"name":"di","role":"read"}]}"#,
        );
        let said: Vec<_> = reading.findings.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "tokens[0].token: has blanks or a line break around it, which are left out: remove them",
                "tokens[1].role: is a word that is not known: write `read` or `write`",
                "tokens[2]: is not an object: write {…}",
                "tokens[3].role: is missing: write `read` or `write`",
                "tokens[3].rol: is not known here: did you mean `role`?",
                "tokens[4].token: is missing: write a random one, 32 bytes long",
            ]
        );
        let expected = ApiToken { token: Secret::new("s3cr3t"), name: "ana".to_owned(), role: Role::Write };
        assert_eq!(reading.secret.unwrap().tokens, [expected]);
    }

    #[test]
    fn a_secret_that_lets_nobody_in_says_so() {
        for text in ["{}", r#"{"tokens":[]}"#] {
            let [finding] = ApiSecret::read(text).findings.try_into().unwrap();
            assert_eq!(finding.path, "tokens");
            assert!(finding.problem.starts_with("let nobody in"));
        }
    }
}
