//! Why somebody could not sign in, as a browser shows it: a line of text, and what to do.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use intake::chain;

use super::id_token::Disbelief;
use super::issuers::IssuerError;

/// Why somebody could not sign in.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("nobody can sign in here: use a token, or have somebody set the secrets `oidc` and `session`")]
    NotConfigured,
    #[error("nobody is called that by whom people could be signed in: begin at the console")]
    UnknownIssuer,
    #[error("the address of the console is not configured: have somebody set CAMPANILE_CONSOLE_URL")]
    NoAddress,
    #[error("this did not begin here, or the browser keeps no cookies: begin once more at the console")]
    NotBegun,
    #[error("it took longer than ten minutes: begin once more at the console")]
    TooLate,
    #[error("this is not the answer to the last attempt to sign in: begin once more at the console")]
    OtherState,
    #[error("the answer is of another issuer than the one that was asked: begin once more at the console")]
    OtherIssuer,
    #[error("the answer has no code: begin once more at the console")]
    NoCode,
    #[error("the issuer answered without an ID token: does its client have the scope `openid`")]
    NoToken,
    #[error("`{name}` refused: {error}")]
    Refused { name: String, error: String },
    #[error("`{name}` cannot be asked: {error}")]
    Issuer { name: String, error: String },
    #[error("what `{name}` says is not believed: {reason}")]
    Disbelieved { name: String, reason: Disbelief },
    #[error(
        "`{name}` says who you are, {person}, and nothing lets you do anything here: have somebody give you a role"
    )]
    NoRole { name: String, person: String },
    #[error("nobody can sign in at present: see the log")]
    Unusable,
}

impl Refusal {
    pub(super) fn issuer(name: &str, error: &IssuerError) -> Self {
        Self::Issuer { name: name.to_owned(), error: chain(error) }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::NotConfigured | Self::UnknownIssuer => StatusCode::NOT_FOUND,
            Self::NoAddress | Self::Unusable => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotBegun | Self::TooLate | Self::OtherState | Self::OtherIssuer | Self::NoCode => {
                StatusCode::BAD_REQUEST
            }
            Self::NoToken | Self::Issuer { .. } => StatusCode::BAD_GATEWAY,
            Self::Refused { .. } | Self::Disbelieved { .. } | Self::NoRole { .. } => StatusCode::FORBIDDEN,
        }
    }
}

const HEADERS: [(HeaderName, &str); 4] = [
    (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
];

/// `refusal` as text, and in the log.
pub(super) fn refused(refusal: &Refusal) -> Response {
    let status = refusal.status();
    tracing::warn!(status = status.as_u16(), error = %refusal, "somebody could not sign in");
    let mut response = (status, format!("You are not signed in: {refusal}.\n")).into_response();
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
