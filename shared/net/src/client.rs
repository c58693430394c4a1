//! The one HTTP client: requests go to checked addresses only, within a deadline, and follow nobody.

mod certificates;
mod failure;
mod resolver;

use std::sync::Arc;
use std::time::Duration;

use reqwest::tls::Version;
use reqwest::{Certificate, Client, ClientBuilder, Response};

pub use self::certificates::{Certificates, PemMistake};
pub use self::resolver::{Lookup, Lookups, SystemLookup};

use self::resolver::CheckedResolver;
use crate::{EgressPolicy, HttpAnswer, HttpRequest, Unanswered};

/// Campanile and its version, for whoever reads the server's logs.
const USER_AGENT: &str = concat!("Campanile/", env!("CARGO_PKG_VERSION"));
/// Most bytes of an answer that are read, unless more are asked for.
const MOST_BODY_BYTES: usize = 64 * 1024;
/// How long a connection is kept for the next request: within a run, but not over the minutes for which a function is
/// frozen between runs, after which it would be dead.
const IDLE: Duration = Duration::from_secs(30);

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// Until a connection stands, TLS included.
    pub connect: Duration,
    /// From the beginning to the last byte that is read.
    pub whole: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), whole: Duration::from_secs(15) }
    }
}

/// Sends requests; clones share connections.
#[derive(Debug, Clone)]
pub struct HttpClient {
    egress: EgressPolicy,
    deadlines: Deadlines,
    most_body_bytes: usize,
    client: Client,
}

/// What an [`HttpClient`] is made of.
pub struct HttpClientBuilder {
    egress: EgressPolicy,
    deadlines: Deadlines,
    most_body_bytes: usize,
    certificates: Option<Certificates>,
    authorities: Authorities,
    lookup: Arc<dyn Lookup>,
}

/// Whose word on a server's name is taken, unless the server has [`Certificates`] of its own.
#[derive(Clone, Copy)]
enum Authorities {
    /// Those that browsers trust, compiled in.
    Public,
    /// Those of this machine.
    System,
}

/// A client could not be made: certificates and key do not belong together, or this machine has no authorities.
#[derive(Debug, thiserror::Error)]
#[error(
    "could not build the HTTP client: check that client certificate and key belong together, and this machine's authorities"
)]
pub struct BuildError(#[source] reqwest::Error);

impl HttpClientBuilder {
    /// Other deadlines than 5 and 15 seconds.
    #[must_use]
    pub const fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// Another limit of an answer's body than 64 KiB.
    #[must_use]
    pub const fn most_body_bytes(mut self, bytes: usize) -> Self {
        self.most_body_bytes = bytes;
        self
    }

    /// A client certificate or authorities of the server's own.
    #[must_use]
    pub fn certificates(mut self, certificates: Certificates) -> Self {
        self.certificates = Some(certificates);
        self
    }

    /// Trusts this machine's authorities, or those that `SSL_CERT_FILE` names, instead of those that browsers trust: a
    /// system in the operator's own network may have its certificate from an authority of his own.
    #[must_use]
    pub const fn system_authorities(mut self) -> Self {
        self.authorities = Authorities::System;
        self
    }

    /// Another resolver than the system's; what it finds is checked like that.
    #[must_use]
    pub fn lookup(mut self, lookup: Arc<dyn Lookup>) -> Self {
        self.lookup = lookup;
        self
    }

    /// Makes the client; no connection is opened yet.
    pub fn build(self) -> Result<HttpClient, BuildError> {
        let Self { egress, deadlines, most_body_bytes, certificates, authorities, lookup } = self;
        let builder = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(deadlines.connect)
            .timeout(deadlines.whole)
            .pool_idle_timeout(IDLE)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .https_only(!egress.permits_http())
            .tls_version_min(Version::TLS_1_2)
            .dns_resolver(CheckedResolver { lookup, egress: egress.clone() });
        // A proxy resolves names itself, past the resolver that checks them.
        let builder = if egress.permits_everything() { builder } else { builder.no_proxy() };
        let client = with_certificates(builder, certificates.as_ref(), authorities).map_err(BuildError)?;
        Ok(HttpClient { egress, deadlines, most_body_bytes, client })
    }
}

impl HttpClient {
    /// A client that goes where `egress` permits.
    pub fn builder(egress: EgressPolicy) -> HttpClientBuilder {
        HttpClientBuilder {
            egress,
            deadlines: Deadlines::default(),
            most_body_bytes: MOST_BODY_BYTES,
            certificates: None,
            authorities: Authorities::Public,
            lookup: Arc::new(SystemLookup),
        }
    }

    /// Sends `request` and yields the answer, whatever its status.
    ///
    /// Once the head is there it is an answer: a body that is too long, breaks off or does not end in time is yielded as far
    /// as it was read. A server that has said 200 would else be sent the same again for a day.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpAnswer, Unanswered> {
        self.send_within(request, self.deadlines.whole).await
    }

    /// The same within another deadline than the client's own.
    pub async fn send_within(&self, request: HttpRequest, whole: Duration) -> Result<HttpAnswer, Unanswered> {
        Ok(self.exchange(request, whole).await?.0)
    }

    /// The same, but an answer whose body is not whole is none: for whoever reads data, which a part of it would falsify.
    pub async fn send_whole(&self, request: HttpRequest, whole: Duration) -> Result<HttpAnswer, Unanswered> {
        match self.exchange(request, whole).await? {
            (answer, None) => Ok(answer),
            (_, Some(cut)) => Err(cut),
        }
    }

    /// The answer as far as it came, and what cut it.
    async fn exchange(
        &self,
        request: HttpRequest,
        whole: Duration,
    ) -> Result<(HttpAnswer, Option<Unanswered>), Unanswered> {
        self.egress.check_url(&request.url).map_err(|mistake| Unanswered::Denied(mistake.to_string()))?;
        let sent = self
            .client
            .request(request.method, request.url)
            .headers(request.headers.into_iter().collect())
            .body(request.body)
            .timeout(whole)
            .send()
            .await;
        Ok(self.read(sent.map_err(failure::describe)?).await)
    }

    async fn read(&self, mut response: Response) -> (HttpAnswer, Option<Unanswered>) {
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let mut body = Vec::new();
        let cut = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break None,
                Err(error) => break Some(failure::describe(error)),
            }
            if body.len() > self.most_body_bytes {
                break Some(Unanswered::TooLong(self.most_body_bytes));
            }
        };
        body.truncate(self.most_body_bytes);
        (HttpAnswer { status, headers, body, is_complete: cut.is_none() }, cut)
    }
}

fn with_certificates(
    builder: ClientBuilder,
    certificates: Option<&Certificates>,
    authorities: Authorities,
) -> reqwest::Result<Client> {
    let has_own = certificates.is_some_and(Certificates::has_authorities);
    let builder = match authorities {
        Authorities::Public if !has_own => trusting_the_public(builder),
        Authorities::Public | Authorities::System => builder,
    };
    match certificates {
        Some(certificates) => certificates.apply_to(builder)?.build(),
        None => builder.build(),
    }
}

/// The authorities that browsers trust, compiled in: Lambda's image need not have them.
fn trusting_the_public(builder: ClientBuilder) -> ClientBuilder {
    let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    builder.tls_certs_only(roots.filter_map(|root| Certificate::from_der(root).ok()))
}
