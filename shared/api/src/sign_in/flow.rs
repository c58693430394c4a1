//! The way to an issuer and back: `/v1/login` and `/v1/login/callback`.

use std::sync::Arc;

use alert::Clock as _;
use aws::{Platform, SystemClock};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use intake::{Keyring, chain};
use net::sanitize;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::cookie::{Cookie, Transport};
use super::id_token::{Claims, Disbelief, Expected, Identity, Unverified};
use super::issuers::{IssuerError, Issuers};
use super::page::{Refusal, refused};
use super::seal::{Purpose, open, seal};
use super::session::{self, LIFE_SECS, Session};
use super::settings::{Issuer, OidcSecret, SessionSecret};

/// How long somebody may take to sign in.
const AWAY_SECS: i64 = 600;
/// Most characters of where in the console somebody was.
const PLACE_CHARS: usize = 512;
/// Most characters of a person's name.
const NAME_CHARS: usize = 128;
/// What an issuer answers where it would have had to ask.
const WOULD_ASK: [&str; 4] =
    ["login_required", "interaction_required", "consent_required", "account_selection_required"];

/// What the page asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Begin {
    /// The issuer's name.
    with: String,
    /// Whether nobody is to be asked: for whoever was signed in a moment ago.
    silent: bool,
    /// The query of the console's address, to come back to.
    back: String,
}

/// What an issuer sends a browser back with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Back {
    code: Option<String>,
    state: String,
    iss: Option<String>,
    error: Option<String>,
}

/// What the browser keeps while somebody is away.
#[derive(Debug, Serialize, Deserialize)]
struct Away {
    /// The issuer's name.
    name: String,
    state: String,
    nonce: String,
    verifier: String,
    exp: i64,
    silent: bool,
    back: String,
}

/// `GET /v1/login`: sends the browser to the issuer.
pub(super) async fn begin(
    State(platform): State<Platform>,
    Extension(issuers): Extension<Issuers>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let asked: Begin = query(&uri);
    leave(&platform, &issuers, &headers, asked).await.unwrap_or_else(|refusal| refused(&refusal))
}

async fn leave(
    platform: &Platform,
    issuers: &Issuers,
    headers: &HeaderMap,
    asked: Begin,
) -> Result<Response, Refusal> {
    let keys = keys(platform).await?;
    let issuer = issuer(platform, &asked.with).await?;
    let base = base(platform, headers)?;
    let now = SystemClock.now();
    let discovered =
        issuers.discovered(&issuer, now).await.map_err(|error| Refusal::issuer(&issuer.name, &error))?;
    let [state, nonce, verifier] = [random()?, random()?, random()?];
    let mut url = discovered.authorization_endpoint.clone();
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &issuer.client_id)
        .append_pair("redirect_uri", &callback(&base))
        .append_pair("scope", &issuer.scopes)
        .append_pair("state", &state)
        .append_pair("nonce", &nonce)
        .append_pair("code_challenge", &challenge(&verifier))
        .append_pair("code_challenge_method", "S256")
        .extend_pairs(asked.silent.then_some(("prompt", "none")));
    let away = Away {
        name: issuer.name,
        state,
        nonce,
        verifier,
        exp: now.as_second() + AWAY_SECS,
        silent: asked.silent,
        back: place(&asked.back),
    };
    let sealed = seal(&keys, Purpose::Login, &away).ok_or(Refusal::Unusable)?;
    let cookie = Cookie::Login.set(session::transport(platform), &sealed, AWAY_SECS);
    redirect(StatusCode::FOUND, url.as_str(), [cookie])
}

/// `GET /v1/login/callback`: redeems the code, believes or does not, and sends the browser to the console.
pub(super) async fn end(
    State(platform): State<Platform>,
    Extension(issuers): Extension<Issuers>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    arrive(&platform, &issuers, &headers, query(&uri)).await.unwrap_or_else(|refusal| {
        let mut response = refused(&refusal);
        // It was good for one attempt.
        let cookie = Cookie::Login.forget(session::transport(&platform));
        response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
        response
    })
}

