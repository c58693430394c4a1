//! People sign in with somebody who knows them, by OpenID Connect's code flow.
//!
//! The code is redeemed here and not in the page: so all issuers are alike, none needs to know the page's address, and no
//! token of theirs is ever in a browser's reach. Of what they answer only the ID token counts; what remains is a cookie of
//! our own ([`session`]).

mod algorithm;
mod cookie;
mod discovery;
mod flow;
mod id_token;
mod issuers;
mod keys;
mod page;
mod seal;
pub(crate) mod session;
mod settings;

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::openapi::SecurityRequirement;
use aide::transform::TransformOperation;
use aws::Platform;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json, Router};
use http::{HeaderMap, Method, header};
use intake::Keyring;
use schemars::JsonSchema;
use serde::Serialize;

use self::cookie::Cookie;
pub(crate) use self::issuers::Issuers;
pub use self::settings::{OidcSecret, SessionSecret};
use crate::authorization::{Granted, granted};
use crate::failure::Failure;
use crate::secret::Role;

/// The name of the secret, behind the prefix.
const SECRET: &str = "oidc";

/// Who asks, and how people can sign in.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Who {
    /// What people call whoever asks; null for somebody who is not known.
    name: Option<String>,
    /// Under what changes are recorded: a token's name, or `<issuer>:<subject>`.
    principal: Option<String>,
    /// What they may do: `read` or `write`.
    role: Option<&'static str>,
    /// Whether they signed in, and presented no token.
    is_signed_in: bool,
    /// With whom people can sign in: each is a value of `with` of `/v1/login`.
    sign_in: Vec<String>,
}

/// Where to go to be signed out elsewhere, too.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SignedOut {
    /// An address of the issuer's; null where it offers none.
    end_session_url: Option<String>,
}

/// The described paths, open to all.
pub(crate) fn described() -> ApiRouter<Platform> {
    ApiRouter::new().api_route(
        "/v1/session",
        get_with(who, |operation| described_as(operation, "Who asks, and how people can sign in"))
            .delete_with(sign_out, |operation| described_as(operation, "Sign out")),
    )
}

/// The same operation, which needs no token.
fn described_as<'t>(mut operation: TransformOperation<'t>, summary: &str) -> TransformOperation<'t> {
    operation.inner_mut().security = vec![SecurityRequirement::default()];
    operation.summary(summary)
}

/// The paths that browsers are sent to.
pub(crate) fn router() -> Router<Platform> {
    Router::new()
        .route("/v1/login", axum::routing::get(flow::begin))
        .route("/v1/login/callback", axum::routing::get(flow::end))
}

/// By whom people are signed in; by nobody without a key for cookies.
async fn settings(platform: &Platform) -> Result<Option<Arc<Keyring<OidcSecret>>>, Failure> {
    if !session::is_offered(platform) {
        return Ok(None);
    }
    let settings = platform.secrets.read(SECRET, OidcSecret::read).await.map_err(Failure::Secrets)?;
    Ok(settings.filter(|settings| !settings.current.issuers.is_empty()))
}

/// `GET /v1/session`.
async fn who(
    State(platform): State<Platform>,
    method: Method,
    headers: HeaderMap,
) -> Result<Json<Who>, Failure> {
    let granted = match granted(&platform, &method, &headers).await {
        // Whoever presents nothing asks how to sign in.
        Err(Failure::Unauthorized | Failure::NothingConfigured) if !has_token(&headers) => None,
        granted => Some(granted?),
    };
    let settings = settings(&platform).await?;
    let has_keys = settings.is_some() && session::keys(&platform).await.map_err(Failure::Secrets)?.is_some();
    let issuers = settings.iter().filter(|_| has_keys).flat_map(|settings| &settings.current.issuers);
    let sign_in = issuers.map(|issuer| issuer.name.clone()).collect();
    let nobody = Who { name: None, principal: None, role: None, is_signed_in: false, sign_in };
    Ok(Json(match granted {
        None => nobody,
        Some(Granted { principal, role }) => Who {
            name: Some(principal.name),
            principal: Some(principal.id),
            role: Some(word(role)),
            is_signed_in: principal.is_person,
            ..nobody
        },
    }))
}

const fn word(role: Role) -> &'static str {
    match role {
        Role::Read => "read",
        Role::Write => "write",
    }
}

fn has_token(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION) || headers.contains_key("x-api-key")
}

/// `DELETE /v1/session`: forgets the cookie, and says where to sign out of the issuer, too.
async fn sign_out(
    State(platform): State<Platform>,
    Extension(issuers): Extension<Issuers>,
    method: Method,
    headers: HeaderMap,
) -> Result<Forgotten, Failure> {
    let session = session::session(&platform, &method, &headers).await.map_err(Failure::Secrets)?;
    let end_session_url = match session {
        Some(session) => flow::end_session_url(&platform, &issuers, &session, &headers).await,
        None => None,
    };
    let cookie = Cookie::Session.forget(session::transport(&platform));
    Ok(Forgotten { cookie, answer: SignedOut { end_session_url } })
}

/// An answer that has the browser forget the session.
struct Forgotten {
    cookie: Option<http::HeaderValue>,
    answer: SignedOut,
}

impl IntoResponse for Forgotten {
    fn into_response(self) -> Response {
        let mut response = Json(self.answer).into_response();
        response.headers_mut().extend(self.cookie.map(|cookie| (header::SET_COOKIE, cookie)));
        response
    }
}

impl aide::OperationOutput for Forgotten {
    type Inner = SignedOut;

    fn operation_response(
        context: &mut aide::generate::GenContext,
        operation: &mut aide::openapi::Operation,
    ) -> Option<aide::openapi::Response> {
        Json::<SignedOut>::operation_response(context, operation)
    }

    fn inferred_responses(
        context: &mut aide::generate::GenContext,
        operation: &mut aide::openapi::Operation,
    ) -> Vec<(Option<aide::openapi::StatusCode>, aide::openapi::Response)> {
        Json::<SignedOut>::inferred_responses(context, operation)
    }
}
