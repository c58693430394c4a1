//! The v1 API over the embedded services, as its clients see it.

mod actions;
mod clock;
mod cost;
mod counts;
mod destinations;
mod lists;
mod race;
mod replays;
mod silences;
mod statistics;
mod units;

use std::sync::atomic::{AtomicI64, Ordering};

use alert::{AlertEvent, AutoResolve, Clock, EventId, Fingerprint, Severity, Signal, Source};
use api::AlertsApi;
use aws::{Configuration, Platform};
use bytes::Bytes;
use campanile::embedded::{AwsService, EmbeddedSecrets, EmbeddedTable, Location, sdk_config};
use http::{Request, StatusCode};
use intake::{Entry, Store};
use jiff::{SignedDuration, Timestamp};
use normalize::InboundRequest;
use serde_json::{Value, json};

/// An API over an empty table, and the table itself.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) platform: Platform,
    api: AlertsApi,
}

pub(crate) async fn world() -> World {
    world_over(EmbeddedTable::open(&Location::InMemory).unwrap(), Configuration::default()).await
}

pub(crate) async fn world_over(dynamodb: impl AwsService, configuration: Configuration) -> World {
    world_with(dynamodb, configuration, json!({})).await
}

/// The same with more secrets.
async fn world_with(dynamodb: impl AwsService, configuration: Configuration, more: Value) -> World {
    let tokens = json!([
        { "token": "writer", "name": "ada", "role": "write" },
        { "token": "reader", "name": "eve", "role": "read" },
    ]);
    let mut secrets =
        json!({ "campanile/api": { "tokens": tokens }, "campanile/netdata": { "tokens": ["n"] } });
    secrets.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let secrets = EmbeddedSecrets::from_json(secrets.to_string().as_bytes()).await.unwrap();
    let platform = Platform::for_development(&sdk_config(dynamodb), &sdk_config(secrets), configuration);
    platform.table.create().await.unwrap();
    World { api: AlertsApi::new(platform.clone()), platform }
}

impl World {
    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, "reader", None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    pub(crate) async fn act(&self, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
        self.ask(method, path, "writer", Some(body)).await
    }

    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let body = body.map_or(Bytes::new(), |body| body.to_string().into());
        let request = Request::builder().method(method).uri(path);
        let request = request.header("authorization", format!("Bearer {token}")).body(body).unwrap();
        let response = self.api.clone().handle(request).await;
        let (status, body) = (response.status(), response.into_body());
        (status, if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() })
    }

    pub(crate) async fn record(&self, event: &AlertEvent) {
        self.record_at(event, now()).await;
    }

    pub(crate) async fn record_at(&self, event: &AlertEvent, received_at: Timestamp) {
        let inbound = inbound("{}", received_at);
        self.platform.table.record(Entry { event, inbound: &inbound }).await.unwrap();
    }
}

pub(crate) fn inbound(body: &str, received_at: Timestamp) -> InboundRequest {
    InboundRequest {
        method: "POST".into(),
        query: String::new(),
        content_type: Some("application/json".into()),
        headers: [].into(),
        body: body.into(),
        received_at,
    }
}

pub(crate) fn now() -> Timestamp {
    aws::SystemClock.now()
}

pub(crate) fn ago(seconds: i64) -> Timestamp {
    now().checked_sub(SignedDuration::from_secs(seconds)).unwrap()
}

/// A firing of the alert `name` that began just now; each has an id of its own.
pub(crate) fn firing(name: &str) -> AlertEvent {
    static NEXT: AtomicI64 = AtomicI64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
    AlertEvent {
        source: Source::Netdata,
        account: "space".into(),
        fingerprint: Fingerprint::of([name]),
        event_id: EventId::of([name, &number]),
        signal: Signal::Firing,
        severity: Severity::Warning,
        severity_raw: "warning".into(),
        title: format!("{name} fires"),
        summary: None,
        resource: Some(format!("host-{name}")),
        service: None,
        value: None,
        url: None,
        labels: [("kind".to_owned(), name.to_owned())].into(),
        annotations: [].into(),
        occurred_at: now(),
        started_at: None,
        ended_at: None,
        auto_resolve: AutoResolve::Recovery,
        episode: None,
        expires_at: None,
        order: alert::Order::default(),
    }
}

pub(crate) fn resolved(name: &str) -> AlertEvent {
    AlertEvent { signal: Signal::Resolved, ..firing(name) }
}

pub(crate) fn path_of(name: &str) -> String {
    format!("/v1/alerts/{}", Fingerprint::of([name]))
}

/// The kinds of the alerts of a list, in its order.
pub(crate) fn kinds(list: &Value) -> Vec<&str> {
    list["alerts"].as_array().unwrap().iter().map(|alert| alert["labels"]["kind"].as_str().unwrap()).collect()
}
