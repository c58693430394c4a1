//! What the stand-in knows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use alert::Clock;

use crate::{HookUri, NewHook};
use axum::http::{HeaderMap, Method, Uri};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::clock::TestClock;

/// The account that is logged in to.
pub const ACCOUNT: &str = "c8c75d13eccbf803ca789e2ef83c0e11";

/// A descendant of [`ACCOUNT`].
pub const CHILD: &str = "d0d75d13eccbf803ca789e2ef83c0e22";

/// A version of KAZOO, as far as the versions differ here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 4.1: plain hooks and those of objects.
    V4_1,
    /// 4.2: notifications besides.
    V4_2,
    /// 4.3: text messages besides.
    V4_3,
    /// 5: `all` objects, held calls, call records.
    V5,
}

/// A condition that the server or the account is in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// The account takes no login.
    AccountLocked,
    /// A login needs a second factor.
    SecondFactorNeeded,
    /// The application for webhooks does not run.
    WebhooksDown,
    /// No kind of hook is offered.
    NothingOffered,
    /// It knows no other order of attempts.
    NewestFirst,
}

/// A webhook with what only KAZOO may write to it.
pub struct Stored {
    pub account: String,
    pub document: Map<String, Value>,
    pub disable_reason: Option<String>,
    pub failures: Vec<Timestamp>,
}

/// A request that was made.
#[derive(Clone)]
pub struct Seen {
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: String,
    /// Its query, by name.
    pub query: BTreeMap<String, String>,
    /// The token that it carried.
    pub token: Option<String>,
    /// The member `data` of its body.
    pub data: Value,
    /// Its whole body.
    pub body: Value,
}

