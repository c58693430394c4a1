//! The running bundle or deployment that a command talks to.

mod error;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::OnceLock;
use std::time::Duration;

use clap::Args;
use net::Secret;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

pub(super) use self::error::{ServerError, token_remedy};
use super::address::Address;
use super::profile::{Profile, Stored};
use crate::development;

/// Until a connection stands.
const CONNECT: Duration = Duration::from_secs(5);
/// Until an answer is there; the function behind the API has 28 seconds.
const WHOLE: Duration = Duration::from_secs(35);

/// Where Campanile is
#[derive(Debug, Args)]
pub(super) struct Server {
    /// Address of the local bundle or of the deployed API; that of the profile unless given, else
    /// http://127.0.0.1:9000
    #[arg(long, env = "CAMPANILE_URL", hide_env_values = true)]
    url: Option<Address>,
    #[command(flatten)]
    caller: Caller,
    /// What the two above and the profile amount to, once that was looked up.
    #[arg(skip)]
    connection: OnceLock<Connection>,
    /// What all requests of a command go through.
    #[arg(skip)]
    client: OnceLock<Client>,
}

/// Who we are to it
#[derive(Debug, Args)]
pub(super) struct Caller {
    /// Token to present; that of the profile unless given, else the local bundle's development token
    #[arg(long, env = "CAMPANILE_TOKEN", hide_env_values = true, value_parser = token)]
    token: Option<Secret>,
    #[command(flatten)]
    profile: Profile,
}

/// The address of Campanile, and the profile's token for it.
#[derive(Debug)]
struct Connection {
    url: Address,
    token: Option<Secret>,
}

/// The local bundle.
const LOCAL: &str = "http://127.0.0.1:9000";

/// What the API answered: JSON as it came, or nothing.
#[derive(Debug)]
pub(super) struct Answer {
    url: String,
    text: String,
}

impl Server {
    /// The Campanile at `url`, at the profile's address unless given, for `caller`.
    pub(super) const fn new(url: Option<Address>, caller: Caller) -> Self {
        Self { url, caller, connection: OnceLock::new(), client: OnceLock::new() }
    }

    /// Whether there is a token for it: one given or of the profile, or that of development where it is said to be on this machine.
    pub(super) fn has_token(&self) -> Result<bool, ServerError> {
        let is_local = self.url.as_ref().is_some_and(Address::is_loopback);
        Ok(is_local || self.caller.token.is_some() || self.connection()?.token.is_some())
    }

    /// A request to `path`, and the query behind its first `?`, with the token of the secret `campanile/<secret>`.
    pub(super) fn request(
        &self,
        method: Method,
        path: &str,
        secret: &str,
    ) -> Result<RequestBuilder, ServerError> {
        let url = self.address()?.at(path);
        Ok(self.client()?.request(method, url).bearer_auth(self.token(secret)?.expose()))
    }

    /// Where Campanile is.
    pub(super) fn address(&self) -> Result<&Address, ServerError> {
        Ok(&self.connection()?.url)
    }

    /// The token that was given, and is not the profile's.
    pub(super) const fn given_token(&self) -> Option<&Secret> {
        self.caller.token.as_ref()
    }

    /// Presents `token` from now on.
    pub(super) fn present(&mut self, token: Secret) {
        self.caller.token = Some(token);
    }

    /// Which profile is meant.
    pub(super) const fn profile(&self) -> &Profile {
        &self.caller.profile
    }

    fn connection(&self) -> Result<&Connection, ServerError> {
        if let Some(connection) = self.connection.get() {
            return Ok(connection);
        }
        let connection = self.look_up()?;
        Ok(self.connection.get_or_init(|| connection))
    }

    /// A profile's token is for the profile's address, and no other address receives it.
    fn look_up(&self) -> Result<Connection, ServerError> {
        let is_needed = self.url.is_none() || self.caller.token.is_none();
        let stored =
            if is_needed { self.caller.profile.stored().map_err(ServerError::Profile)? } else { None };
        let Some(url) = &self.url else {
            let local = || LOCAL.parse().map_err(|_| ServerError::NoLocal);
            return match stored {
                Some(Stored { url, token }) => Ok(Connection { url, token: Some(token) }),
                None => Ok(Connection { url: local()?, token: None }),
            };
        };
        let token = stored.filter(|stored| stored.url == *url).map(|stored| stored.token);
        Ok(Connection { url: url.clone(), token })
    }

    fn client(&self) -> Result<&Client, ServerError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = Client::builder().connect_timeout(CONNECT).timeout(WHOLE).redirect(Policy::none());
        let client = client.build().map_err(|source| ServerError::NoClient { source })?;
        Ok(self.client.get_or_init(|| client))
    }

    /// The token that was given, that of the profile, which is one of the API's, or that of development.
    fn token(&self, secret: &str) -> Result<Secret, ServerError> {
        let stored = || Ok(self.connection()?.token.clone().filter(|_| secret == "api"));
        let token = self.caller.token.clone().map_or_else(stored, |token| Ok(Some(token)))?;
        Ok(token.unwrap_or_else(|| Secret::new(development::token(secret).unwrap_or_default())))
    }

    /// Sends `request`, whatever the answer's status.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Response, ServerError> {
        let url = self.address()?;
        request.send().await.map_err(|error| ServerError::of_transport(url, error))
    }

    /// Asks the API for `path`.
    pub(super) async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Answer, ServerError> {
        self.ask(self.request(Method::GET, path, "api")?.query(query)).await
    }

    /// Has the API do what `method`, `path` and `body` say.
    pub(super) async fn act(&self, method: Method, path: &str, body: &Value) -> Result<Answer, ServerError> {
        self.ask(self.request(method, path, "api")?.json(body)).await
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Answer, ServerError> {
        let url = self.address()?;
        let response = self.send(request).await?;
        let status = response.status();
        let text = response.text().await.map_err(|error| ServerError::of_transport(url, error))?;
        if !status.is_success() {
            return Err(ServerError::of_refusal(url, status, &text));
        }
        let answer = Answer { url: url.to_string(), text };
        if status != StatusCode::NO_CONTENT {
            answer.read::<&RawValue>()?;
        }
        Ok(answer)
    }
}

impl Answer {
    /// The JSON as it came.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What it says.
    pub(super) fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ServerError> {
        self.read_part(&self.text)
    }

    /// What its member `name` says; null where there is none.
    pub(super) fn member<T: DeserializeOwned>(&self, name: &str) -> Result<T, ServerError> {
        let members: BTreeMap<String, &RawValue> = self.read()?;
        self.read_part(members.get(name).map_or("null", |member| member.get()))
    }

    fn read_part<'a, T: Deserialize<'a>>(&self, json: &'a str) -> Result<T, ServerError> {
        serde_json::from_str(json).map_err(|source| ServerError::NotOurs { url: self.url.clone(), source })
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is a parser of clap's")]
fn token(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::new(text.trim()))
}
