//! HTTP as both outside systems are spoken to.

use std::time::Duration;

use net::{BuildError, EgressPolicy, HttpAnswer, HttpClient, HttpRequest, Unanswered};
use url::Url;

/// The most of an answer that is read: twenty times a day of five thousand log rows.
const BODY_BYTES: usize = 32 * 1024 * 1024;

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
    http: HttpClient,
    deadlines: Deadlines,
}

impl Transport {
    /// Prepares connections; none is opened yet. Which hosts are called is the operator's word.
    pub fn new(deadlines: Deadlines) -> Result<Self, BuildError> {
        let http = HttpClient::builder(EgressPolicy::anywhere())
            .deadlines(net::Deadlines { connect: deadlines.connect, whole: deadlines.call })
            .most_body_bytes(BODY_BYTES)
            .system_authorities()
            .build()?;
        Ok(Self { http, deadlines })
    }

    pub(crate) fn deadlines(&self) -> Deadlines {
        self.deadlines
    }

    /// Sends a request and reads its whole answer within `time`.
    pub(crate) async fn send(&self, request: HttpRequest, time: Duration) -> Result<HttpAnswer, Unanswered> {
        self.http.send_whole(request, time).await
    }
}

/// `text` as an address.
pub(crate) fn url(text: &str) -> Result<Url, Unanswered> {
    EgressPolicy::anywhere().parse_url(text).map_err(|mistake| Unanswered::Denied(mistake.to_string()))
}
