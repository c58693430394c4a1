//! Who may read and who may act.

use std::fmt;
use std::sync::Arc;

use aws::Platform;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method, header};
use intake::{Keyring, Measure, count_without_source};

use crate::failure::Failure;
use crate::guesses::Guesses;
use crate::secret::{ApiSecret, ApiToken, Role};
use crate::sign_in::session::session;

/// The name of the API's secret, behind the prefix.
const SECRET: &str = "api";

/// Who asks; a request extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Principal {
    /// Under what changes are recorded: a token's name, or `<issuer>:<subject>` of a person.
    pub(crate) id: String,
    /// What people call them.
    pub(crate) name: String,
    /// Whether it is a person who signed in, who speaks for nobody else.
    pub(crate) is_person: bool,
}

/// Who asks, and what they may do.
pub(crate) struct Granted {
    pub(crate) principal: Principal,
    pub(crate) role: Role,
}

impl Principal {
    /// Whoever has the token of that name.
    pub(crate) fn of_token(name: String) -> Self {
        Self { id: name.clone(), name, is_person: false }
    }

    /// Who is said to act: whom they name, where they may speak for others, else they themselves.
    pub(crate) fn acts_as<'a>(&'a self, named: Option<&'a str>) -> &'a str {
        named.filter(|_| !self.is_person).unwrap_or(&self.name)
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

/// Lets a request through whose token, or whose person, has at least the role asked for.
pub(crate) async fn require(
    State((platform, role)): State<(Platform, Role)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let granted = granted(&platform, request.method(), request.headers()).await.inspect_err(count)?;
    if granted.role < role {
        return Err(if granted.principal.is_person { Failure::MayRead } else { Failure::Forbidden });
    }
    request.extensions_mut().insert(granted.principal);
    Ok(next.run(request).await)
}

/// Says in the log who changed what, and what came of it: whatever a change itself remembers of who made it. The path is
/// logged only where it led to something: else it may be anything, such as a token in the wrong place.
pub(crate) async fn recorded(request: Request, next: Next) -> Response {
    let principal = request.extensions().get::<Principal>().map(ToString::to_string).unwrap_or_default();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let status = response.status();
    let path = if status.is_success() { path.as_str() } else { "" };
    tracing::info!(principal, method = method.as_str(), path, status = status.as_u16(), "change");
    response
}

/// Whoever sent a request, by a token or, without one, by signing in.
pub(crate) async fn granted(
    platform: &Platform,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Granted, Failure> {
    let presented = presented(headers);
    if presented.is_empty()
        && let Some(session) = session(platform, method, headers).await.map_err(Failure::Secrets)?
    {
        let role = session.role();
        let principal = Principal { id: session.subject, name: session.name, is_person: true };
        return Ok(Granted { principal, role });
    }
    let token = identify(platform, &presented).await?;
    Ok(Granted { principal: Principal::of_token(token.name), role: token.role })
}

/// Whose token is among `presented`; one that is unknown may be newer than what is known of the secret.
async fn identify(platform: &Platform, presented: &[String]) -> Result<ApiToken, Failure> {
    let secrets = &platform.secrets;
    let known = secrets.read(SECRET, ApiSecret::read).await.map_err(Failure::Secrets)?;
    let known = find(known, presented);
    if known.is_ok() || presented.is_empty() {
        return known;
    }
    let renewed = secrets.renew(SECRET, ApiSecret::read).await.map_err(Failure::Secrets)?;
    find(renewed, presented)
}

/// The known token among `presented`; every pair is compared, in constant time.
fn find(keyring: Option<Arc<Keyring<ApiSecret>>>, presented: &[String]) -> Result<ApiToken, Failure> {
    let keyring = keyring.filter(|keyring| keyring.versions().any(|secret| !secret.tokens.is_empty()));
    let keyring = keyring.ok_or(Failure::NothingConfigured)?;
    let find = |secret: &ApiSecret| matching(secret, presented);
    let (current, previous) = (find(&keyring.current), keyring.previous.as_ref().and_then(find));
    // What a token may do is what the current version says of it.
    let token = current.or_else(|| previous.map(|token| keyring.current.restricted(token)));
    token.ok_or(Failure::Unauthorized)
}

fn matching(secret: &ApiSecret, presented: &[String]) -> Option<ApiToken> {
    let matching = secret.tokens.iter().filter(|known| {
        let equal = presented.iter().map(|presented| known.token.matches(presented));
        equal.fold(false, |any, equal| any | bool::from(equal))
    });
    matching.max_by_key(|token| token.role).cloned()
}

/// Counts a refusal, and logs it now and then: what comes by the thousand must not fill the log.
fn count(failure: &Failure) {
    static GUESSES: Guesses = Guesses::new();
    if !matches!(failure, Failure::Unauthorized) {
        return;
    }
    count_without_source(Measure::Unauthorized, 1);
    if let Some(since_last) = GUESSES.note() {
        tracing::warn!(status = 401, count = since_last, "request refused: no token that is known");
    }
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
    let keys = values(header::HeaderName::from_static("x-api-key")).map(|key| key.trim().to_owned());
    authorization.chain(keys).collect()
}

fn password(credentials: &str) -> Option<String> {
    let text = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
    text.split_once(':').map(|(_, password)| password.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyring(current: &str, previous: &str) -> Arc<Keyring<ApiSecret>> {
        let version = |json| ApiSecret::read(json).secret.unwrap();
        Arc::new(Keyring { current: version(current), previous: Some(version(previous)) })
    }

    fn found(keyring: Arc<Keyring<ApiSecret>>, token: &str) -> Option<(String, Role)> {
        find(Some(keyring), &[token.to_owned()]).ok().map(|token| (token.name, token.role))
    }

    const ANA_WRITES: &str = r#"{"tokens":[{"token":"old","name":"ana","role":"write"}]}"#;

    #[test]
    fn who_was_demoted_may_not_write_by_the_version_before() {
        let reads = r#"{"tokens":[{"token":"old","name":"ana","role":"read"}]}"#;
        assert_eq!(found(keyring(reads, ANA_WRITES), "old"), Some(("ana".to_owned(), Role::Read)));
        let reads_with_another = r#"{"tokens":[{"token":"new","name":"ana","role":"read"}]}"#;
        assert_eq!(
            found(keyring(reads_with_another, ANA_WRITES), "old"),
            Some(("ana".to_owned(), Role::Read))
        );
    }

    #[test]
    fn a_token_that_was_rotated_goes_on_as_it_was() {
        let rotated = r#"{"tokens":[{"token":"new","name":"ana","role":"write"}]}"#;
        for token in ["old", "new"] {
            assert_eq!(found(keyring(rotated, ANA_WRITES), token), Some(("ana".to_owned(), Role::Write)));
        }
        assert_eq!(found(keyring(rotated, ANA_WRITES), "older"), None);
    }
}
