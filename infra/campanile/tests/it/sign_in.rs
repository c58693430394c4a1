//! People sign in: the whole way to a stand-in issuer and back, whatever that does wrong.

mod issuer;
mod refusals;
mod sessions;

use std::collections::BTreeMap;

use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use self::issuer::StandIn;
use crate::operator::Operator;

const KEY: &str = "a key of sessions that is long enough";

/// A bundle whose people are those of a stand-in issuer.
pub(crate) struct World {
    operator: Operator,
    issuer: StandIn,
}

/// A browser, as far as signing in needs one.
struct Browser {
    client: Client,
    url: String,
    cookies: BTreeMap<String, String>,
    /// What the last answer set.
    set: Vec<String>,
}

impl World {
    async fn new() -> Self {
        Self::with(&json!({})).await
    }

    /// With members of the issuer's settings changed.
    async fn with(changes: &Value) -> Self {
        let issuer = StandIn::start().await;
        let mut settings = json!({
            "name": "corp", "issuer": issuer.url, "client_id": "campanile", "client_secret": "s3+cr t",
            "roles": [
                { "claim": "/groups", "value": "staff", "role": "read" },
                { "claim": "/groups", "value": "ops", "role": "write" },
            ],
        });
        for (name, value) in changes.as_object().unwrap() {
            settings[name] = value.clone();
        }
        let secrets = json!({
            "campanile/api": { "tokens": [{ "token": crate::operator::WRITER, "name": "robot", "role": "write" }] },
            "campanile/netdata": { "tokens": ["campanile-development-netdata"] },
            "campanile/oidc": { "issuers": [settings] },
            "campanile/session": { "key": KEY },
        });
        Self { operator: Operator::before_a_bundle_with(&secrets).await, issuer }
    }

    fn browser(&self) -> Browser {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Browser { client, url: self.operator.url.clone(), cookies: BTreeMap::new(), set: Vec::new() }
    }
}

fn location(response: &Response) -> String {
    response.headers()["location"].to_str().unwrap().to_owned()
}

impl Browser {
    /// Goes to `url`, with our cookies where it is ours, and keeps those that are set.
    async fn visit(&mut self, url: &str) -> Response {
        let mut request = self.client.get(url).header("sec-fetch-site", "cross-site");
        if url.starts_with(&self.url) {
            request = request.header("cookie", self.cookie());
        }
        let response = request.send().await.unwrap();
        self.keep(&response);
        response
    }

    /// What the page sends to `path`.
    async fn call(&mut self, method: Method, path: &str, body: Option<&Value>) -> Response {
        let request = self.client.request(method, format!("{}{path}", self.url));
        let request = request.header("cookie", self.cookie()).header("sec-fetch-site", "same-origin");
        let request = if let Some(body) = body { request.json(body) } else { request };
        let response = request.send().await.unwrap();
        self.keep(&response);
        response
    }

    fn cookie(&self) -> String {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, response: &Response) {
        let set = response.headers().get_all("set-cookie").into_iter();
        self.set = set.map(|value| value.to_str().unwrap().to_owned()).collect();
        for cookie in &self.set {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Leaves for the issuer; where that sends it back to.
    async fn leave(&mut self) -> String {
        let begun = self.visit(&format!("{}/v1/login?with=corp", self.url)).await;
        assert_eq!(begun.status(), 302, "{}", begun.text().await.unwrap());
        location(&self.visit(&location(&begun)).await)
    }

    /// Goes all the way; what it is answered at the end.
    async fn sign_in(&mut self) -> (u16, String) {
        let back = self.leave().await;
        let arrived = self.visit(&back).await;
        let status = arrived.status().as_u16();
        let text = if status == 303 { location(&arrived) } else { arrived.text().await.unwrap() };
        (status, text)
    }

    async fn who(&mut self) -> Value {
        let answer = self.call(Method::GET, "/v1/session", None).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_the_issuer_knows_is_signed_in_and_what_they_do_is_recorded() {
    let world = World::new().await;
    let mut browser = world.browser();
    let nobody = browser.who().await;
    assert_eq!(nobody["sign_in"], json!(["corp"]));
    assert_eq!((&nobody["role"], &nobody["is_signed_in"]), (&Value::Null, &json!(false)));

    let back = browser.leave().await;
    let away = &browser.set;
    assert!(away.is_empty(), "the issuer's own cookies are no matter");
    let arrived = browser.visit(&back).await;
    assert_eq!((arrived.status().as_u16(), location(&arrived)), (303, format!("{}/", world.operator.url)));
    assert!(
        browser.set[0].starts_with("login=; ") && browser.set[0].ends_with("Max-Age=0"),
        "{:?}",
        browser.set
    );
    let kept = &browser.set[1];
    assert!(
        kept.starts_with("session=s1.")
            && kept.ends_with("; Path=/; HttpOnly; SameSite=Strict; Max-Age=28800")
    );
    let asked = world.issuer.asked();
    assert_eq!((asked["response_type"].as_str(), asked["code_challenge_method"].as_str()), ("code", "S256"));
    assert_eq!((asked["scope"].as_str(), asked.get("response_mode")), ("openid email profile", None));
    assert!(asked["state"].len() == 43 && asked["nonce"].len() == 43 && asked["state"] != asked["nonce"]);

    let who = browser.who().await;
    let expected = json!({ "name": "Ana", "principal": "corp:1", "role": "write", "is_signed_in": true, "sign_in": ["corp"] });
    assert_eq!(who, expected);

    world.operator.fire(&[(&[("alertname", "DiskFull"), ("severity", "critical")], 5)]).await;
    let alerts: Value = browser.call(Method::GET, "/v1/alerts", None).await.json().await.unwrap();
    let path = format!("/v1/alerts/{}", alerts["alerts"][0]["fingerprint"].as_str().unwrap());
    let by_another = json!({ "by": "mallory", "note": "mine" });
    let taken = browser.call(Method::POST, &format!("{path}/acknowledge"), Some(&by_another)).await;
    let taken: Value = taken.json().await.unwrap();
    assert_eq!(taken["acknowledgement"]["by"], "Ana", "nobody who signed in speaks for others");
    let notes: Value = browser.call(Method::GET, &format!("{path}/notes"), None).await.json().await.unwrap();
    assert_eq!(notes["notes"][0]["principal"], "corp:1");
    let silence = json!({ "matchers": [{ "name": "alertname", "value": "DiskFull" }], "duration_secs": 60, "comment": "c", "created_by": "mallory" });
    let silence = browser.call(Method::POST, "/v1/silences", Some(&silence)).await;
    let status = silence.status();
    let silence: Value = silence.json().await.unwrap();
    assert_eq!((status.as_u16(), &silence["created_by"]), (201, &json!("Ana")), "{silence}");
}
