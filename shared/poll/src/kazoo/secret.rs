//! The secret `<prefix>/kazoo`, as far as KAZOO's own API is concerned.

use kazoo::{
    AccountId, AccountIdentity, BaseUrl, BaseUrlError, Credentials, CredentialsError, HashMethod, HookId,
    ParseIdError,
};
use net::Secret;
use serde::Deserialize;

/// What it takes to log in to KAZOO, and what KAZOO is to log in to us with; blank members are as if absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct KazooSecret {
    /// Where KAZOO's API is.
    pub url: Option<Secret>,
    /// The API key of the account that owns the hooks.
    pub api_key: Option<Secret>,
    /// A user's name, in the place of the key.
    pub username: Option<Secret>,
    /// The user's password.
    pub password: Option<Secret>,
    /// The account that the user logs in to.
    pub account_name: Option<Secret>,
    /// The account that owns the hooks, where it is not the one that is logged in to.
    pub account_id: Option<Secret>,
    /// Tokens that let a delivery in.
    pub tokens: Vec<Secret>,
    /// The webhooks that may speak to us; any if empty.
    pub hook_ids: Vec<String>,
}

/// A secret that does not do to log in to KAZOO.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// A member is not there.
    #[error(
        "the secret `{name}` has no {member}: put it there, or run the command in a terminal to be asked"
    )]
    Missing {
        /// What the secret is called.
        name: String,
        /// The member, or those of which one is needed.
        member: &'static str,
    },
    /// The address is none.
    #[error("the `url` of KAZOO is no address of its API")]
    Url(#[source] BaseUrlError),
    /// The credentials are none.
    #[error("the credentials are none that KAZOO takes")]
    Credentials(#[source] CredentialsError),
    /// The account is none.
    #[error("the `account_id` of KAZOO is no id")]
    Account(#[source] ParseIdError),
}

impl KazooSecret {
    /// Where KAZOO's API is and who we are to it; `name` is what the secret is called.
    pub fn login(&self, name: &str) -> Result<(BaseUrl, Credentials), LoginError> {
        let missing = |member| LoginError::Missing { name: name.to_owned(), member };
        let url = given(self.url.as_ref()).ok_or_else(|| missing("`url`"))?;
        let base_url = BaseUrl::parse(url).map_err(LoginError::Url)?;
        let credentials = match given(self.api_key.as_ref()) {
            Some(api_key) => Credentials::api_key(api_key),
            None if self.names_a_user() => self.user(),
            None => return Err(missing("`api_key`, nor `username`, `password` and `account_name`")),
        };
        Ok((base_url, credentials.map_err(LoginError::Credentials)?))
    }

    /// The account that owns the hooks, where the secret names one.
    pub fn account(&self) -> Result<Option<AccountId>, LoginError> {
        let id = given(self.account_id.as_ref()).map(str::parse);
        id.transpose().map_err(LoginError::Account)
    }

    /// The token that hooks are to show: the first, which is the one that replaces the others.
    pub fn token(&self) -> Option<Secret> {
        self.tokens.iter().find_map(|token| given(Some(token))).map(Secret::new)
    }

    /// Whether what the hook sends is let in, once it shows a token.
    pub fn admits(&self, hook: &HookId) -> bool {
        self.hook_ids.is_empty() || self.hook_ids.iter().any(|admitted| admitted == hook.as_str())
    }

    /// Whether a user is to log in and not a key.
    pub fn names_a_user(&self) -> bool {
        [&self.username, &self.password, &self.account_name]
            .into_iter()
            .any(|member| given(member.as_ref()).is_some())
    }

    fn user(&self) -> Result<Credentials, CredentialsError> {
        let [username, password, account] = [&self.username, &self.password, &self.account_name]
            .map(|member| given(member.as_ref()).unwrap_or_default());
        Credentials::user(username, password, HashMethod::Md5, AccountIdentity::Name(account.to_owned()))
    }
}

/// What a member says, without white space around it; blank is as if absent.
pub fn given(member: Option<&Secret>) -> Option<&str> {
    member.map(|member| member.expose().trim()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(json: &str) -> KazooSecret {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_is_missing_or_wrong_is_named_with_the_remedy() {
        let errors = [
            "{}",
            r#"{"url":" ","api_key":"k"}"#,
            r#"{"url":"https://k.example.com"}"#,
            r#"{"url":"https://admin:hunter2@k.example.com","api_key":"k"}"#,
            r#"{"url":"https://k.example.com","api_key":"hunter2"}"#,
            r#"{"url":"https://k.example.com","username":"john","account_name":"master"}"#,
        ]
        .map(|json| intake::chain(&secret(json).login("campanile/kazoo").unwrap_err()));
        insta::assert_snapshot!(errors.join("\n"), @r"
        the secret `campanile/kazoo` has no `url`: put it there, or run the command in a terminal to be asked
        the secret `campanile/kazoo` has no `url`: put it there, or run the command in a terminal to be asked
        the secret `campanile/kazoo` has no `api_key`, nor `username`, `password` and `account_name`: put it there, or run the command in a terminal to be asked
        the `url` of KAZOO is no address of its API: the address of KAZOO carries a user name or password: give those as credentials
        the credentials are none that KAZOO takes: an API key has exactly 64 characters and this one has `7`: copy the whole key
        the credentials are none that KAZOO takes: the password is empty: give the one that belongs to the user name
        ");
    }

    #[test]
    fn an_account_is_named_or_not() {
        assert_eq!(secret(r#"{"account_id":" "}"#).account(), Ok(None));
        assert!(secret(r#"{"account_id":"c8c75d13eccbf803ca789e2ef83c0e11"}"#).account().unwrap().is_some());
        assert!(secret(r#"{"account_id":"a/b"}"#).account().is_err());
    }

    #[test]
    fn hooks_show_the_first_token_and_debugging_shows_none() {
        let secret = secret(r#"{"tokens":["","n3w-t0ken\n","0ld-t0ken"],"api_key":"t0ken","url":"t0ken"}"#);
        assert_eq!(secret.token(), Some(Secret::new("n3w-t0ken")));
        assert!(!format!("{secret:?}").contains("t0ken"));
    }
}
