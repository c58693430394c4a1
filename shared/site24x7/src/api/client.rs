//! A client of one account, and the calls of one run.

use std::fmt;
use std::time::Duration;

use alert::Clock;
use http::HeaderValue;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE};
use jiff::Timestamp;
use net::HttpRequest;

use super::call::Request;
use super::error::CallError;
use super::retry::wait_after;
use super::verdict::{Data, Failure, decide};
use crate::token::{Applicant, Tokens, Wanted};
use crate::transport::{Transport, url};
use crate::zoho::Desk;
use crate::{AccountConfiguration, DataCenter, Hosts, Scopes, Token, TokenError, TokenStore, moment};

/// A client of one account. It outlives runs: its token stays in memory.
pub struct Client<S, C> {
    transport: Transport,
    hosts: Hosts,
    settings: AccountConfiguration,
    tokens: Tokens<S, C>,
}

impl<S: TokenStore, C: Clock> Client<S, C> {
    /// A client of the settings' data centre, which shares its tokens through `store`.
    pub fn new(transport: Transport, settings: AccountConfiguration, store: S, clock: C) -> Self {
        Self { transport, hosts: settings.data_center().hosts(), settings, tokens: Tokens::new(store, clock) }
    }

    /// The same client, but of a stand-in at these base URLs.
    #[must_use]
    pub fn at(self, hosts: Hosts) -> Self {
        Self { hosts, ..self }
    }

    /// The calls of one run, none of which lasts beyond `deadline`.
    pub fn until(&self, deadline: Timestamp) -> Calls<'_, S, C> {
        Calls { client: self, deadline }
    }

    /// Whom it acts for.
    pub fn settings(&self) -> &AccountConfiguration {
        &self.settings
    }

    /// Whom it calls.
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// What time it takes it to be.
    pub fn clock(&self) -> &C {
        self.tokens.clock()
    }

    fn applicant(&self) -> Applicant<'_> {
        let application = &self.settings.application;
        let desk = Desk { transport: &self.transport, hosts: &self.hosts, application };
        Applicant { desk, refresh_token: &self.settings.refresh_token }
    }
}

impl<S, C> fmt::Debug for Client<S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("hosts", &self.hosts)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Whether the API can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// There is a token.
    Ready,
    /// Zoho has throttled, and nobody asks before then: end the run without an error.
    CoolingDown {
        /// When it may be tried again.
        until: Timestamp,
    },
}

/// The calls of one run, all of which end by one deadline.
pub struct Calls<'a, S, C> {
    client: &'a Client<S, C>,
    deadline: Timestamp,
}

impl<S, C> Clone for Calls<'_, S, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S, C> Copy for Calls<'_, S, C> {}

impl<S, C> fmt::Debug for Calls<'_, S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Calls").field("client", self.client).field("deadline", &self.deadline).finish()
    }
}

