//! The running bundle or deployment that a command talks to.

use clap::Args;
use reqwest::{Client, RequestBuilder, Url};
use serde_json::Value;

use crate::development;

/// Where Campanile is
#[derive(Debug, Args)]
pub(super) struct Server {
    /// Address of the local bundle or of the deployed API
    #[arg(long, env = "CAMPANILE_URL", default_value = "http://127.0.0.1:9000")]
    url: Url,
    /// Token to present; the local bundle's development token unless given
    #[arg(long, env = "CAMPANILE_TOKEN", hide_env_values = true)]
    token: Option<String>,
}

/// Why an answer is of no use.
#[derive(Debug, thiserror::Error)]
pub(super) enum ServerError {
    #[error("cannot reach {url}: is `campanile up` running there?")]
    Unreachable {
        url: String,
        #[source]
        source: reqwest::Error,
    },
    #[error("{url} answered {status}: {message}")]
    Refused { url: String, status: reqwest::StatusCode, message: String },
    #[error("{url} answered with something that is not JSON: is it Campanile?")]
    NotJson {
        url: String,
        #[source]
        source: reqwest::Error,
    },
}

impl Server {
    /// A request to `path`, and the query behind its first `?`, with the token of the secret `campanile/<secret>`.
    pub(super) fn request(&self, method: reqwest::Method, path: &str, secret: &str) -> RequestBuilder {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.url.path().trim_end_matches('/')));
        url.set_query(query);
        let token = self.token.clone().or_else(|| development::token(secret)).unwrap_or_default();
        Client::new().request(method, url).bearer_auth(token)
    }

    /// Sends `request`, whatever the answer's status.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<reqwest::Response, ServerError> {
        let sent = request.send().await;
        sent.map_err(|source| ServerError::Unreachable {
            url: self.url.to_string(),
            source: source.without_url(),
        })
    }

    /// Asks the API for `path`.
    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, ServerError> {
        self.ask(self.request(reqwest::Method::GET, path, "api").query(query)).await
    }

    /// Has the API do what `path` says.
    pub(super) async fn post(&self, path: &str) -> Result<Value, ServerError> {
        self.ask(self.request(reqwest::Method::POST, path, "api")).await
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Value, ServerError> {
        let response = self.send(request).await?;
        let (url, status) = (self.url.to_string(), response.status());
        let body: Value = match response.json().await {
            Ok(body) => body,
            Err(source) => return Err(ServerError::NotJson { url, source: source.without_url() }),
        };
        if status.is_success() {
            return Ok(body);
        }
        let message = body["error"]["message"].as_str().unwrap_or("no reason given").to_owned();
        Err(ServerError::Refused { url, status, message })
    }
}
