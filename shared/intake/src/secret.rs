//! The secret of one source, as JSON in Secrets Manager.

use std::fmt;

use normalize::site24x7::AccountNames;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// A text that never prints and is compared in constant time.
#[derive(Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(transparent)]
pub struct Sensitive(String);

impl Sensitive {
    /// Wraps `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `presented` is this text, in time that depends on neither. A blank secret matches nothing.
    pub fn matches(&self, presented: &str) -> Choice {
        let known = Sha256::digest(self.0.as_bytes());
        let blank = Choice::from(u8::from(self.0.is_empty()));
        known.ct_eq(&Sha256::digest(presented.as_bytes())) & !blank
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A username and its password.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BasicPair {
    /// The username.
    pub username: Sensitive,
    /// The password.
    pub password: Sensitive,
}

/// What the TLS client certificate of a sender must be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CertificateRule {
    /// The common name, byte for byte.
    #[serde(default = "netdata_common_name")]
    pub common_name: String,
    /// Whether it must match besides another credential; otherwise it is enough by itself.
    #[serde(default)]
    pub required: bool,
}

fn netdata_common_name() -> String {
    "app.netdata.cloud".to_owned()
}

/// The secret `<prefix>/<source>`; every member is optional, and unknown ones are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct SourceSecret {
    /// Tokens of which any one is enough.
    pub tokens: Vec<Sensitive>,
    /// Pairs of which any one is enough.
    pub basic: Vec<BasicPair>,
    /// The sender's client certificate (Netdata).
    pub client_certificate: Option<CertificateRule>,
    /// Answers Netdata's ownership challenge, and serves nothing else.
    pub challenge_secret: Option<Sensitive>,
    /// What Tencent's console shows for the verification probe.
    pub validation_code: Option<Sensitive>,
    /// Key of KAZOO 5's signatures.
    pub sha256_key: Option<Sensitive>,
    /// The webhooks of KAZOO that may speak to us; any if empty.
    pub hook_ids: Vec<String>,
    /// What names the account of every event (Site24x7).
    #[serde(flatten)]
    pub account: AccountNames,
}

impl SourceSecret {
    /// Whether there is any credential that a sender could present.
    pub fn admits_anybody(&self) -> bool {
        !self.tokens.is_empty() || !self.basic.is_empty() || self.client_certificate.is_some()
    }
}

/// The versions of a secret that are valid now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keyring<T> {
    /// `AWSCURRENT`.
    pub current: T,
    /// `AWSPREVIOUS`: still accepted from senders that were not told the new one yet.
    pub previous: Option<T>,
}

impl<T> Keyring<T> {
    /// Both versions, the current one first.
    pub fn versions(&self) -> impl Iterator<Item = &T> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_prints() {
        let json = r#"{"tokens":["s3cr3t-a"],"basic":[{"username":"s3cr3t-b","password":"s3cr3t-c"}],
            "challenge_secret":"s3cr3t-d","validation_code":"s3cr3t-e","sha256_key":"s3cr3t-f"}"#;
        let secret: SourceSecret = serde_json::from_str(json).unwrap();
        let keyring = Keyring { current: secret.clone(), previous: Some(secret) };
        assert!(!format!("{keyring:?}").contains("s3cr3t"));
    }

    #[test]
    fn what_names_the_account_is_read_under_either_name_and_whatever_its_type() {
        let json = r#"{"tokens":["t"],"zaaid":658123456,"zohoAccountTLD":".eu","data_center":"eu"}"#;
        let secret: SourceSecret = serde_json::from_str(json).unwrap();
        assert_eq!(secret.account.name().unwrap(), "658123456");
        assert_eq!(secret.tokens, [Sensitive::new("t")]);
    }

    #[test]
    fn a_blank_secret_matches_nothing() {
        assert!(!bool::from(Sensitive::default().matches("")));
        assert!(bool::from(Sensitive::new("a").matches("a")));
        assert!(!bool::from(Sensitive::new("a").matches("b")));
    }
}
