//! Zoho and Site24x7 for the poller: a token that lives for an hour, and an account in which nothing happens.

use std::net::SocketAddr;

use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

/// The stand-in.
pub(crate) struct Site24x7 {
    address: SocketAddr,
}

impl Site24x7 {
    pub(crate) async fn start() -> Self {
        let token = json!({ "access_token": "1000.bench", "expires_in": 3600, "token_type": "Bearer" });
        let nothing = |data: Value| Json(json!({ "code": 0, "message": "success", "data": data }));
        let router = Router::new()
            .route("/oauth/v2/token", post(async move || Json(token)))
            .route("/api/current_status", get(async move || nothing(json!({ "monitors": [] }))))
            .fallback(async move || nothing(json!([])));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address }
    }

    /// What leads the poller here.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("CAMPANILE_SITE24X7_API_ROOT", format!("http://{}/api", self.address)),
            ("CAMPANILE_SITE24X7_ACCOUNTS", format!("http://{}", self.address)),
        ]
    }

    /// What the poller needs in its secret.
    pub(crate) fn credentials() -> Map<String, Value> {
        let members = ["client_id", "client_secret", "refresh_token"];
        let credentials = members.map(|member| (member.to_owned(), json!("1000.bench")));
        credentials.into_iter().chain([("data_center".to_owned(), json!("eu"))]).collect()
    }
}
