//! Who we are to KAZOO, and how that is put into a login.

use std::fmt;
use std::fmt::Write as _;
use std::str::FromStr;

use md5::{Digest, Md5};
use net::Secret;
use serde_json::{Value, json};
use sha1::Sha1;

/// The exact length of an API key.
const API_KEY_CHARACTERS: usize = 64;

/// What a login shows to KAZOO. A password is hashed at once and never kept.
#[derive(Clone)]
pub struct Credentials(Proof);

#[derive(Clone)]
enum Proof {
    ApiKey(Secret),
    User { hash: Secret, method: HashMethod, account: AccountIdentity },
}

/// How the user's name and password are hashed for the login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HashMethod {
    /// MD5, which every KAZOO takes unless it is configured otherwise.
    #[default]
    Md5,
    /// SHA-1.
    Sha,
}

/// How a user's login names the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountIdentity {
    /// By the account's name.
    Name(String),
    /// By the account's SIP realm.
    Realm(String),
    /// By a telephone number of the account.
    PhoneNumber(String),
}

/// Credentials that KAZOO could not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// An API key of another length.
    #[error("an API key has exactly 64 characters and this one has `{found}`: copy the whole key")]
    ApiKeyLength {
        /// How many characters it has.
        found: usize,
    },
    /// No user name.
    #[error("the user name is empty: give the one that logs in to KAZOO")]
    NoUsername,
    /// No password.
    #[error("the password is empty: give the one that belongs to the user name")]
    NoPassword,
    /// No account to log in to.
    #[error("the account is empty: give its name, its realm or one of its telephone numbers")]
    NoAccount,
}

/// A word that names no way of hashing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a method of KAZOO's user_auth: use `md5` or `sha`")]
pub struct UnknownHashMethod(String);

impl Credentials {
    /// The API key of an account, the preferred means. White space around it is taken away.
    pub fn api_key(key: &str) -> Result<Self, CredentialsError> {
        let key = key.trim();
        match key.chars().count() {
            API_KEY_CHARACTERS => Ok(Self(Proof::ApiKey(Secret::new(key)))),
            found => Err(CredentialsError::ApiKeyLength { found }),
        }
    }

    /// A user's name and password in `account`.
    pub fn user(
        username: &str,
        password: &str,
        method: HashMethod,
        account: AccountIdentity,
    ) -> Result<Self, CredentialsError> {
        if username.is_empty() {
            return Err(CredentialsError::NoUsername);
        }
        if password.is_empty() {
            return Err(CredentialsError::NoPassword);
        }
        if account.value().is_empty() {
            return Err(CredentialsError::NoAccount);
        }
        Ok(Self(Proof::User { hash: method.hash(username, password), method, account }))
    }

    /// The resource that takes these credentials.
    pub(crate) fn resource(&self) -> &'static str {
        match self.0 {
            Proof::ApiKey(_) => "api_auth",
            Proof::User { .. } => "user_auth",
        }
    }

    pub(crate) fn data(&self) -> Value {
        match &self.0 {
            Proof::ApiKey(key) => json!({ "api_key": key.expose() }),
            Proof::User { hash, method, account } => json!({
                "credentials": hash.expose(),
                "method": method.as_str(),
                account.key(): account.value(),
            }),
        }
    }

    /// What an answer must not echo.
    pub(crate) fn secret(&self) -> &Secret {
        match &self.0 {
            Proof::ApiKey(secret) | Proof::User { hash: secret, .. } => secret,
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Proof::ApiKey(key) => f.debug_tuple("ApiKey").field(key).finish(),
            Proof::User { hash, method, account } => f
                .debug_struct("User")
                .field("hash", hash)
                .field("method", method)
                .field("account", account)
                .finish(),
        }
    }
}

impl HashMethod {
    /// The word that KAZOO knows it by.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha => "sha",
        }
    }

    // KAZOO hashes the user name in lower case and the password as it is.
    fn hash(self, username: &str, password: &str) -> Secret {
        let text = format!("{}:{password}", username.to_lowercase());
        match self {
            Self::Md5 => Secret::new(hex(&Md5::digest(text))),
            Self::Sha => Secret::new(hex(&Sha1::digest(text))),
        }
    }
}

