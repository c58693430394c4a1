//! One server that is both systems: it issues tokens under Zoho's limits and serves Site24x7's API.

#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test ends where it fails")]

mod accounts;
mod api;
mod clock;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use net::Secret;
use serde_json::{Map, Value};
use tokio::net::TcpListener;

use crate::{AccountConfiguration, Calls, Client, Deadlines, Hosts, MemoryTokenStore, TokenStore, Transport};

pub use clock::TestClock;

/// The client that is registered.
pub const CLIENT_ID: &str = "1000.CLIENTID";
/// Its secret.
pub const CLIENT_SECRET: &str = "clientsecret0123456789";
/// The refresh token that is good.
pub const REFRESH_TOKEN: &str = "1000.refresh.token";
/// The grant code that is good.
pub const GRANT_CODE: &str = "1000.grant.code";
/// The token of our webhook.
pub const HOOK_KEY: &str = "hook-key-0123456789";

/// The source's secret with all of them.
pub const SECRET: &str = r#"{"data_center":"eu","client_id":"1000.CLIENTID","client_secret":"clientsecret0123456789",
    "refresh_token":"1000.refresh.token","tokens":["hook-key-0123456789"]}"#;

/// The stand-in and the clock that it and its clients go by.
pub struct StandIn {
    /// The clock.
    pub clock: Arc<TestClock>,
    address: String,
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<TestClock>,
    world: Mutex<World>,
}

/// All that the stand-in knows, and all that it has seen.
pub struct World {
    /// When each access token was issued or asked for in vain.
    pub asked: Vec<Timestamp>,
    /// How many access tokens were issued.
    pub issued: usize,
    /// How many were refused for being too many.
    pub throttled: usize,
    blocked: bool,
    live: VecDeque<(String, Timestamp)>,
    /// What the accounts server answers instead of its own answers, in turn.
    pub token_answers: VecDeque<(u16, String)>,
    /// What a path of the API answers instead of its own answers, in turn.
    pub faults: HashMap<String, VecDeque<Fault>>,
    /// The scopes of every token.
    pub scopes: Vec<&'static str>,
    /// The webhooks that were made.
    pub webhooks: Vec<Map<String, Value>>,
    /// What the answers do not show.
    hidden: HashSet<Hidden>,
    /// The `data` of the monitors.
    pub monitors: Value,
    /// The `data` of the current status.
    pub current_status: Value,
    /// The rows of the alert logs by date; without any date, every date has the same row.
    pub alert_logs: BTreeMap<String, Vec<Value>>,
    /// Every call of the API, in order.
    pub seen: Vec<Seen>,
}

/// What some servers show and others do not.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hidden {
    /// The scopes, in a token answer.
    Scopes,
    /// The urls, in the list of integrations.
    Urls,
    /// The values of the headers, in a webhook.
    Headers,
}

/// A fault of the API.
pub enum Fault {
    /// This status, these headers and this body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// The request is carried out, and then this status and a page are answered.
    AfterAll(u16),
    /// This status and a message that repeats the whole request.
    Echo(u16),
    /// The right answer, late.
    Slow(Duration),
}

impl Fault {
    /// A status and a body.
    pub fn status(status: u16, body: &str) -> Self {
        Self::Answer(status, Vec::new(), body.to_owned())
    }
}

/// A request to the API as it came in.
#[derive(Clone)]
pub struct Seen {
    /// Its method.
    pub method: Method,
    /// Its path below the API's root.
    pub path: String,
    /// Its query as sent.
    pub query: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body; `null` where it is no JSON.
    pub body: Value,
}

impl World {
    fn new() -> Self {
        Self {
            asked: Vec::new(),
            issued: 0,
            throttled: 0,
            blocked: false,
            live: VecDeque::new(),
            token_answers: VecDeque::new(),
            faults: HashMap::new(),
            scopes: vec![
                "Site24x7.Admin.Read",
                "Site24x7.Admin.Create",
                "Site24x7.Admin.Update",
                "Site24x7.Operations.Read",
                "Site24x7.Reports.Read",
            ],
            webhooks: Vec::new(),
            hidden: HashSet::new(),
            monitors: serde_json::json!([{"monitor_id": "123456000000025013", "display_name": "Shop front", "type": "URL"}]),
            current_status: serde_json::json!({"monitors": [{"monitor_id": "1", "status": 1}]}),
            alert_logs: BTreeMap::new(),
            seen: Vec::new(),
        }
    }

