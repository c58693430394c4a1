//! Alertmanager's API v2 and its webhook, as its clients use them, over the embedded services.

mod about;
mod listing;
mod receiving;
mod silences;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use api::AlertsApi;
use async_trait::async_trait;
use aws::{Configuration, Platform};
use bytes::Bytes;
use campanile::embedded::{
    AwsAnswer, AwsCall, AwsService, EmbeddedSecrets, EmbeddedTable, Location, sdk_config,
};
use http::request::Builder;
use http::{HeaderMap, Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const SECRETS: &str = r#"{ "campanile/api": { "tokens": [
    { "token": "t0-write", "name": "prometheus-1", "role": "write" },
    { "token": "t0-other", "name": "prometheus-2", "role": "write" },
    { "token": "t0-read", "name": "grafana", "role": "read" }
] } }"#;

/// The API over an empty table.
struct Server {
    api: AlertsApi,
    platform: Platform,
    is_broken: Arc<AtomicBool>,
}

/// A status, headers, and a body.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// A table that refuses to write while it is broken.
struct MayBreak {
    table: EmbeddedTable,
    is_broken: Arc<AtomicBool>,
}

#[async_trait]
impl AwsService for MayBreak {
    async fn answer(&self, call: AwsCall) -> AwsAnswer {
        let writes = matches!(call.operation(), "TransactWriteItems" | "PutItem" | "UpdateItem");
        if writes && self.is_broken.load(Ordering::SeqCst) {
            return AwsAnswer::error(StatusCode::BAD_REQUEST, "AccessDeniedException", "broken for a test");
        }
        self.table.answer(call).await
    }
}

impl Server {
    async fn start() -> Self {
        let is_broken = Arc::new(AtomicBool::new(false));
        let table = EmbeddedTable::open(&Location::InMemory).unwrap();
        let table = sdk_config(MayBreak { table, is_broken: Arc::clone(&is_broken) });
        let secrets = sdk_config(EmbeddedSecrets::from_json(SECRETS.as_bytes()).await.unwrap());
        let platform = Platform::for_development(&table, &secrets, Configuration::default());
        platform.table.create().await.unwrap();
        Self { api: AlertsApi::new(platform.clone()), platform, is_broken }
    }

    /// A request as it is, without a token unless it has one.
    async fn send(&self, request: Builder, body: impl Into<Bytes>) -> Answer {
        let response = self.api.clone().handle(request.body(body.into()).unwrap()).await;
        let (parts, body) = response.into_parts();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&self, target: &str) -> Answer {
        self.send(with_token("GET", target, "t0-read"), "").await
    }

    async fn delete(&self, target: &str) -> Answer {
        self.send(with_token("DELETE", target, "t0-write"), "").await
    }

    async fn post(&self, target: &str, body: &Value) -> Answer {
        self.post_raw(target, body.to_string()).await
    }

    async fn post_raw(&self, target: &str, body: impl Into<Bytes>) -> Answer {
        let request = with_token("POST", target, "t0-write").header("content-type", "application/json");
        self.send(request, body).await
    }

    /// Posts alerts that all are kept.
    async fn fire(&self, alerts: &Value) {
        let answer = self.post("/api/v2/alerts", alerts).await;
        assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0), "{}", answer.text());
    }

    /// The `alertname`s of a list, in its order.
    async fn names(&self, query: &str) -> Vec<String> {
        let answer = self.get(&format!("/api/v2/alerts{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text());
        let name = |alert: &Value| alert["labels"]["alertname"].as_str().unwrap_or_default().to_owned();
        let mut names: Vec<_> = answer.json().as_array().unwrap().iter().map(name).collect();
        names.sort();
        names
    }
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The text of an error, which is a JSON string and no object.
    fn message(&self) -> String {
        self.json().as_str().unwrap().to_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn with_token(method: &str, target: &str, token: &str) -> Builder {
    Request::builder().method(method).uri(target).header("authorization", format!("Bearer {token}"))
}

#[expect(clippy::disallowed_methods, reason = "the server under test asks the clock, too")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// A moment as clients write it.
fn minutes_from_now(minutes: i64) -> String {
    (now() + SignedDuration::from_mins(minutes)).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// An alert that fires, with these labels.
fn firing(labels: &Value) -> Value {
    json!({ "labels": labels, "startsAt": minutes_from_now(-10), "endsAt": minutes_from_now(4) })
}
