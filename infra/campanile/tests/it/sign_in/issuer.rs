//! The stand-in issuer: one that is right in everything but what a test wants wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use alert::Clock as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

static KEYS: LazyLock<[RsaKeyPair; 2]> =
    LazyLock::new(|| [(); 2].map(|()| RsaKeyPair::generate(KeySize::Rsa2048).unwrap()));

/// How long it takes where it hesitates: several times as long as it may.
const HESITATION: Duration = Duration::from_secs(30);

/// A stand-in issuer at `url`.
pub(super) struct StandIn {
    pub(super) url: String,
    inner: Arc<Inner>,
}

struct Inner {
    url: String,
    behaviour: Mutex<Behaviour>,
    seen: Mutex<Seen>,
}

/// What it does otherwise than it should.
#[derive(Clone, Default)]
pub(super) struct Behaviour {
    /// Claims that are others, or null for none.
    pub(super) claims: BTreeMap<&'static str, Value>,
    /// Members of its document that are others, or null for none.
    pub(super) document: BTreeMap<&'static str, Value>,
    /// With which of its keys it signs.
    pub(super) signs_with: usize,
    /// Which of its keys it publishes: one bit each; those of the first where nothing is said.
    pub(super) publishes: Option<usize>,
    /// What it adds to the address that it sends people back to.
    pub(super) back: Vec<(&'static str, String)>,
    /// What it leaves out of that.
    pub(super) leaves_out: BTreeSet<&'static str>,
    /// For which of its document, its keys or tokens it takes longer than anybody waits.
    pub(super) hesitates: Option<&'static str>,
    /// What it answers in the place of its document, its keys or tokens.
    pub(super) answers: BTreeMap<&'static str, (u16, String)>,
}

#[derive(Default)]
struct Seen {
    asked: BTreeMap<String, String>,
    codes: BTreeMap<String, BTreeMap<String, String>>,
    /// How often each path was asked for.
    counts: BTreeMap<&'static str, usize>,
    redeemed: Option<(HeaderMap, BTreeMap<String, String>)>,
}

impl StandIn {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner { url: url.clone(), behaviour: Mutex::default(), seen: Mutex::default() });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(document))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, inner }
    }

    /// Behaves like that from now on.
    pub(super) fn behave(&self, change: impl FnOnce(&mut Behaviour)) {
        let mut behaviour = Behaviour::default();
        change(&mut behaviour);
        *self.inner.behaviour.lock().unwrap() = behaviour;
    }

    /// What it was asked at its front door last.
    pub(super) fn asked(&self) -> BTreeMap<String, String> {
        self.inner.seen.lock().unwrap().asked.clone()
    }

    /// How often `path` was asked for.
    pub(super) fn count(&self, path: &str) -> usize {
        self.inner.seen.lock().unwrap().counts.get(path).copied().unwrap_or_default()
    }

    /// With what the last code was redeemed.
    pub(super) fn redeemed(&self) -> (HeaderMap, BTreeMap<String, String>) {
        self.inner.seen.lock().unwrap().redeemed.clone().unwrap()
    }
}

impl Inner {
    /// Counts a request for `path`; what is answered in the place of the right thing.
    async fn instead(&self, path: &'static str) -> Option<Response> {
        *self.seen.lock().unwrap().counts.entry(path).or_default() += 1;
        if self.behaviour.lock().unwrap().hesitates == Some(path) {
            tokio::time::sleep(HESITATION).await;
        }
        let answers = &self.behaviour.lock().unwrap().answers;
        let (status, text) = answers.get(path)?;
        let status = StatusCode::from_u16(*status).unwrap();
        Some(if status.is_redirection() {
            (status, [(header::LOCATION, text.clone())]).into_response()
        } else {
            (status, text.clone()).into_response()
        })
    }
}

fn changed(mut value: Value, changes: &BTreeMap<&'static str, Value>) -> Value {
    for (name, change) in changes {
        match change {
            Value::Null => drop(value.as_object_mut().unwrap().remove(*name)),
            change => value[*name] = change.clone(),
        }
    }
    value
}

