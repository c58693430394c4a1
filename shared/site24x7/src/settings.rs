//! What the source's secret says about the account that is polled.

use std::fmt;

use net::Secret;
use normalize::site24x7::AccountNames;
use serde_json::{Map, Value};

use crate::{DataCenter, UnknownDataCenter};

/// The members of the secret, each with the names it goes by; the first is ours, the second the vendor's world's.
const DATA_CENTER: [&str; 2] = ["data_center", "zohoAccountTLD"];
const CLIENT_ID: [&str; 2] = ["client_id", "zohoClientId"];
const CLIENT_SECRET: [&str; 2] = ["client_secret", "zohoClientSecret"];
const REFRESH_TOKEN: [&str; 2] = ["refresh_token", "zohoRefreshToken"];

/// A Self Client registered with Zoho: enough to exchange a grant code.
#[derive(Debug, Clone)]
pub struct Application {
    /// Where it was registered; it is unknown everywhere else.
    pub data_center: DataCenter,
    /// Its id.
    pub client_id: Secret,
    /// Its secret.
    pub client_secret: Secret,
}

impl Application {
    /// Reads the secret's JSON, which need not hold a refresh token yet.
    pub fn from_secret(json: &str) -> Result<Self, AccountConfigurationError> {
        let members = Members::read(json)?;
        members.require(&[DATA_CENTER, CLIENT_ID, CLIENT_SECRET])?;
        members.application()
    }
}

/// All that polling and installing need.
#[derive(Debug, Clone)]
pub struct AccountConfiguration {
    /// Who asks.
    pub application: Application,
    /// What access tokens are issued for; permanent until revoked.
    pub refresh_token: Secret,
    /// The MSP customer or business unit that is meant, where the account has several.
    pub zaaid: Option<String>,
    account: String,
}

impl AccountConfiguration {
    /// Reads the secret's JSON; every member that is missing is named at once.
    pub fn from_secret(json: &str) -> Result<Self, AccountConfigurationError> {
        let members = Members::read(json)?;
        members.require(&[DATA_CENTER, CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN])?;
        let application = members.application()?;
        let zaaid = members.zaaid()?;
        Ok(Self {
            account: members.account()?,
            refresh_token: members.secret(REFRESH_TOKEN),
            application,
            zaaid,
        })
    }

    /// The `account` of every event: as configured, else the zaaid, else the data centre's code.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Where the account lives.
    pub fn data_center(&self) -> DataCenter {
        self.application.data_center
    }
}

/// The account that a secret means, even one that only serves a webhook.
pub fn account_of(json: &str) -> Result<String, AccountConfigurationError> {
    Members::read(json)?.account()
}

/// The data centre that a secret names, however little else it says. `None`: it names none.
pub(crate) fn data_center_of(json: &str) -> Option<Result<DataCenter, UnknownDataCenter>> {
    let spelling = Members::read(json).ok()?.text(DATA_CENTER)?;
    Some(spelling.parse())
}

/// Why a secret cannot be used. No text quotes a credential.
#[derive(Debug, thiserror::Error)]
pub enum AccountConfigurationError {
    /// It is not JSON, or not an object.
    #[error(
        "the secret is not a JSON object: write one with data_center, client_id, client_secret and refresh_token"
    )]
    NotAnObject,
    /// It lacks members.
    #[error("the secret lacks {members}: add what is missing, as text", members = Missing(.0))]
    Missing(Vec<[&'static str; 2]>),
    /// Its data centre is unknown; the source lists those there are.
    #[error("the secret's `data_center` is not understood")]
    DataCenter {
        /// What is accepted.
        #[source]
        source: UnknownDataCenter,
    },
    /// Its zaaid would not survive as a cookie.
    #[error("the secret's `zaaid` is not an id: use letters, digits, `-` and `_` only")]
    Zaaid,
}

/// Names missing members, each by both of its names.
struct Missing<'a>(&'a [[&'static str; 2]]);

impl fmt::Display for Missing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = self.0.iter().map(|[ours, theirs]| format!("`{ours}` (or `{theirs}`)"));
        f.write_str(&named.collect::<Vec<_>>().join(", "))
    }
}

/// The secret as it was read.
struct Members(Map<String, Value>);

impl Members {
    fn read(json: &str) -> Result<Self, AccountConfigurationError> {
        // Read as any JSON first: an error about the wrong kind of value would quote it.
        match serde_json::from_str(json) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            _ => Err(AccountConfigurationError::NotAnObject),
        }
    }

    fn require(&self, wanted: &[[&'static str; 2]]) -> Result<(), AccountConfigurationError> {
        let missing: Vec<_> = wanted.iter().copied().filter(|names| self.text(*names).is_none()).collect();
        if missing.is_empty() { Ok(()) } else { Err(AccountConfigurationError::Missing(missing)) }
    }

    fn application(&self) -> Result<Application, AccountConfigurationError> {
        let spelling = self.text(DATA_CENTER).unwrap_or_default();
        Ok(Application {
            data_center: spelling
                .parse()
                .map_err(|source| AccountConfigurationError::DataCenter { source })?,
            client_id: self.secret(CLIENT_ID),
            client_secret: self.secret(CLIENT_SECRET),
        })
    }

    fn zaaid(&self) -> Result<Option<String>, AccountConfigurationError> {
        let fits =
            |id: &String| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        match self.text(["zaaid"]) {
            Some(id) if !fits(&id) => Err(AccountConfigurationError::Zaaid),
            zaaid => Ok(zaaid),
        }
    }

    fn account(&self) -> Result<String, AccountConfigurationError> {
        let named = AccountNames::from(self.0.clone()).name();
        named.map_err(|source| AccountConfigurationError::DataCenter { source })
    }

    fn secret(&self, names: [&str; 2]) -> Secret {
        Secret::new(self.text(names).unwrap_or_default())
    }

    /// The first of these members that says something, trimmed; ids may be numbers.
    fn text<const N: usize>(&self, names: [&str; N]) -> Option<String> {
        names.into_iter().filter_map(|name| self.0.get(name)).find_map(|value| match value {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }
}
