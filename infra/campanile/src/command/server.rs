//! The running bundle or deployment that a command talks to.

mod error;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::OnceLock;
use std::time::Duration;

use clap::Args;
use intake::Sensitive;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

pub(super) use self::error::{ServerError, token_remedy};
use super::address::Address;
use crate::development;

/// Until a connection stands.
const CONNECT: Duration = Duration::from_secs(5);
/// Until an answer is there; the function behind the API has 28 seconds.
const WHOLE: Duration = Duration::from_secs(35);

/// Where Campanile is
#[derive(Debug, Args)]
pub(super) struct Server {
    /// Address of the local bundle or of the deployed API
    #[arg(long, env = "CAMPANILE_URL", hide_env_values = true, default_value = "http://127.0.0.1:9000")]
    url: Address,
    /// Token to present; the local bundle's development token unless given
    #[arg(long, env = "CAMPANILE_TOKEN", hide_env_values = true, value_parser = token)]
    token: Option<Sensitive>,
    /// What all requests of a command go through.
    #[arg(skip)]
    client: OnceLock<Client>,
}

/// What the API answered: JSON as it came, or nothing.
#[derive(Debug)]
pub(super) struct Answer {
    url: String,
    text: String,
}

impl Server {
    /// A request to `path`, and the query behind its first `?`, with the token of the secret `campanile/<secret>`.
    pub(super) fn request(
        &self,
        method: Method,
        path: &str,
        secret: &str,
    ) -> Result<RequestBuilder, ServerError> {
        Ok(self.client()?.request(method, self.url.at(path)).bearer_auth(self.token(secret).expose()))
    }

    fn client(&self) -> Result<&Client, ServerError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = Client::builder().connect_timeout(CONNECT).timeout(WHOLE).redirect(Policy::none());
        let client = client.build().map_err(|source| ServerError::NoClient { source })?;
        Ok(self.client.get_or_init(|| client))
    }

    fn token(&self, secret: &str) -> Sensitive {
        let given = self.token.clone();
        given.unwrap_or_else(|| Sensitive::new(development::token(secret).unwrap_or_default()))
    }

    /// Sends `request`, whatever the answer's status.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Response, ServerError> {
        request.send().await.map_err(|error| ServerError::of_transport(&self.url, error))
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
        let response = self.send(request).await?;
        let status = response.status();
        let text = response.text().await.map_err(|error| ServerError::of_transport(&self.url, error))?;
        if !status.is_success() {
            return Err(ServerError::of_refusal(&self.url, status, &text));
        }
        let answer = Answer { url: self.url.to_string(), text };
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
fn token(text: &str) -> Result<Sensitive, Infallible> {
    Ok(Sensitive::new(text.trim()))
}
