//! Destinations: how each answers, and what its reader read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use channels::Request;
use dispatch::{Destination, Transport};
use http::HeaderMap;
use net::{Deadlines, HttpAnswer, Unanswered};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::reader::Reader;

/// How a destination answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Weather {
    /// It takes everything.
    #[default]
    Fair,
    /// It takes everything, and takes its time.
    Slow,
    /// It answers this status, and takes nothing.
    Status(u16),
    /// It cannot be reached.
    Unreachable,
    /// It answers nothing, and takes nothing.
    Silent,
    /// It answers nothing, and takes everything.
    SilentButTakes,
}

impl Weather {
    pub(super) const ALL: [Self; 8] = [
        Self::Fair,
        Self::Fair,
        Self::Slow,
        Self::Status(503),
        Self::Status(429),
        Self::Unreachable,
        Self::Silent,
        Self::SilentButTakes,
    ];
}

/// All destinations; clones share them.
#[derive(Clone, Default)]
pub(super) struct Destinations(Arc<Mutex<BTreeMap<String, Receiver>>>);

#[derive(Default)]
struct Receiver {
    weather: Weather,
    reader: Reader,
}

/// The settings of the destination `id`.
pub(super) fn settings(id: &str) -> Value {
    let mut destination = json!({
        "id": id,
        "type": "webhook",
        "settings": { "url": format!("https://{id}.example.com/"), "body": "cloudevents", "auth": "none" },
    });
    let more = match id {
        "state" => json!({ "deliver": "state" }),
        "each" => json!({ "deliver": "state", "group_by": ["..."], "group_interval_secs": 0 }),
        "late" => json!({ "deliver": "state", "after_secs": 60 }),
        "collected" => json!({ "deliver": "state", "group_by": ["source"], "group_wait_secs": 20 }),
        _ => json!({}),
    };
    destination.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    destination
}

impl Destinations {
    pub(super) fn set(&self, id: &str, weather: Weather) {
        self.receivers().entry(id.to_owned()).or_default().weather = weather;
    }

    /// What the reader of `id` knows.
    pub(super) fn reader(&self, id: &str) -> Reader {
        self.receivers().entry(id.to_owned()).or_default().reader.clone()
    }

    fn receivers(&self) -> MutexGuard<'_, BTreeMap<String, Receiver>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, id: &str, body: &[u8]) {
        let event: Value = serde_json::from_slice(body).unwrap();
        self.receivers().entry(id.to_owned()).or_default().reader.read(&event);
    }
}

#[async_trait]
impl Transport for Destinations {
    async fn send(&self, destination: &Destination, request: Request) -> Result<HttpAnswer, Unanswered> {
        let Request::Http(request) = request else {
            return Err(Unanswered::Connect("no network".to_owned()));
        };
        let id = destination.id.as_str();
        let weather = self.receivers().entry(id.to_owned()).or_default().weather;
        sleep(Duration::from_millis(fastrand::u64(5..80))).await;
        if matches!(weather, Weather::Slow) {
            sleep(Duration::from_millis(fastrand::u64(500..9_000))).await;
        }
        if matches!(weather, Weather::Fair | Weather::Slow | Weather::SilentButTakes) {
            self.take(id, &request.body);
        }
        sleep(Duration::from_millis(fastrand::u64(5..80))).await;
        let answer = |status| Ok(HttpAnswer::new(status, HeaderMap::new(), ""));
        match weather {
            Weather::Fair | Weather::Slow => answer(200),
            Weather::Status(status) => answer(status),
            Weather::Unreachable => Err(Unanswered::Connect("refused".to_owned())),
            Weather::Silent | Weather::SilentButTakes => {
                sleep(Deadlines::default().whole).await;
                Err(Unanswered::Timeout)
            }
        }
    }
}