impl<S: TokenStore, C: Clock> Calls<'_, S, C> {
    /// Finds or asks for a token, before anything is read.
    pub async fn ready(&self) -> Result<Readiness, TokenError> {
        match self.acquire(Wanted::Any).await {
            Ok(_) => Ok(Readiness::Ready),
            Err(TokenError::CoolingDown { until }) => Ok(Readiness::CoolingDown { until }),
            Err(error) => Err(error),
        }
    }

    /// Asks Zoho for a new token, to see whether it issues one, and for which scopes if it says so.
    pub async fn issue_token(&self) -> Result<Option<Scopes>, TokenError> {
        let tokens = &self.client.tokens;
        let acquired = tokens.acquire(Wanted::New, self.client.applicant(), self.deadline).await?;
        Ok(acquired.scopes)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.client.clock().now()
    }

    pub(crate) fn data_center(&self) -> DataCenter {
        self.client.settings.data_center()
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.client.hosts
    }

    /// Waits, unless the run would be over before: then it answers `None` at once.
    pub(crate) async fn pause(&self, duration: Duration) -> Option<()> {
        if moment::after(self.now(), duration) >= self.deadline {
            return None;
        }
        self.client.clock().sleep(duration).await;
        Some(())
    }

    /// Makes a call; a refused token is renewed once. Answers its `data`, unless that is empty.
    pub(super) async fn make(&self, request: &Request) -> Result<Data, CallError> {
        let token = self.token_for(request, Wanted::Any).await?;
        match self.attempt(request, &token).await {
            Err(Failure::TokenRefused { .. }) => {}
            concluded => return concluded.map_err(|failure| self.error(request, failure, &token)),
        }
        let renewed = self.token_for(request, Wanted::OtherThan(&token)).await?;
        self.attempt(request, &renewed).await.map_err(|failure| self.error(request, failure, &renewed))
    }

    async fn token_for(&self, request: &Request, wanted: Wanted<'_>) -> Result<Token, CallError> {
        self.acquire(wanted).await.map_err(|error| CallError::no_token(request.call, error))
    }

    async fn acquire(&self, wanted: Wanted<'_>) -> Result<Token, TokenError> {
        let acquired = self.client.tokens.acquire(wanted, self.client.applicant(), self.deadline).await?;
        Ok(acquired.token)
    }

    fn error(&self, request: &Request, failure: Failure, token: &Token) -> CallError {
        let settings = &self.client.settings;
        let application = &settings.application;
        let mut secrets = vec![
            &token.access_token,
            &settings.refresh_token,
            &application.client_secret,
            &application.client_id,
        ];
        secrets.extend(&request.secrets);
        CallError::of(request.call, failure, &secrets)
    }

    /// Tries, and tries again what may pass while there is time.
    async fn attempt(&self, request: &Request, token: &Token) -> Result<Data, Failure> {
        let mut attempt = 1;
        loop {
            let failure = match self.once(request, token).await {
                Ok(data) => return Ok(data),
                Err(failure) => failure,
            };
            let wait = wait_after(attempt, &failure);
            let Some(wait) = wait.filter(|_| request.call.is_repeatable()) else {
                return Err(failure);
            };
            if self.pause(wait).await.is_none() {
                return Err(failure);
            }
            attempt += 1;
        }
    }

    async fn once(&self, request: &Request, token: &Token) -> Result<Data, Failure> {
        let left = moment::until(self.now(), self.deadline);
        if left.is_zero() {
            return Err(Failure::OutOfTime);
        }
        let time = left.min(self.client.transport.deadlines().call);
        let answer = self.client.transport.send(self.build(request, token)?, time).await;
        decide(&answer.map_err(Failure::NoAnswer)?, self.now())
    }

    fn build(&self, request: &Request, token: &Token) -> Result<HttpRequest, Failure> {
        let mut url =
            url(&format!("{}{}", self.client.hosts.api_root(), request.path)).map_err(Failure::NoAnswer)?;
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        // A token that cannot be sent is as good as a refused one: another is asked for.
        let authorization = format!("Zoho-oauthtoken {}", token.access_token.expose());
        let authorization = HeaderValue::from_str(&authorization)
            .map_err(|_| Failure::TokenRefused { message: String::new() })?;
        let mut sent = HttpRequest { method: request.method.clone(), ..HttpRequest::get(url) }
            .with_header(ACCEPT, HeaderValue::from_static("application/json; version=2.0"))
            .with_header(AUTHORIZATION, authorization);
        // Whoever reads the secret sees to it that an id is a cookie.
        let zaaid = self.client.settings.zaaid.as_ref();
        if let Some(cookie) = zaaid.and_then(|zaaid| HeaderValue::from_str(&format!("zaaid={zaaid}")).ok()) {
            sent = sent.with_header(COOKIE, cookie);
        }
        if let Some(body) = &request.body {
            let content_type = HeaderValue::from_static("application/json;charset=UTF-8");
            sent = sent.with_header(CONTENT_TYPE, content_type);
            sent.body = body.to_string().into_bytes();
        }
        Ok(sent)
    }
}
