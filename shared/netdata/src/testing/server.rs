//! The server of the stand-in.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::json;
use tokio::net::TcpListener;

use super::cloud::{Asked, Cloud, Fault};

/// A token of `scope:all`.
pub const TOKEN: &str = "nd-t0ken-of-scope-all";
/// A token of `scope:grafana-plugin`.
pub const TOKEN_WITHOUT_SCOPE: &str = "nd-t0ken-of-scope-grafana";

type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A running stand-in.
pub struct StandIn {
    /// Its address.
    pub url: String,
    cloud: Arc<Mutex<Cloud>>,
}

#[derive(Clone)]
struct Shared {
    cloud: Arc<Mutex<Cloud>>,
    now: Now,
}

impl StandIn {
    /// A Netdata Cloud with one space, its room of all nodes and two nodes, which lives by the time that `now` gives.
    pub async fn start(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        let cloud = Arc::new(Mutex::new(Cloud::new()));
        let shared = Shared { cloud: Arc::clone(&cloud), now: Arc::new(now) };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, cloud }
    }

    /// What Netdata Cloud knows, to be looked at and changed.
    pub fn cloud(&self) -> MutexGuard<'_, Cloud> {
        self.cloud.lock().unwrap()
    }
}

async fn answer(
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let bearer =
        headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let asked = Asked {
        line: format!("{method} {}", uri.path()),
        at: (shared.now)(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let said = shared.cloud.lock().unwrap().answer(&bearer, &asked);
    let fault = match said {
        Ok(value) => return response(200, value.to_string()),
        Err(fault) => fault,
    };
    match fault {
        Fault::Error(status, key) => {
            response(status, json!({ "errorMsgKey": key, "errorMessage": "not now" }).to_string())
        }
        Fault::Text(status, text) => response(status, text.to_owned()),
        Fault::TooMany(seconds) => {
            Response::builder().status(429).header("retry-after", seconds).body(Body::empty()).unwrap()
        }
        Fault::Silence => {
            tokio::time::sleep(Duration::from_mins(10)).await;
            response(504, String::new())
        }
    }
}

fn response(status: u16, body: String) -> Response {
    Response::builder().status(status).body(Body::from(body)).unwrap()
}