async fn arrive(
    platform: &Platform,
    issuers: &Issuers,
    headers: &HeaderMap,
    back: Back,
) -> Result<Response, Refusal> {
    let keys = keys(platform).await?;
    let now = SystemClock.now();
    let transport = session::transport(platform);
    let away = away(&keys, transport, headers).ok_or(Refusal::NotBegun)?;
    if away.exp <= now.as_second() {
        return Err(Refusal::TooLate);
    }
    verify_slices_are_equal(away.state.as_bytes(), back.state.as_bytes()).map_err(|_| Refusal::OtherState)?;
    let issuer = issuer(platform, &away.name).await?;
    let of_issuer = |error: IssuerError| Refusal::issuer(&issuer.name, &error);
    let discovered = issuers.discovered(&issuer, now).await.map_err(of_issuer)?;
    // https://www.rfc-editor.org/rfc/rfc9207: the answer of one issuer is not taken for that of another.
    match &back.iss {
        Some(named) if *named != issuer.identifier => return Err(Refusal::OtherIssuer),
        None if discovered.names_itself => return Err(Refusal::OtherIssuer),
        _ => {}
    }
    let base = base(platform, headers)?;
    let console = format!("{base}/{}", away.back);
    if let Some(error) = &back.error {
        if away.silent && WOULD_ASK.contains(&error.as_str()) {
            return redirect(StatusCode::SEE_OTHER, &console, [Cookie::Login.forget(transport), None]);
        }
        return Err(Refusal::Refused {
            name: issuer.name.clone(),
            error: sanitize::line(error).chars().take(64).collect(),
        });
    }
    let code = back.code.as_deref().filter(|code| !code.is_empty()).ok_or(Refusal::NoCode)?;
    let redirect_uri = callback(&base);
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri.as_str()),
        ("code_verifier", away.verifier.as_str()),
    ];
    let answer = issuers.redeem(&issuer, &discovered, &form).await.map_err(of_issuer)?;
    let token = answer.get("id_token").and_then(serde_json::Value::as_str).ok_or(Refusal::NoToken)?;
    let expected =
        Expected { issuer: &issuer.identifier, client_id: &issuer.client_id, nonce: &away.nonce, now };
    let identity = believed(issuers, &issuer, token, &expected).await?;
    let session = signed_in(&issuer, &identity, now.as_second())?;
    tracing::info!(principal = session.subject, "somebody has signed in");
    let sealed = session.sealed(&keys).ok_or(Refusal::Unusable)?;
    let cookies = [Cookie::Login.forget(transport), Cookie::Session.set(transport, &sealed, LIFE_SECS)];
    redirect(StatusCode::SEE_OTHER, &console, cookies)
}

/// What the browser kept while somebody was away.
fn away(keys: &Keyring<SessionSecret>, transport: Transport, headers: &HeaderMap) -> Option<Away> {
    Cookie::Login.values(transport, headers).find_map(|value| open(keys, Purpose::Login, value))
}

/// Who signed in, as `token` says, if it is to be believed.
async fn believed(
    issuers: &Issuers,
    issuer: &Issuer,
    token: &str,
    expected: &Expected<'_>,
) -> Result<Identity, Refusal> {
    let disbelieved = |reason: Disbelief| Refusal::Disbelieved { name: issuer.name.clone(), reason };
    let token = Unverified::read(token, &issuer.algorithms).map_err(disbelieved)?;
    let claims = verified(issuers, issuer, &token, expected).await?.map_err(disbelieved)?;
    claims.check(expected).map_err(disbelieved)
}

/// What `token` says; keys are fetched again for one that is not known.
async fn verified(
    issuers: &Issuers,
    issuer: &Issuer,
    token: &Unverified<'_>,
    expected: &Expected<'_>,
) -> Result<Result<Claims, Disbelief>, Refusal> {
    let of_issuer = |error: IssuerError| Refusal::issuer(&issuer.name, &error);
    let keys = issuers.keys(issuer, expected.now).await.map_err(of_issuer)?;
    let claims = token.verify(&keys);
    if claims != Err(Disbelief::UnknownKey) {
        return Ok(claims);
    }
    match issuers.renewed_keys(issuer, expected.now).await.map_err(of_issuer)? {
        Some(keys) => Ok(token.verify(&keys)),
        None => Ok(claims),
    }
}

