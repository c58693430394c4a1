//! People, who use the API.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::process::{Function, Process};
use super::word::{ALERTS, name};
use super::world::World;

const PATIENCE: Duration = Duration::from_secs(29);

impl World {
    /// One request of the API; nothing where its process dies.
    pub(super) async fn ask(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Option<(StatusCode, Value)> {
        let body = body.map_or(Bytes::new(), |body| body.to_string().into());
        let request = Request::builder().method(method).uri(path).header("authorization", "Bearer writer");
        let request = request.body(body).unwrap();
        let answered = self.invoke(Function::Api, |process| async move {
            let Process::Api(api) = process else { unreachable!("that is what was asked for") };
            api.handle(request).await
        });
        let answer = timeout(PATIENCE, answered).await.ok().flatten()?;
        Some((answer.status(), serde_json::from_slice(answer.body()).unwrap_or_default()))
    }

    /// The alert number `alert` as the API shows it.
    pub(super) async fn shown(&self, alert: usize) -> Option<Value> {
        let (_, listed) = self.ask("GET", "/v1/alerts?limit=100", None).await?;
        let (name, node) = ALERTS[alert];
        let is_it = |shown: &&Value| shown["labels"]["alertname"] == name && shown["resource"] == node;
        listed["alerts"].as_array()?.iter().find(is_it).cloned()
    }

    /// Somebody acknowledges an alert, or gives it back, if they can find it.
    pub(super) async fn act(&self, alert: usize, action: &str) {
        let Some(shown) = self.shown(alert).await else { return };
        let fingerprint = shown["fingerprint"].as_str().unwrap_or_default();
        let note = format!("note {}", self.next_number());
        let path = format!("/v1/alerts/{fingerprint}/{action}");
        let answer = self.ask("POST", &path, Some(json!({ "note": note }))).await;
        let status = answer.map(|(status, _)| status);
        self.note(format!(
            "to {action} {} is answered {:?}",
            name(alert),
            status.map(|status| status.as_u16())
        ));
        if status.is_some_and(|status| status.is_success()) {
            self.state().notes.push((fingerprint.to_owned(), note));
        }
    }

    /// Somebody silences an alert for a while.
    pub(super) async fn silence(&self, alert: usize, span: Duration) {
        let (name, node) = ALERTS[alert];
        let body = json!({
            "matchers": [
                { "name": "alertname", "value": name },
                { "name": "instance", "value": node },
            ],
            "duration_secs": span.as_secs(),
            "comment": "quiet",
        });
        for _ in 0..3 {
            let answer = self.ask("POST", "/v1/silences", Some(body.clone())).await;
            let status = answer.as_ref().map(|(status, _)| status.as_u16());
            self.note(format!("to silence {name} of {node} is answered {status:?}"));
            if let Some((status, silence)) = answer
                && status.is_success()
            {
                self.state().silences.push(silence["id"].as_str().unwrap_or_default().to_owned());
                return;
            }
            sleep(Duration::from_secs(2)).await;
        }
    }
}
