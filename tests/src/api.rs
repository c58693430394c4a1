//! Reading through the API, as people's tools do.

use async_trait::async_trait;
use serde_json::Value;

use crate::call::{Call, Receiver};
use crate::secrets::READ_TOKEN;

/// The API's answers, each of which must be a 200.
#[async_trait]
pub trait Reader {
    /// `GET <target>`.
    async fn read(&self, target: &str) -> Value;

    /// The alerts that `query` selects, on one page.
    async fn alerts(&self, query: &str) -> Vec<Value>;

    /// The one alert that there is.
    async fn only_alert(&self) -> Value;

    /// The history of the alert `fingerprint` with raw bodies, newest first.
    async fn history(&self, fingerprint: &str) -> Vec<Value>;

    /// The history of all alerts and notices, newest first.
    async fn events(&self, query: &str) -> Vec<Value>;

    /// The quarantine, newest first.
    async fn quarantine(&self) -> Vec<Value>;

    /// Fails unless alerts, history and quarantine are all empty.
    async fn assert_empty(&self);
}

#[async_trait]
impl<R: Receiver + ?Sized> Reader for R {
    async fn read(&self, target: &str) -> Value {
        let answer = self.answer(&Call::get(target).bearer(READ_TOKEN)).await;
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        answer.json()
    }

    async fn alerts(&self, query: &str) -> Vec<Value> {
        list(&self.read(&format!("/v1/alerts?limit=1000&{query}")).await, "alerts")
    }

    async fn only_alert(&self) -> Value {
        let mut alerts = self.alerts("").await;
        assert_eq!(alerts.len(), 1, "{alerts:?}");
        alerts.remove(0)
    }

    async fn history(&self, fingerprint: &str) -> Vec<Value> {
        list(&self.read(&format!("/v1/alerts/{fingerprint}/events?limit=1000&raw=true")).await, "events")
    }

    async fn events(&self, query: &str) -> Vec<Value> {
        list(&self.read(&format!("/v1/events?limit=1000&{query}")).await, "events")
    }

    async fn quarantine(&self) -> Vec<Value> {
        let heads = list(&self.read("/v1/quarantine?limit=1000").await, "quarantine");
        let mut entries = Vec::new();
        for head in heads {
            assert!(head["body"].is_null(), "a list shows no bodies: {head}");
            entries.push(self.read(&format!("/v1/quarantine/{}", head["id"].as_str().unwrap())).await);
        }
        entries
    }

    async fn assert_empty(&self) {
        let [alerts, events] = [self.alerts("").await, self.events("").await];
        let kept = [alerts, events, self.quarantine().await].concat();
        assert!(kept.is_empty(), "{kept:?}");
    }
}

/// The whole list `name`: a page with a successor would hide something.
fn list(page: &Value, name: &str) -> Vec<Value> {
    assert!(page["next_cursor"].is_null(), "there is more than one page");
    page[name].as_array().unwrap_or_else(|| panic!("no `{name}` in {page}")).clone()
}
