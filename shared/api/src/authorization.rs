//! Who may read and who may act.

use std::fmt;

use aws::Platform;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};
use intake::{Keyring, Sensitive};
use serde::Deserialize;

use crate::failure::Failure;

/// The secret `<prefix>/api`.
#[derive(Debug, Default, Deserialize)]
struct ApiSecret {
    #[serde(default)]
    tokens: Vec<ApiToken>,
}

/// A token, whose it is, and what it may do.
#[derive(Debug, Clone, Deserialize)]
struct ApiToken {
    token: Sensitive,
    name: String,
    role: Role,
}

/// What a token may do; who may write may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    Read,
    Write,
}

/// Whose token a request carried; a request extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person(pub(crate) String);

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Lets a request through whose token has at least the role asked for.
pub(crate) async fn require(
    State((platform, role)): State<(Platform, Role)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let keyring = platform.secrets.get::<ApiSecret>("api").await.map_err(Failure::Secrets)?;
    let keyring = keyring.filter(|keyring| keyring.versions().any(|secret| !secret.tokens.is_empty()));
    let keyring = keyring.ok_or(Failure::NothingConfigured)?;
    let token = find(&keyring, &presented(request.headers())).ok_or(Failure::Unauthorized)?;
    if token.role < role {
        return Err(Failure::Forbidden);
    }
    request.extensions_mut().insert(Person(token.name));
    Ok(next.run(request).await)
}

/// The known token among `presented`; every pair is compared, in constant time.
fn find(keyring: &Keyring<ApiSecret>, presented: &[String]) -> Option<ApiToken> {
    let known = keyring.versions().flat_map(|secret| &secret.tokens);
    let matching = known.filter(|known| {
        let equal = presented.iter().map(|presented| known.token.matches(presented));
        equal.fold(false, |any, equal| any | bool::from(equal))
    });
    matching.max_by_key(|token| token.role).cloned()
}

/// Tokens from `Authorization: Bearer`, as password of `Authorization: Basic`, and from `X-API-Key`.
fn presented(headers: &HeaderMap) -> Vec<String> {
    let values = |name| headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let authorization = values(header::AUTHORIZATION).filter_map(|value| {
        let (scheme, credentials) = value.trim().split_once(' ')?;
        match scheme.to_ascii_lowercase().as_str() {
            "bearer" => Some(credentials.trim().to_owned()),
            "basic" => password(credentials.trim()),
            _ => None,
        }
    });
    authorization.chain(values(header::HeaderName::from_static("x-api-key")).map(str::to_owned)).collect()
}

fn password(credentials: &str) -> Option<String> {
    let text = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
    text.split_once(':').map(|(_, password)| password.to_owned())
}