async fn document(State(issuer): State<Arc<Inner>>) -> Response {
    if let Some(instead) = issuer.instead("document").await {
        return instead;
    }
    let url = &issuer.url;
    let document = json!({
        "issuer": url, "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"), "end_session_endpoint": format!("{url}/end"),
    });
    Json(changed(document, &issuer.behaviour.lock().unwrap().document)).into_response()
}

async fn keys(State(issuer): State<Arc<Inner>>) -> Response {
    if let Some(instead) = issuer.instead("keys").await {
        return instead;
    }
    let published = issuer.behaviour.lock().unwrap().publishes.unwrap_or(1);
    let shown = KEYS.iter().enumerate().filter(|(index, _)| published & (1 << index) != 0);
    let key = |(index, key): (usize, &RsaKeyPair)| {
        // The modulus of a key of 2048 bits within its DER.
        let modulus = URL_SAFE_NO_PAD.encode(&key.public_key().as_ref()[9..265]);
        json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": format!("key-{index}"), "n": modulus, "e": "AQAB" })
    };
    Json(json!({ "keys": shown.map(key).collect::<Vec<_>>() })).into_response()
}

async fn authorize(
    State(issuer): State<Arc<Inner>>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Redirect {
    let behaviour = issuer.behaviour.lock().unwrap().clone();
    let mut seen = issuer.seen.lock().unwrap();
    let code = format!("code-{}", seen.codes.len());
    let mut back = reqwest::Url::parse(&asked["redirect_uri"]).unwrap();
    let usual = [("code", code.clone()), ("state", asked["state"].clone())];
    let others = behaviour.back.iter().map(|(name, _)| *name);
    let left_out: BTreeSet<_> = behaviour.leaves_out.iter().copied().chain(others).collect();
    let usual = usual.into_iter().filter(|(name, _)| !left_out.contains(name));
    back.query_pairs_mut().extend_pairs(usual.chain(behaviour.back.clone()));
    seen.codes.insert(code, asked.clone());
    seen.asked = asked;
    Redirect::to(back.as_str())
}

async fn token(State(issuer): State<Arc<Inner>>, headers: HeaderMap, body: String) -> Response {
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    issuer.seen.lock().unwrap().redeemed = Some((headers.clone(), form.clone()));
    if let Some(instead) = issuer.instead("token").await {
        return instead;
    }
    let Some(asked) = issuer.seen.lock().unwrap().codes.remove(&form["code"]) else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
    assert_eq!(
        (challenge.as_str(), &form["redirect_uri"]),
        (asked["code_challenge"].as_str(), &asked["redirect_uri"])
    );
    assert_eq!(
        (form["grant_type"].as_str(), form["client_id"].as_str()),
        ("authorization_code", "campanile")
    );
    assert!(!headers.contains_key("origin") && !headers.contains_key("cookie"));
    let basic = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let in_header = basic == Some(format!("Basic {}", STANDARD.encode("campanile:s3%2Bcr+t")));
    assert!(in_header != (form.get("client_secret").map(String::as_str) == Some("s3+cr t")), "{basic:?}");
    let behaviour = issuer.behaviour.lock().unwrap().clone();
    let now = aws::SystemClock.now().as_second();
    let claims = json!({
        "iss": issuer.url, "aud": "campanile", "sub": "1", "name": "Ana", "groups": ["staff", "ops"],
        "nonce": asked["nonce"], "iat": now, "exp": now + 300,
    });
    let id_token = signed(behaviour.signs_with, &changed(claims, &behaviour.claims));
    Json(json!({ "id_token": id_token, "access_token": "secret-access", "token_type": "Bearer" }))
        .into_response()
}

fn signed(index: usize, claims: &Value) -> String {
    let header = json!({ "alg": "RS256", "kid": format!("key-{index}") });
    let [header, claims] = [&header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let signed = format!("{header}.{claims}");
    let key = &KEYS[index];
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
