//! One request to Crossbar and its answer, with deadlines and without secrets in what goes wrong.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;
use serde_json::Value;
use url::Url;

use crate::answer::{Answer, Envelope};
use crate::base_url::BaseUrl;
use crate::error::{Error, Operation, Trouble};
use crate::redaction::Redaction;
use crate::refusal::Refusal;
use alert::Clock;
use net::Secret;

/// Largest answer taken.
const LARGEST_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// How often a request is repeated that Crossbar had no allowance for.
const REPEATS: u32 = 3;

/// How long a request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// For the connection, TLS included.
    pub connect: Duration,
    /// For the whole request, connection and answer included.
    pub request: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), request: Duration::from_secs(30) }
    }
}

/// A request, and the secrets that its answer could echo.
pub(crate) struct Request {
    pub(crate) operation: Operation,
    pub(crate) method: Method,
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) data: Option<Value>,
    pub(crate) secrets: Vec<Secret>,
}

pub(crate) struct Transport {
    http: reqwest::Client,
    base_url: BaseUrl,
    clock: Arc<dyn Clock>,
}

impl Transport {
    pub(crate) fn new(base_url: BaseUrl, deadlines: Deadlines, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        // A redirect would show the token to whoever it leads to.
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .connect_timeout(deadlines.connect)
            .timeout(deadlines.request)
            .build()
            .map_err(|error| Error::new(Operation::Prepare, Trouble::NoClient(error)))?;
        Ok(Self { http, base_url, clock })
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Sends `request`; where Crossbar has no allowance left, waits for it to come back and sends it again.
    pub(crate) async fn exchange(
        &self,
        request: &Request,
        token: Option<&Secret>,
    ) -> Result<Envelope, Error> {
        let mut pause = refill_time(request.operation);
        for _ in 0..REPEATS {
            match self.exchange_once(request, token).await {
                Err(error) if error.refusal() == Some(&Refusal::TooManyRequests) => {
                    self.clock.sleep(pause).await;
                    pause = pause.saturating_mul(2);
                }
                settled => return settled,
            }
        }
        self.exchange_once(request, token).await
    }

    async fn exchange_once(&self, request: &Request, token: Option<&Secret>) -> Result<Envelope, Error> {
        let fail = |trouble| Error::new(request.operation, trouble);
        let answer = self.send(request, token).await.map_err(fail)?;
        if !(200..300).contains(&answer.status()) {
            return Err(refused(request, token, answer));
        }
        answer.envelope.ok_or_else(|| fail(Trouble::Unreadable("not a JSON object")))
    }

    async fn send(&self, request: &Request, token: Option<&Secret>) -> Result<Answer, Trouble> {
        let mut builder = self.http.request(request.method.clone(), self.url(request));
        if let Some(token) = token {
            builder = builder.header("X-Auth-Token", header_value(token)?);
        }
        if let Some(data) = &request.data {
            builder = builder.json(&serde_json::json!({ "data": data }));
        }
        let mut response = builder.send().await.map_err(Trouble::of)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(Trouble::of)? {
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST_ANSWER_BYTES {
                return Err(Trouble::Unreadable("longer than 16 MiB"));
            }
        }
        Ok(Answer::read(response.status().as_u16(), &body))
    }

    fn url(&self, request: &Request) -> Url {
        let mut url = self.base_url.resource(request.path.iter().map(String::as_str));
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        url
    }
}

// Crossbar gives back 10 of 100 each second. A login takes 35, anything else little.
fn refill_time(operation: Operation) -> Duration {
    match operation {
        Operation::LogIn => Duration::from_secs(4),
        _ => Duration::from_secs(1),
    }
}

fn refused(request: &Request, token: Option<&Secret>, answer: Answer) -> Error {
    let redaction = Redaction::of(request.secrets.iter().chain(token));
    let refusal = Refusal::of(request.operation, &answer, &redaction);
    let request_id = answer.envelope.and_then(|envelope| envelope.request_id);
    let request_id = request_id.map(|id| redaction.clean(&id));
    Error { operation: request.operation, request_id, trouble: Trouble::Refused(refusal) }
}

fn header_value(token: &Secret) -> Result<HeaderValue, Trouble> {
    let mut value = HeaderValue::from_str(token.expose())
        .map_err(|_| Trouble::Unreadable("its auth_token is no header value"))?;
    value.set_sensitive(true);
    Ok(value)
}
