//! The webhook and its table in this process, and KAZOO's ways of saying a thing.

use alert::{Alert, Clock as _, Signal, Source};
use aws::{AlertFilter, Configuration, EventFilter, HistoryEntry, Platform, SystemClock};
use bytes::Bytes;
use campanile::embedded::{EmbeddedSecrets, EmbeddedTable, Location, sdk_config};
use http::{Method, Request};
use intake::Kazoo;
use jiff::Timestamp;
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

/// What KAZOO shows in the path.
pub(super) const TOKEN: &str = "t0ken-of-kazoo";

/// What people show to the API.
pub(super) const API_TOKEN: &str = "t0ken-of-the-api";

/// A webhook over an empty table.
pub(super) struct World {
    pub(super) platform: Platform,
    pub(super) dynamodb: aws_sdk_dynamodb::Client,
}

/// What a request was answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) allow: Option<String>,
    pub(super) body: Value,
}

impl World {
    pub(super) async fn new() -> Self {
        Self::with_secret(json!({ "tokens": [TOKEN] })).await
    }

    pub(super) async fn with_secret(kazoo: Value) -> Self {
        let secrets = EmbeddedSecrets::from_json(secrets(&kazoo).as_bytes()).await.unwrap();
        let secrets = sdk_config(secrets);
        let table = sdk_config(EmbeddedTable::open(&Location::InMemory).unwrap());
        let dynamodb = aws_sdk_dynamodb::Client::new(&table);
        // A list reads every day of the history, four times: these tests have one day.
        let configuration = Configuration { history_days: 1, ..Configuration::default() };
        let platform = Platform::for_development(&table, &secrets, configuration);
        platform.table.create().await.unwrap();
        Self { platform, dynamodb }
    }

    pub(super) async fn send(&self, request: Request<impl Into<Bytes>>) -> Answer {
        let response = Box::pin(self.platform.webhook::<Kazoo>().handle(request.map(Into::into))).await;
        Answer {
            status: response.status().as_u16(),
            allow: response.headers().get("allow").map(|value| value.to_str().unwrap().to_owned()),
            body: serde_json::from_slice(response.body()).unwrap(),
        }
    }

    /// Has KAZOO send `request`, and sees that it is answered as KAZOO needs it.
    pub(super) async fn deliver(&self, request: Request<String>) -> Value {
        let answer = self.send(request).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    pub(super) async fn alerts(&self) -> Vec<Alert> {
        self.platform
            .table
            .alerts(&AlertFilter::default(), aws::PageSize::items(1000), None)
            .await
            .unwrap()
            .alerts
    }

    /// The history of all alerts and notices, newest first.
    pub(super) async fn history(&self, signals: &[Signal]) -> Vec<HistoryEntry> {
        let filter = EventFilter { signals: signals.to_vec(), sources: vec![Source::Kazoo] };
        let page = self.platform.table.events(&filter, aws::PageSize::items(1000), None).await.unwrap();
        assert!(page.next.is_none());
        page.entries
    }

    pub(super) async fn is_empty(&self) -> bool {
        self.dynamodb.scan().table_name("campanile").send().await.unwrap().count == 0
    }
}

/// The secrets of a Campanile whose secret of KAZOO is `kazoo`.
pub(super) fn secrets(kazoo: &Value) -> String {
    let api = json!({ "tokens": [{ "token": API_TOKEN, "name": "test", "role": "read" }] });
    json!({ "campanile/kazoo": kazoo, "campanile/api": api }).to_string()
}

/// A request of `method` for what follows the token in the hook's address.
pub(super) fn request<B>(method: &Method, rest: &str, body: B) -> Request<B> {
    Request::builder().method(method).uri(format!("/kazoo/{TOKEN}{rest}")).body(body).unwrap()
}

/// `event` as a hook with `format: json` posts it.
pub(super) fn as_json(event: &Value) -> Request<String> {
    let mut request = request(&Method::POST, "?hook=notifications", event.to_string());
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    request
}

/// `event` as any other hook posts it.
pub(super) fn as_form(event: &Value) -> Request<String> {
    let mut request = request(&Method::PUT, "?hook=notifications", form(event));
    request.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    request
}

/// `event` as a hook with `http_verb: get` asks with it, a second `?` and all.
pub(super) fn as_query(event: &Value) -> Request<String> {
    request(&Method::GET, &format!("?hook=notifications?{}", form(event)), String::new())
}

/// KAZOO's form: brackets as they are, and a separator where an object is empty.
fn form(event: &Value) -> String {
    let members = event.as_object().unwrap();
    members.iter().map(|(name, value)| pairs(name, value)).collect::<Vec<_>>().join("&")
}

fn pairs(key: &str, value: &Value) -> String {
    let all = |pairs: Vec<String>| pairs.join("&");
    match value {
        Value::Object(members) => {
            all(members.iter().map(|(name, value)| pairs(&format!("{key}[{name}]"), value)).collect())
        }
        Value::Array(elements) => {
            all(elements.iter().map(|value| pairs(&format!("{key}[]"), value)).collect())
        }
        Value::String(text) => format!("{key}={}", byte_serialize(text.as_bytes()).collect::<String>()),
        scalar => format!("{key}={scalar}"),
    }
}

/// A notification of account `A` with `members`.
pub(super) fn notification(name: &str, members: &Value) -> Value {
    let mut event = json!({
        "account_id": "A", "app_name": "notify", "event_category": "notification", "event_name": name,
        "msg_id": format!("msg-{name}"), "node": "kazoo_apps@apps1.example.com",
    });
    event.as_object_mut().unwrap().extend(members.as_object().cloned().unwrap());
    event
}

/// Gregorian seconds, `later` seconds from now.
pub(super) fn gregorian(later: i64) -> i64 {
    let now: Timestamp = SystemClock.now();
    now.as_second() + 62_167_219_200 + later
}
