//! Issuers over the network: what they publish, kept for a while, and codes that are redeemed with them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, header};
use jiff::{SignedDuration, Timestamp};
use net::{
    BuildError, EgressPolicy, HttpAnswer, HttpClient, HttpRequest, Secret, Unanswered, UrlMistake, sanitize,
};
use serde_json::Value;
use url::Url;

use super::discovery::{Discovered, DiscoveryMistake, document_of};
use super::keys::Keys;
use super::settings::Issuer;

/// How long an issuer may take to say what it publishes.
const PUBLISHED_WITHIN: Duration = Duration::from_secs(3);
/// How long it may take to redeem a code, which is done once: codes are good for one time.
const REDEEMED_WITHIN: Duration = Duration::from_secs(5);
/// How long what was published is used, whatever the issuer says: not shorter and not longer.
const FRESH: (SignedDuration, SignedDuration) =
    (SignedDuration::from_mins(5), SignedDuration::from_hours(24));
/// How long it is used where the issuer does not answer.
const STALE: SignedDuration = SignedDuration::from_hours(24);
/// How often keys are fetched again for a token that names an unknown one.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// How long an issuer that has just failed is left alone: whoever signs in tries again.
const FAILED_FOR: SignedDuration = SignedDuration::from_secs(5);

/// What is known of all issuers.
#[derive(Debug, Clone)]
pub(crate) struct Issuers(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    egress: EgressPolicy,
    client: OnceLock<HttpClient>,
    /// By the issuer's identifier; each is locked while it is asked.
    known: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Known>>>>,
}

/// What is known of one issuer.
#[derive(Debug, Default)]
struct Known {
    discovered: Option<Published<Arc<Discovered>>>,
    keys: Option<Published<Arc<Keys>>>,
    renewed_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
}

/// Something that an issuer publishes.
#[derive(Debug, Clone)]
struct Published<T> {
    value: T,
    fetched_at: Timestamp,
    fresh_for: SignedDuration,
}

