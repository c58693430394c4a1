//! What each function is given to do.

use serde_json::{Value, json};

use crate::site24x7::Site24x7;
use crate::webhook::{WEBHOOKS, Webhook, request};

/// The token of the API.
const API_TOKEN: &str = "bench-api-7Hs2kQ9v";

/// A function and its work.
pub(crate) struct Workload {
    pub(crate) function: &'static str,
    /// Variables besides those that Lambda sets.
    pub(crate) environment: Vec<(&'static str, String)>,
    event: Event,
}

enum Event {
    Webhook(&'static Webhook),
    /// The same each time.
    Same(Value),
}

impl Workload {
    /// The least that a function can do.
    pub(crate) fn hello() -> Self {
        Self::same("hello", request("POST", "/", &json!({ "content-type": "application/json" }), "{}"))
    }

    /// The webhooks; then the API over what they have stored, the notifier and the poller with nothing to do.
    pub(crate) fn all(site24x7: &Site24x7) -> Vec<Self> {
        let webhooks = WEBHOOKS.iter().map(|webhook| Self {
            function: webhook.function,
            environment: Vec::new(),
            event: Event::Webhook(webhook),
        });
        let reader = json!({ "authorization": format!("Bearer {API_TOKEN}") });
        let mut all: Vec<_> = webhooks.collect();
        all.push(Self::same("alerts-api", request("GET", "/v1/alerts", &reader, "")));
        all.push(Self::same("notifier", json!({ "tick": "retry" })));
        let poller = Self::same("site24x7-poller", json!({}));
        all.push(Self { environment: site24x7.environment(), ..poller });
        all
    }

    /// The secrets of all of them, by their names.
    pub(crate) fn secrets() -> Value {
        let mut secrets: serde_json::Map<_, _> = WEBHOOKS.iter().map(Webhook::secret).collect();
        let reader = json!({ "token": API_TOKEN, "name": "bench", "role": "read" });
        secrets.insert("campanile/api".to_owned(), json!({ "tokens": [reader] }));
        let mut secrets = Value::Object(secrets);
        secrets["campanile/site24x7"].as_object_mut().unwrap().extend(Site24x7::credentials());
        secrets
    }

    /// Event number `number`.
    pub(crate) fn event(&self, number: usize) -> String {
        match &self.event {
            Event::Webhook(webhook) => webhook.event(number).to_string(),
            Event::Same(event) => event.to_string(),
        }
    }

    fn same(function: &'static str, event: Value) -> Self {
        Self { function, environment: Vec::new(), event: Event::Same(event) }
    }
}