impl fmt::Display for HashMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for HashMethod {
    type Err = UnknownHashMethod;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        [Self::Md5, Self::Sha]
            .into_iter()
            .find(|method| method.as_str() == word)
            .ok_or_else(|| UnknownHashMethod(word.chars().take(32).collect()))
    }
}

impl AccountIdentity {
    fn key(&self) -> &'static str {
        match self {
            Self::Name(_) => "account_name",
            Self::Realm(_) => "account_realm",
            Self::PhoneNumber(_) => "phone_number",
        }
    }

    fn value(&self) -> &str {
        match self {
            Self::Name(value) | Self::Realm(value) | Self::PhoneNumber(value) => value,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn john(method: HashMethod) -> Value {
        let account = AccountIdentity::Realm("sip.example.com".to_owned());
        Credentials::user("John@example.com", "m32c6NfqYEt", method, account).unwrap().data()
    }

    #[test]
    fn the_published_hashes_hold_whatever_case_the_user_name_has() {
        assert_eq!(
            john(HashMethod::Md5),
            json!({"credentials": "82a2dc91686ec828a67152d45a5c5ef7", "method": "md5", "account_realm": "sip.example.com"})
        );
        assert_eq!(
            john(HashMethod::Sha),
            json!({"credentials": "055cf886cb9b5c5867083463867c527ace0f8ecc", "method": "sha", "account_realm": "sip.example.com"})
        );
    }

    #[test]
    fn an_account_is_named_in_one_of_three_ways() {
        let keys = [
            AccountIdentity::Name("master".to_owned()),
            AccountIdentity::Realm("sip.example.com".to_owned()),
            AccountIdentity::PhoneNumber("+15555550100".to_owned()),
        ]
        .map(|account| account.key());
        assert_eq!(keys, ["account_name", "account_realm", "phone_number"]);
    }

    #[test]
    fn an_api_key_goes_alone_and_without_the_line_end_it_was_pasted_with() {
        let credentials = Credentials::api_key(&format!("{}\n", "k".repeat(64))).unwrap();
        assert_eq!(credentials.resource(), "api_auth");
        assert_eq!(credentials.data(), json!({ "api_key": "k".repeat(64) }));
    }

    #[test]
    fn what_kazoo_could_not_take_is_refused_before_it_is_sent() {
        let name = || AccountIdentity::Name("master".to_owned());
        let nameless = AccountIdentity::Name(String::new());
        let refusals = [
            Credentials::api_key("too-short").unwrap_err(),
            Credentials::user("", "p", HashMethod::Md5, name()).unwrap_err(),
            Credentials::user("u", "", HashMethod::Md5, name()).unwrap_err(),
            Credentials::user("u", "p", HashMethod::Md5, nameless).unwrap_err(),
        ];
        let mut lines: Vec<_> = refusals.iter().map(ToString::to_string).collect();
        lines.push("sha1".parse::<HashMethod>().unwrap_err().to_string());
        insta::assert_snapshot!(lines.join("\n"), @"
        an API key has exactly 64 characters and this one has `9`: copy the whole key
        the user name is empty: give the one that logs in to KAZOO
        the password is empty: give the one that belongs to the user name
        the account is empty: give its name, its realm or one of its telephone numbers
        `sha1` is not a method of KAZOO's user_auth: use `md5` or `sha`
        ");
    }

    #[test]
    fn credentials_do_not_print_themselves() {
        let account = AccountIdentity::Name("master".to_owned());
        let user = Credentials::user("john", "m32c6NfqYEt", HashMethod::Md5, account).unwrap();
        let key = Credentials::api_key(&"k".repeat(64)).unwrap();
        insta::assert_snapshot!(format!("{user:?}\n{key:?}"), @r#"
        User { hash: [redacted], method: Md5, account: Name("master") }
        ApiKey([redacted])
        "#);
    }
}