    /// How often a path was called with a method.
    pub fn count(&self, method: &Method, path: &str) -> usize {
        self.seen.iter().filter(|seen| seen.method == *method && seen.path == path).count()
    }

    /// Every change that was asked for, as `METHOD path`.
    pub fn writes(&self) -> Vec<String> {
        let writes = self.seen.iter().filter(|seen| seen.method != Method::GET);
        writes.map(|seen| format!("{} {}", seen.method, seen.path)).collect()
    }

    /// Has every token that is live refused from now on.
    pub fn kill_tokens(&mut self) {
        self.live.clear();
    }

    /// Has answers leave `hidden` out from now on.
    pub fn hide(&mut self, hidden: Hidden) {
        self.hidden.insert(hidden);
    }

    /// Whether answers leave `hidden` out.
    pub fn hides(&self, hidden: Hidden) -> bool {
        self.hidden.contains(&hidden)
    }

    /// Takes `scope` from every token.
    pub fn lose_scope(&mut self, scope: &str) {
        self.scopes.retain(|granted| *granted != scope);
    }

    /// Has `path` answer `faults`, in turn, before it answers as it should.
    pub fn fail(&mut self, path: &str, faults: impl IntoIterator<Item = Fault>) {
        self.faults.entry(path.to_owned()).or_default().extend(faults);
    }
}

impl StandIn {
    /// Starts one on a port of this machine.
    pub async fn start() -> Self {
        let clock = Arc::new(TestClock::default());
        let shared = Arc::new(Shared { clock: Arc::clone(&clock), world: Mutex::new(World::new()) });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(serve).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { clock, address, shared }
    }

    /// What it holds, to look at and to change.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world.lock().unwrap()
    }

    /// How many tokens were issued and how many calls of the API came in.
    pub fn tokens_and_calls(&self) -> (usize, usize) {
        let world = self.world();
        (world.issued, world.seen.len())
    }

    /// How many tokens were issued and how many were refused for being too many.
    pub fn issued_and_throttled(&self) -> (usize, usize) {
        let world = self.world();
        (world.issued, world.throttled)
    }

    /// Where it is.
    pub fn hosts(&self) -> Hosts {
        Hosts::at(&format!("{}/api", self.address), &self.address)
    }

    /// A client with a memory of its own.
    pub fn client(&self) -> TestClient<MemoryTokenStore> {
        self.client_with(MemoryTokenStore::default())
    }

    /// A client with `store` as its memory.
    pub fn client_with<S: TokenStore>(&self, store: S) -> TestClient<S> {
        self.client_of(SECRET, store, transport())
    }

    /// A client of `secret`, over `transport`.
    pub fn client_of<S: TokenStore>(&self, secret: &str, store: S, transport: Transport) -> TestClient<S> {
        let settings = AccountConfiguration::from_secret(secret).unwrap();
        Client::new(transport, settings, store, Arc::clone(&self.clock)).at(self.hosts())
    }
}

/// A client by the stand-in's clock.
pub type TestClient<S> = Client<S, Arc<TestClock>>;

/// A transport with the deadlines of a function.
pub fn transport() -> Transport {
    Transport::new(Deadlines::default()).unwrap()
}

/// The calls of a run that has two minutes.
pub fn calls<S: TokenStore>(client: &TestClient<S>) -> Calls<'_, S, Arc<TestClock>> {
    client.until(client.clock().in_secs(120))
}

/// [`HOOK_KEY`] as what it is.
pub fn hook_key() -> Secret {
    Secret::new(HOOK_KEY)
}

async fn serve(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    match path.strip_prefix("/api") {
        None if path == "/oauth/v2/token" && parts.method == Method::POST => {
            accounts::token(&shared, &String::from_utf8_lossy(&body))
        }
        None => StatusCode::NOT_FOUND.into_response(),
        Some(path) => {
            let seen = Seen {
                method: parts.method,
                path: path.to_owned(),
                query: query.to_owned(),
                headers: parts.headers,
                body: serde_json::from_slice(&body).unwrap_or_default(),
            };
            api::answer(&shared, seen).await
        }
    }
}

fn respond(status: u16, body: impl Into<Body>) -> Response {
    Response::builder().status(status).body(body.into()).unwrap()
}
