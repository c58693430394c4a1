//! HTTP as both outside systems are spoken to: no redirects, a deadline on everything, bodies of bounded size.

use std::fmt;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, LOCATION, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode, redirect};

/// The most of an answer that is read: twenty times a day of five thousand log rows.
const BODY_BYTES: usize = 32 * 1024 * 1024;

/// How long a connection is kept for the next call: within a run, but not over the minutes for which a
/// function is frozen between runs, after which it would be dead.
const IDLE: Duration = Duration::from_secs(30);

/// How long each kind of request may take at most.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// To connect.
    pub connect: Duration,
    /// For a token. Shorter than the lease of ten seconds, so that no two ask at once.
    pub token: Duration,
    /// For a call of the API, body included.
    pub call: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), token: Duration::from_secs(8), call: Duration::from_secs(30) }
    }
}

/// The connections to both systems; clones share them.
#[derive(Debug, Clone)]
pub struct Transport {
    http: reqwest::Client,
    deadlines: Deadlines,
}

impl Transport {
    /// Prepares connections; none is opened yet.
    pub fn new(deadlines: Deadlines) -> Result<Self, TransportError> {
        // A host without `www.` or `app.` redirects, and a followed redirect loses `Authorization`.
        let http = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(deadlines.connect)
            .timeout(deadlines.call)
            .pool_idle_timeout(IDLE)
            .user_agent("campanile")
            .build()
            .map_err(|source| TransportError { source })?;
        Ok(Self { http, deadlines })
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub(crate) fn deadlines(&self) -> Deadlines {
        self.deadlines
    }
}

/// HTTP could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the http client cannot be set up")]
pub struct TransportError {
    #[source]
    source: reqwest::Error,
}

/// A request that was not answered in full.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// The deadline passed.
    #[error("no answer within {} ms", .0.as_millis())]
    TooSlow(Duration),
    /// The connection failed, before or during the answer.
    #[error("the connection failed")]
    Connection(#[source] reqwest::Error),
    /// The body did not end.
    #[error("the answer is longer than {BODY_BYTES} bytes")]
    TooLong,
}

/// An answer, whatever its status.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The body of a token answer is the token.
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Sends a request and reads its whole answer within `time`.
pub(crate) async fn send(request: RequestBuilder, time: Duration) -> Result<Answer, NoAnswer> {
    let response = request.timeout(time).send().await.map_err(|error| no_answer(error, time))?;
    let text = |name: HeaderName| text_of(response.headers(), &name);
    let (retry_after, location) = (text(RETRY_AFTER), text(LOCATION));
    Ok(Answer { status: response.status(), retry_after, location, body: read(response, time).await? })
}

async fn read(mut response: Response, time: Duration) -> Result<Vec<u8>, NoAnswer> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| no_answer(error, time))? {
        if body.len() + chunk.len() > BODY_BYTES {
            return Err(NoAnswer::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn text_of(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn no_answer(error: reqwest::Error, time: Duration) -> NoAnswer {
    let slow = error.is_timeout() && !error.is_connect();
    if slow { NoAnswer::TooSlow(time) } else { NoAnswer::Connection(error.without_url()) }
}
