//! The secret `<prefix>/netdata`, as far as Netdata Cloud's API is concerned.

use net::Secret;
use netdata::{Access, AccessError};
use serde::Deserialize;

/// What it takes to ask Netdata Cloud; blank members are as if absent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NetdataSecret {
    /// A token of `scope:all`.
    pub api_token: Option<Secret>,
    /// Where the API is, if not at Netdata Cloud.
    pub endpoint: Option<String>,
    /// What becomes of changes of which Netdata notified nobody.
    pub polled: Polled,
}

/// What becomes of changes of which Netdata notified nobody, as where somebody silenced them there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Polled {
    /// They are recorded, and nobody is notified but of the end of what they were notified of before.
    #[default]
    History,
    /// They are notified like all others.
    Notify,
}

impl NetdataSecret {
    /// The token and the address of the API; `None` where there is no token.
    pub fn access(&self) -> Option<Result<Access, AccessError>> {
        let token =
            self.api_token.as_ref().map(|token| token.expose().trim()).filter(|token| !token.is_empty())?;
        let endpoint = self.endpoint.as_deref().map(str::trim).filter(|text| !text.is_empty());
        Some(Access::new(token, endpoint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_token_there_is_nobody_to_ask_and_no_token_prints() {
        let secret = |json: &str| serde_json::from_str::<NetdataSecret>(json).unwrap();
        assert!(secret("{}").access().is_none() && secret(r#"{"api_token":" "}"#).access().is_none());
        let known = secret(r#"{"api_token":" h1dden\n","polled":"notify","tokens":["x"]}"#);
        assert!(known.access().unwrap().is_ok() && known.polled == Polled::Notify);
        assert!(!format!("{known:?}").contains("h1dden"));
        assert!(secret(r#"{"api_token":"to ken"}"#).access().unwrap().is_err());
    }
}