/// Why an issuer is of no use now.
#[derive(Debug, thiserror::Error)]
pub(super) enum IssuerError {
    #[error("the HTTP client cannot be made")]
    Client(#[source] BuildError),
    #[error("its address is none that requests may go to")]
    Address(#[source] UrlMistake),
    #[error("it does not answer")]
    Unanswered(#[source] Unanswered),
    #[error("it answered {status}{}", said(.word))]
    Refused { status: u16, word: String },
    #[error("its answer is no JSON object of 64 KiB at most")]
    Answer,
    #[error("what it publishes is of no use")]
    Discovery(#[source] DiscoveryMistake),
    #[error("it failed a moment ago: try again in a few seconds")]
    JustFailed,
}

fn said(word: &str) -> String {
    if word.is_empty() { String::new() } else { format!(" and `{word}`") }
}

impl<T: Clone> Published<T> {
    fn serves(&self, now: Timestamp) -> bool {
        now.duration_since(self.fetched_at) < self.fresh_for
    }

    fn serves_while_nobody_answers(&self, now: Timestamp) -> bool {
        now.duration_since(self.fetched_at) < STALE
    }
}

impl Issuers {
    pub(crate) fn new(egress: EgressPolicy) -> Self {
        Self(Arc::new(Inner { egress, client: OnceLock::new(), known: Mutex::default() }))
    }

    /// Where `issuer` does what.
    pub(super) async fn discovered(
        &self,
        issuer: &Issuer,
        now: Timestamp,
    ) -> Result<Arc<Discovered>, IssuerError> {
        let known = self.known(issuer);
        let mut known = known.lock().await;
        self.discover(issuer, &mut known, now).await
    }

    /// The keys with which `issuer` signs.
    pub(super) async fn keys(&self, issuer: &Issuer, now: Timestamp) -> Result<Arc<Keys>, IssuerError> {
        let known = self.known(issuer);
        let mut known = known.lock().await;
        if let Some(keys) = known.keys.as_ref().filter(|keys| keys.serves(now)) {
            return Ok(Arc::clone(&keys.value));
        }
        self.fetch_keys(issuer, &mut known, now).await
    }

    /// The same, fetched again for a key that is not known, unless that was done within a minute.
    pub(super) async fn renewed_keys(
        &self,
        issuer: &Issuer,
        now: Timestamp,
    ) -> Result<Option<Arc<Keys>>, IssuerError> {
        let known = self.known(issuer);
        let mut known = known.lock().await;
        if known.renewed_at.is_some_and(|at| now.duration_since(at) < AGAIN_AFTER) {
            return Ok(None);
        }
        known.renewed_at = Some(now);
        self.fetch_keys(issuer, &mut known, now).await.map(Some)
    }

    /// What the token endpoint answers to `code`; asked once, whatever comes of it.
    pub(super) async fn redeem(
        &self,
        issuer: &Issuer,
        discovered: &Discovered,
        form: &[(&str, &str)],
    ) -> Result<Value, IssuerError> {
        let request = redemption(issuer, discovered, form);
        object(&self.ask(request, REDEEMED_WITHIN).await?)
    }

    async fn discover(
        &self,
        issuer: &Issuer,
        known: &mut Known,
        now: Timestamp,
    ) -> Result<Arc<Discovered>, IssuerError> {
        if let Some(discovered) = known.discovered.as_ref().filter(|discovered| discovered.serves(now)) {
            return Ok(Arc::clone(&discovered.value));
        }
        let fetched = self.fetch_document(issuer, known.failed_at, now).await;
        match &fetched {
            Ok(_) => known.failed_at = None,
            Err(IssuerError::JustFailed) => {}
            Err(_) => known.failed_at = Some(now),
        }
        settle(&mut known.discovered, fetched, now)
    }

    async fn fetch_document(
        &self,
        issuer: &Issuer,
        failed_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Published<Arc<Discovered>>, IssuerError> {
        if failed_at.is_some_and(|at| now.duration_since(at) < FAILED_FOR) {
            return Err(IssuerError::JustFailed);
        }
        let url = self.0.egress.parse_url(&document_of(&issuer.identifier)).map_err(IssuerError::Address)?;
        let (document, fresh_for) = self.published(url).await?;
        let discovered = Discovered::read(&issuer.identifier, &document, &self.0.egress);
        let value = Arc::new(discovered.map_err(IssuerError::Discovery)?);
        Ok(Published { value, fetched_at: now, fresh_for })
    }

    async fn fetch_keys(
        &self,
        issuer: &Issuer,
        known: &mut Known,
        now: Timestamp,
    ) -> Result<Arc<Keys>, IssuerError> {
        let discovered = self.discover(issuer, known, now).await?;
        let fetched = self.published(discovered.jwks_uri.clone()).await.and_then(|(set, fresh_for)| {
            let value = Arc::new(Keys::read(&set).ok_or(IssuerError::Answer)?);
            Ok(Published { value, fetched_at: now, fresh_for })
        });
        settle(&mut known.keys, fetched, now)
    }

    async fn published(&self, url: Url) -> Result<(Value, SignedDuration), IssuerError> {
        let answer = self.ask(HttpRequest::get(url), PUBLISHED_WITHIN).await?;
        Ok((object(&answer)?, fresh_for(&answer)))
    }

    async fn ask(&self, request: HttpRequest, within: Duration) -> Result<HttpAnswer, IssuerError> {
        self.client()?.send_within(request, within).await.map_err(IssuerError::Unanswered)
    }

    /// Made when somebody signs in: nobody else should wait for it.
    fn client(&self) -> Result<&HttpClient, IssuerError> {
        if let Some(client) = self.0.client.get() {
            return Ok(client);
        }
        let client = HttpClient::builder(self.0.egress.clone()).build().map_err(IssuerError::Client)?;
        Ok(self.0.client.get_or_init(|| client))
    }

    fn known(&self, issuer: &Issuer) -> Arc<tokio::sync::Mutex<Known>> {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(issuer.identifier.clone()).or_default())
    }
}

/// The request that redeems what is in `form`, with what proves who we are.
fn redemption(issuer: &Issuer, discovered: &Discovered, form: &[(&str, &str)]) -> HttpRequest {
    let secret = issuer.client_secret.as_ref().map(Secret::expose);
    let in_body = secret.filter(|_| discovered.secret_in_body);
    let client_id = ("client_id", issuer.client_id.as_str());
    let members =
        form.iter().copied().chain([client_id]).chain(in_body.map(|secret| ("client_secret", secret)));
    let mut request = HttpRequest::form(discovered.token_endpoint.clone(), members)
        .with_header(header::ACCEPT, HeaderValue::from_static("application/json"));
    if !discovered.secret_in_body {
        request.headers.extend(secret.and_then(|secret| basic(&issuer.client_id, secret)));
    }
    request
}

/// Keeps what was fetched; where nothing was, what is known serves for a day.
fn settle<T: Clone>(
    kept: &mut Option<Published<T>>,
    fetched: Result<Published<T>, IssuerError>,
    now: Timestamp,
) -> Result<T, IssuerError> {
    let error = match fetched {
        Ok(fetched) => return Ok(kept.insert(fetched).value.clone()),
        Err(error) => error,
    };
    let Some(known) = kept.as_ref().filter(|known| known.serves_while_nobody_answers(now)) else {
        return Err(error);
    };
    tracing::warn!(error = intake::chain(&error), "what the issuer published before stays in use");
    Ok(known.value.clone())
}

/// The JSON object that an issuer answered; of a refusal only its word, which is no secret.
fn object(answer: &HttpAnswer) -> Result<Value, IssuerError> {
    let json = answer.json();
    if answer.status != 200 {
        let word = json.get("error").and_then(Value::as_str).unwrap_or_default();
        let word = sanitize::line(word).chars().take(64).collect();
        return Err(IssuerError::Refused { status: answer.status, word });
    }
    if answer.is_complete && json.is_object() { Ok(json) } else { Err(IssuerError::Answer) }
}

/// How long what was answered is used: as long as the issuer says, within what is sensible.
fn fresh_for(answer: &HttpAnswer) -> SignedDuration {
    let directives = answer.header("cache-control").unwrap_or_default().split(',').map(str::trim);
    let ages = directives.filter_map(|directive| directive.strip_prefix("max-age=")?.parse::<u32>().ok());
    let age = ages.min().map_or(FRESH.0, |seconds| SignedDuration::from_secs(seconds.into()));
    age.clamp(FRESH.0, FRESH.1)
}

/// Both parts form-encoded first (<https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1>).
fn basic(client_id: &str, secret: &str) -> Option<(HeaderName, HeaderValue)> {
    let [id, secret] =
        [client_id, secret].map(|part| form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>());
    let credentials = STANDARD.encode(format!("{id}:{secret}"));
    let mut value = HeaderValue::try_from(format!("Basic {credentials}")).ok()?;
    value.set_sensitive(true);
    Some((header::AUTHORIZATION, value))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    #[test]
    fn an_age_is_read_and_bounded() {
        let age = |value: &'static str| {
            let headers = HeaderMap::from_iter([(header::CACHE_CONTROL, HeaderValue::from_static(value))]);
            fresh_for(&HttpAnswer::new(200, headers, "")).as_mins()
        };
        for (value, minutes) in [
            ("", 5),
            ("no-store", 5),
            ("max-age=0", 5),
            ("public, max-age=3600, must-revalidate", 60),
            ("max-age=999999999", 24 * 60),
            ("max-age=soon", 5),
        ] {
            assert_eq!(age(value), minutes, "{value}");
        }
    }

    #[tokio::test]
    async fn an_issuer_without_tls_or_inside_is_not_asked() {
        for identifier in ["http://id.example.com", "https://169.254.169.254", "https://localhost/realm"] {
            let issuer = Issuer {
                name: "corp".to_owned(),
                identifier: identifier.to_owned(),
                client_id: "campanile".to_owned(),
                client_secret: None,
                scopes: "openid".to_owned(),
                roles: Vec::new(),
                name_claim: "/name".to_owned(),
                algorithms: Vec::new(),
            };
            let issuers = Issuers::new(EgressPolicy::public());
            let asked = issuers.discovered(&issuer, Timestamp::UNIX_EPOCH).await;
            assert!(matches!(asked, Err(IssuerError::Address(_))), "{identifier}: {asked:?}");
        }
    }

    #[test]
    fn what_is_known_serves_a_day_where_nobody_answers() {
        let at = |minutes: i64| Timestamp::from_second(minutes * 60).unwrap();
        let mut kept = Some(Published { value: 1, fetched_at: at(0), fresh_for: FRESH.0 });
        assert!(kept.as_ref().unwrap().serves(at(4)) && !kept.as_ref().unwrap().serves(at(5)));
        let failed = || Err(IssuerError::Answer);
        assert_eq!(settle(&mut kept, failed(), at(24 * 60 - 1)).unwrap(), 1);
        assert!(settle(&mut kept, failed(), at(24 * 60)).is_err());
        let fetched = Ok(Published { value: 2, fetched_at: at(9), fresh_for: FRESH.0 });
        assert_eq!(settle(&mut kept, fetched, at(9)).unwrap(), 2);
        assert_eq!(kept.unwrap().value, 2);
    }

    #[test]
    fn a_secret_with_odd_characters_is_form_encoded_before_it_is_basic() {
        let (_, value) = basic("a:b", "c+d é").unwrap();
        let credentials = value.to_str().unwrap().strip_prefix("Basic ").unwrap().to_owned();
        assert_eq!(STANDARD.decode(credentials).unwrap(), b"a%3Ab:c%2Bd+%C3%A9");
    }
}