/// What is to go wrong with a request.
#[derive(Clone)]
pub enum Effect {
    /// An error envelope.
    Error(u16, &'static str, Value),
    /// An error envelope that echoes every secret of the request wherever it can.
    Echo(u16),
    /// Something that is no envelope.
    Text(u16, &'static str),
    /// An envelope just like that.
    Envelope(u16, Value),
    /// It is done, and the answer is lost.
    AnswerLost,
    /// It is not done, and the connection breaks.
    RequestLost,
    /// No answer comes.
    Silence,
    /// It is done, and the answer carries a new token that replaces the old one.
    NewToken(&'static str),
}

/// The stand-in's whole state.
pub struct Crossbar {
    /// How it behaves.
    pub version: Version,
    /// The time by which it goes.
    pub clock: Arc<TestClock>,
    /// The webhooks by id.
    pub hooks: BTreeMap<String, Stored>,
    /// Attempts to call a webhook that failed.
    pub attempts: Vec<Value>,
    /// Tokens and when their life ends.
    pub tokens: BTreeMap<String, Timestamp>,
    /// How many logins went well.
    pub logins: usize,
    /// Every request, in order.
    pub requests: Vec<Seen>,
    /// What is the matter with it.
    pub conditions: BTreeSet<Condition>,
    /// Tokens of the bucket, if it is limited, and when it was last looked at.
    pub allowance: Option<(i64, Timestamp)>,
    /// The accounts that there are.
    pub accounts: BTreeSet<String>,
    faults: Vec<(&'static str, &'static str, Effect)>,
    ids: u32,
}

impl Crossbar {
    /// An account without webhooks.
    pub fn new(version: Version, clock: Arc<TestClock>) -> Self {
        Self {
            version,
            clock,
            hooks: BTreeMap::new(),
            attempts: Vec::new(),
            tokens: BTreeMap::new(),
            logins: 0,
            requests: Vec::new(),
            conditions: BTreeSet::new(),
            allowance: None,
            accounts: [ACCOUNT, CHILD].map(str::to_owned).into(),
            faults: Vec::new(),
            ids: 0,
        }
    }

    /// Lets the next request of `method` whose path ends with `path` go wrong.
    pub fn fail_next(&mut self, method: &'static str, path: &'static str, effect: Effect) {
        self.faults.push((method, path, effect));
    }

    /// Whether it is in `condition`.
    pub fn is(&self, condition: Condition) -> bool {
        self.conditions.contains(&condition)
    }

    /// Lets nothing go wrong any more.
    pub fn forget_faults(&mut self) {
        self.faults.clear();
    }

    /// What is to go wrong with a request; it goes wrong once.
    pub fn take_fault(&mut self, seen: &Seen) -> Option<Effect> {
        let fits = |fault: &(&str, &str, Effect)| seen.method == fault.0 && seen.path.ends_with(fault.1);
        self.faults.iter().position(fits).map(|index| self.faults.remove(index).2)
    }

    /// An id that no webhook has yet.
    pub fn new_id(&mut self) -> String {
        self.ids += 1;
        format!("{:032x}", self.ids)
    }

    /// A token that lives as long as KAZOO's do unless a test says otherwise.
    pub fn new_token(&mut self) -> String {
        self.logins += 1;
        let token = format!("eyJhbGciOiJSUzI1NiJ9.login-{}.c2lnbmF0dXJl", self.logins);
        let life = SignedDuration::from_secs(3600);
        self.tokens.insert(token.clone(), self.clock.now().checked_add(life).unwrap());
        token
    }

    /// Takes the cost of a request out of the bucket, if there is enough in it.
    pub fn pay(&mut self, cost: i64) -> bool {
        let now = self.clock.now();
        let Some((left, since)) = self.allowance else {
            return true;
        };
        let left = (left + 10 * now.duration_since(since).as_secs()).min(100);
        self.allowance = Some((if left < cost { left } else { left - cost }, now));
        left >= cost
    }

    /// Puts a webhook there that somebody made, whatever it is.
    pub fn put(&mut self, id: &str, document: Value) {
        self.put_into(ACCOUNT, id, document);
    }

    /// The same for a webhook of `account`.
    pub fn put_into(&mut self, account: &str, id: &str, document: Value) {
        let Value::Object(document) = document else { panic!("a document is an object") };
        let stored =
            Stored { account: account.to_owned(), document, disable_reason: None, failures: Vec::new() };
        self.hooks.insert(id.to_owned(), stored);
    }

    /// The ids of the account's webhooks.
    pub fn ids(&self) -> Vec<&str> {
        self.hooks.keys().map(String::as_str).collect()
    }

    /// The document of the webhook `id`.
    pub fn document(&self, id: &str) -> Value {
        Value::Object(self.hooks[id].document.clone())
    }

    /// The requests so far other than logins and reading, as `METHOD path`.
    pub fn writes(&self) -> Vec<String> {
        let writes =
            self.requests.iter().filter(|seen| seen.method != "GET" && !seen.path.ends_with("_auth"));
        writes.map(Seen::line).collect()
    }

    /// Every request so far, as `METHOD path`.
    pub fn lines(&self) -> Vec<String> {
        self.requests.iter().map(Seen::line).collect()
    }
}

impl Seen {
    /// What is kept of a request.
    pub fn new(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Self {
        let query = HookUri::new(format!("http://x/?{}", uri.query().unwrap_or_default()));
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        Self {
            method: method.to_string(),
            path: uri.path().to_owned(),
            query: pairs(query.expose()),
            token: headers.get("x-auth-token").and_then(|token| token.to_str().ok()).map(str::to_owned),
            data: body.get("data").cloned().unwrap_or_default(),
            body,
        }
    }

    /// `METHOD path`, with `A` and `B` for the accounts.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path.replace(ACCOUNT, "A").replace(CHILD, "B"))
    }
}

fn pairs(url: &str) -> BTreeMap<String, String> {
    url::Url::parse(url).unwrap().query_pairs().into_owned().collect()
}

/// A webhook as `NewHook` for tests that create one directly.
pub fn new_hook(hook: &str, uri: &str) -> NewHook {
    NewHook {
        hook: hook.to_owned(),
        name: format!("campanile {hook}"),
        uri: HookUri::new(uri),
        include_subaccounts: false,
        custom_data: BTreeMap::default(),
    }
}
