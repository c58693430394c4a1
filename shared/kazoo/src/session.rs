//! Being logged in: the token is kept for its life and adopted when Crossbar gives another.

use http::Method;
use jiff::{SignedDuration, Timestamp};
use net::Secret;
use tokio::sync::Mutex;

use crate::answer::Envelope;
use crate::credentials::Credentials;
use crate::document::text;
use crate::error::{Error, Operation, Trouble};
use crate::id::AccountId;
use crate::transport::{Request, Transport};

/// How long after a login a token is used: its life of 3600 s, less a minute for the request under way.
const TOKEN_USE: SignedDuration = SignedDuration::from_secs(3600 - 60);

/// A token, whose account it is for, and since when we have it.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) token: Secret,
    pub(crate) account: AccountId,
    since: Timestamp,
}

/// Whether a session was begun for the request at hand: then a 401 does not mean that its token is old.
pub(crate) enum Obtained {
    Kept(Session),
    New(Session),
}

pub(crate) struct Sessions {
    credentials: Credentials,
    account: Option<AccountId>,
    // Held over a login: two requests at once must not both pay for one.
    current: Mutex<Option<Session>>,
}

impl Sessions {
    pub(crate) fn new(credentials: Credentials, account: Option<AccountId>) -> Self {
        Self { credentials, account, current: Mutex::new(None) }
    }

    /// The present session, or a new one where there is none or its life is over.
    pub(crate) async fn obtain(&self, transport: &Transport) -> Result<Obtained, Error> {
        let mut current = self.current.lock().await;
        if let Some(session) = current.as_ref().filter(|session| session.lives_at(transport.clock().now())) {
            return Ok(Obtained::Kept(session.clone()));
        }
        let session = self.log_in(transport).await?;
        *current = Some(session.clone());
        Ok(Obtained::New(session))
    }

    /// A session whose token is not the `rejected` one.
    pub(crate) async fn renew(&self, transport: &Transport, rejected: &Secret) -> Result<Session, Error> {
        let mut current = self.current.lock().await;
        if let Some(session) = current.as_ref().filter(|session| session.token != *rejected) {
            return Ok(session.clone());
        }
        *current = None;
        let session = self.log_in(transport).await?;
        *current = Some(session.clone());
        Ok(session)
    }

    /// Uses `token` from now on, if it is not the one in use.
    pub(crate) async fn adopt(&self, transport: &Transport, token: &Secret) {
        if let Some(session) = self.current.lock().await.as_mut().filter(|session| session.token != *token) {
            session.token = token.clone();
            session.since = transport.clock().now();
        }
    }

    async fn log_in(&self, transport: &Transport) -> Result<Session, Error> {
        let request = Request {
            operation: Operation::LogIn,
            method: Method::PUT,
            path: vec![self.credentials.resource().to_owned()],
            query: Vec::new(),
            data: Some(self.credentials.data()),
            secrets: vec![self.credentials.secret().clone()],
        };
        let since = transport.clock().now();
        let envelope = transport.exchange(&request, None).await?;
        self.begin(envelope, since)
            .map_err(|reason| Error::new(Operation::LogIn, Trouble::Unreadable(reason)))
    }

    fn begin(&self, envelope: Envelope, since: Timestamp) -> Result<Session, &'static str> {
        let own_account = || text(&envelope.data, "account_id").and_then(|id| id.parse().ok());
        let account = self.account.clone().or_else(own_account).ok_or("a login without an account id")?;
        let token = envelope.auth_token.ok_or("a login without an auth_token")?;
        Ok(Session { token, account, since })
    }
}

impl Session {
    fn lives_at(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) < TOKEN_USE
    }
}
