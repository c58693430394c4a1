//! The server of the stand-in.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::json;
use tokio::net::TcpListener;

use super::monitor::{Fault, Monitor};

/// The id of the key that it knows.
pub const SECRET_ID: &str = "AKIDexample";
/// That key.
pub const SECRET_KEY: &str = "h1dden-key";

/// A running stand-in.
pub struct StandIn {
    /// Its address.
    pub url: String,
    monitor: Arc<Mutex<Monitor>>,
}

#[derive(Clone)]
struct Shared {
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    monitor: Arc<Mutex<Monitor>>,
}

impl StandIn {
    /// One that lives by the time that `now` gives.
    pub async fn start(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        let shared = Shared { now: Arc::new(now), monitor: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, monitor: shared.monitor }
    }

    /// What Tencent knows, to be looked at and changed.
    pub fn monitor(&self) -> MutexGuard<'_, Monitor> {
        self.monitor.lock().unwrap()
    }
}

async fn answer(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let (status, text) = {
        let mut monitor = shared.monitor.lock().unwrap();
        match monitor.answer((shared.now)(), &headers, &body) {
            Ok(response) => (200, json!({ "Response": response }).to_string()),
            Err(Fault::Code(code)) => {
                let error = json!({ "Code": code, "Message": "not now" });
                (200, json!({ "Response": { "Error": error, "RequestId": "r" } }).to_string())
            }
            Err(Fault::Text(status, text)) => (status, text.to_owned()),
            Err(Fault::Silence) => (0, String::new()),
        }
    };
    if status == 0 {
        tokio::time::sleep(Duration::from_mins(10)).await;
    }
    Response::builder().status(status.max(200)).body(Body::from(text)).unwrap()
}
