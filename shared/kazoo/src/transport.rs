//! One request to Crossbar and its answer, with deadlines and without secrets in what goes wrong.

use std::sync::Arc;
use std::time::Duration;

use alert::Clock;
use http::{HeaderName, HeaderValue, Method};
use net::{Deadlines, EgressPolicy, HttpClient, HttpRequest, Secret};
use serde_json::{Value, json};
use url::Url;

use crate::answer::{Answer, Envelope};
use crate::base_url::BaseUrl;
use crate::error::{Error, Operation, Trouble};
use crate::redaction::Redaction;
use crate::refusal::Refusal;

/// Largest answer taken.
const LARGEST_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// How often a request is repeated that Crossbar had no allowance for.
const REPEATS: u32 = 3;

/// How long a request may take, unless somebody has less patience.
pub const DEADLINES: Deadlines =
    Deadlines { connect: Duration::from_secs(10), whole: Duration::from_secs(30) };

/// The header that carries the session's token.
const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

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
    http: HttpClient,
    deadlines: Deadlines,
    base_url: BaseUrl,
    clock: Arc<dyn Clock>,
}

impl Transport {
    pub(crate) fn new(base_url: BaseUrl, deadlines: Deadlines, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        // A KAZOO is as often in the operator's own network as not, without TLS or with a certificate of his own.
        let http = HttpClient::builder(EgressPolicy::anywhere())
            .deadlines(deadlines)
            .most_body_bytes(LARGEST_ANSWER_BYTES)
            .system_authorities()
            .build()
            .map_err(|error| Error::new(Operation::Prepare, Trouble::NoClient(error)))?;
        Ok(Self { http, deadlines, base_url, clock })
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
        let answer = self.http.send_whole(self.http_request(request, token)?, self.deadlines.whole).await;
        let answer = answer.map_err(Trouble::of)?;
        Ok(Answer::read(answer.status, &answer.body))
    }

    fn http_request(&self, request: &Request, token: Option<&Secret>) -> Result<HttpRequest, Trouble> {
        let (method, url) = (request.method.clone(), self.url(request));
        let sent = match &request.data {
            Some(data) => HttpRequest::json(method, url, &json!({ "data": data })),
            None => HttpRequest { method, ..HttpRequest::get(url) },
        };
        Ok(match token {
            Some(token) => sent.with_header(AUTH_TOKEN, header_value(token)?),
            None => sent,
        })
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