fn signed_in(issuer: &Issuer, identity: &Identity, now_secs: i64) -> Result<Session, Refusal> {
    let named = identity.claims.pointer(&issuer.name_claim).and_then(serde_json::Value::as_str);
    let named = named.map(sanitize::line).filter(|name| !name.is_empty());
    let subject: String = sanitize::line(&identity.subject).chars().take(255).collect();
    let name: String = named.unwrap_or_else(|| subject.clone()).chars().take(NAME_CHARS).collect();
    let Some(role) = issuer.role(&identity.claims) else {
        return Err(Refusal::NoRole { name: issuer.name.clone(), person: name });
    };
    Ok(Session::new(format!("{}:{subject}", issuer.name), name, role, now_secs))
}

/// Where somebody signs out of the issuer of `session`, if it offers that.
pub(super) async fn end_session_url(
    platform: &Platform,
    issuers: &Issuers,
    session: &Session,
    headers: &HeaderMap,
) -> Option<String> {
    let name = session.subject.split(':').next().unwrap_or_default();
    // Whoever signs out is signed out here, whatever the issuer has to say.
    let issuer = issuer(platform, name).await.ok()?;
    let discovered = issuers.discovered(&issuer, SystemClock.now()).await.ok()?;
    let mut url = discovered.end_session_endpoint.clone()?;
    url.query_pairs_mut().append_pair("client_id", &issuer.client_id);
    if let Ok(base) = base(platform, headers) {
        url.query_pairs_mut().append_pair("post_logout_redirect_uri", &format!("{base}/"));
    }
    Some(url.into())
}

async fn keys(platform: &Platform) -> Result<Arc<Keyring<SessionSecret>>, Refusal> {
    let keys = session::keys(platform).await.map_err(|error| {
        tracing::error!(error = chain(&error), "the key of sessions cannot be read");
        Refusal::Unusable
    })?;
    keys.ok_or(Refusal::NotConfigured)
}

async fn issuer(platform: &Platform, name: &str) -> Result<Issuer, Refusal> {
    let settings = platform.secrets.read(super::SECRET, OidcSecret::read).await;
    let settings = settings.map_err(|error| {
        tracing::error!(error = chain(&error), "the secret of issuers cannot be read");
        Refusal::Unusable
    })?;
    let settings = settings.ok_or(Refusal::NotConfigured)?;
    let issuer = settings.current.issuers.iter().find(|issuer| issuer.name == name);
    issuer.cloned().ok_or(Refusal::UnknownIssuer)
}

/// The address of the console: the one that is configured, and never one that a sender names, but on this machine.
fn base(platform: &Platform, headers: &HeaderMap) -> Result<String, Refusal> {
    if let Some(url) = &platform.configuration.console_url {
        return Ok(url.trim_end_matches('/').to_owned());
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(|_| platform.is_local);
    let name = host.map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name));
    match (host, name) {
        (Some(host), Some("127.0.0.1" | "localhost" | "[::1]")) => Ok(format!("http://{host}")),
        _ => Err(Refusal::NoAddress),
    }
}

fn callback(base: &str) -> String {
    format!("{base}/v1/login/callback")
}

/// Where in the console somebody was: a query, and nothing that leads elsewhere.
fn place(back: &str) -> String {
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '#');
    let is_place = back.starts_with('?') && back.len() <= PLACE_CHARS && back.chars().all(is_plain);
    if is_place { back.to_owned() } else { String::new() }
}

/// The challenge of `verifier` (<https://www.rfc-editor.org/rfc/rfc7636>).
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// 32 bytes that nobody can guess.
fn random() -> Result<String, Refusal> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Refusal::Unusable)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn query<T: for<'de> Deserialize<'de> + Default>(uri: &Uri) -> T {
    serde_html_form::from_str(uri.query().unwrap_or_default()).unwrap_or_default()
}

fn redirect<const N: usize>(
    status: StatusCode,
    to: &str,
    cookies: [Option<HeaderValue>; N],
) -> Result<Response, Refusal> {
    let mut response = Response::default();
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::try_from(to).map_err(|_| Refusal::Unusable)?);
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    for cookie in cookies.into_iter().flatten() {
        headers.append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_that_of_the_standard() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(random().unwrap().len(), 43);
        assert_ne!(random().unwrap(), random().unwrap());
    }

    #[test]
    fn a_place_to_come_back_to_is_a_query_of_the_console() {
        assert_eq!(place("?view=silences&open=1"), "?view=silences&open=1");
        for elsewhere in
            ["", "/evil", "//evil.example", "https://evil.example", "?a\r\nset-cookie: x", "?a#b", "?é"]
        {
            assert_eq!(place(elsewhere), "", "{elsewhere}");
        }
    }
}
