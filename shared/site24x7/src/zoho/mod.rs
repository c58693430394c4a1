//! The accounts server: a grant code or a refresh token in, an access token out.
//!
//! Nothing here retries: every question counts against the ten that Zoho answers in ten minutes.

mod answer;

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use net::{HttpRequest, Secret, Unanswered};

use crate::transport::{Transport, url};
use crate::{Application, Hosts, Scopes, Token, moment};
use answer::Refusal;

/// What a grant code was exchanged for.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Permanent until revoked: it belongs into the secret.
    pub refresh_token: Secret,
    /// The first access token, worth saving in the token store: it knows the new scopes.
    pub token: Token,
    /// What was granted, where the server says so.
    pub scopes: Option<Scopes>,
}

/// Exchanges a grant code, which works once and for some minutes only, for a refresh token.
pub async fn exchange_code(
    transport: &Transport,
    hosts: &Hosts,
    application: &Application,
    code: &Secret,
    now: Timestamp,
) -> Result<Grant, ZohoError> {
    let desk = Desk { transport, hosts, application };
    let form = [("grant_type", "authorization_code"), ("code", code.expose().trim())];
    let issued = desk.ask(Exchange::Code, &form, transport.deadlines().token, now).await?;
    let refresh_token = issued.refresh_token.ok_or(ZohoError::NoRefreshToken)?;
    Ok(Grant { refresh_token, token: issued.token, scopes: issued.scopes })
}

/// Asks for an access token.
pub(crate) async fn refresh(
    desk: Desk<'_>,
    refresh_token: &Secret,
    time: Duration,
    now: Timestamp,
) -> Result<Issued, ZohoError> {
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose())];
    desk.ask(Exchange::Refresh, &form, time, now).await
}

/// A token as it was issued.
#[derive(Debug, Clone)]
pub(crate) struct Issued {
    pub(crate) token: Token,
    pub(crate) scopes: Option<Scopes>,
    refresh_token: Option<Secret>,
}

/// Where to ask, and as whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) transport: &'a Transport,
    pub(crate) hosts: &'a Hosts,
    pub(crate) application: &'a Application,
}

impl Desk<'_> {
    async fn ask(
        self,
        exchange: Exchange,
        form: &[(&str, &str)],
        time: Duration,
        now: Timestamp,
    ) -> Result<Issued, ZohoError> {
        let no_answer = |source| ZohoError::NoAnswer { source };
        let url = url(&format!("{}/oauth/v2/token", self.hosts.accounts())).map_err(no_answer)?;
        let client = [
            ("client_id", self.application.client_id.expose()),
            ("client_secret", self.application.client_secret.expose()),
        ];
        let request = HttpRequest::form(url, [&client, form].concat());
        let answer = self.transport.send(request, time).await.map_err(no_answer)?;
        let issued = answer::read(&answer).map_err(|refusal| ZohoError::of(exchange, refusal))?;
        let expires_at = moment::later(now, issued.lifetime_secs);
        let token = Token { access_token: issued.access_token, expires_at };
        Ok(Issued { token, scopes: issued.scopes, refresh_token: issued.refresh_token })
    }
}

/// What a token was asked for with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    /// A grant code.
    Code,
    /// The refresh token.
    Refresh,
}

/// What Zoho says is wrong with the credentials; asking again does not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// `invalid_code`.
    Code,
    /// `invalid_client`.
    Client,
    /// `invalid_client_secret`.
    ClientSecret,
}

impl Rejection {
    /// Zoho's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "invalid_code",
            Self::Client => "invalid_client",
            Self::ClientSecret => "invalid_client_secret",
        }
    }
}

/// Why there is no token. No text quotes a credential.
#[derive(Debug, thiserror::Error)]
pub enum ZohoError {
    /// The credentials are wrong: permanent.
    #[error("zoho answers `{}`: {}", .rejection.as_str(), Explained { exchange: *.exchange, rejection: *.rejection })]
    Rejected {
        /// What was exchanged.
        exchange: Exchange,
        /// What is wrong.
        rejection: Rejection,
    },
    /// More than ten tokens in ten minutes; the block clears after 10 to 30 minutes without calls.
    #[error("zoho issues no more tokens for now: wait 30 minutes without asking")]
    Throttled,
    /// The accounts server did not answer.
    #[error("the accounts server does not answer")]
    NoAnswer {
        /// Why.
        #[source]
        source: Unanswered,
    },
    /// Another error word.
    #[error("zoho answers `{error}` (HTTP {status})")]
    Refused {
        /// The status it came under.
        status: u16,
        /// Zoho's word.
        error: String,
    },
    /// An answer without a token and without a reason, such as a page or a redirect.
    #[error(
        "the answer under HTTP {status} holds no access token: is this the accounts server of the data centre"
    )]
    NoAccessToken {
        /// The status it came under.
        status: u16,
    },
    /// A grant without what it was made for.
    #[error("the answer holds no refresh token: generate the code in a Self Client, and use a new one")]
    NoRefreshToken,
}

impl ZohoError {
    fn of(exchange: Exchange, refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected(rejection) => Self::Rejected { exchange, rejection },
            Refusal::Throttled => Self::Throttled,
            Refusal::Other { status, error } => Self::Refused { status, error },
            Refusal::NoAccessToken { status } => Self::NoAccessToken { status },
        }
    }

    /// Whether only other credentials help.
    pub const fn is_permanent(&self) -> bool {
        matches!(self, Self::Rejected { .. })
    }
}

/// What a rejection means, in the exchange in which it came.
struct Explained {
    exchange: Exchange,
    rejection: Rejection,
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.rejection, self.exchange) {
            (Rejection::Code, Exchange::Code) => {
                "the code was used, has expired, or belongs to another client or another data centre"
            }
            (Rejection::Code, Exchange::Refresh) => {
                "the refresh token was revoked, or belongs to another client or another data centre"
            }
            (Rejection::Client, _) => "the client id is unknown here, or belongs to another data centre",
            (Rejection::ClientSecret, _) => "the client secret is not that of the client id",
        })
    }
}
