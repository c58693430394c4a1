//! The API that people and their tools read alerts with.
//!
//! [`AlertsApi`] takes plain HTTP requests, so that Lambda and the local bundle serve the very same thing.

mod alerts;
mod authorization;
mod console;
mod events;
mod failure;
mod parameters;
mod quarantine;

use std::convert::Infallible;

use aws::Platform;
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::authorization::{Role, require};
use crate::failure::Failure;

/// The API over one platform.
#[derive(Debug, Clone)]
pub struct AlertsApi {
    router: Router,
}

impl AlertsApi {
    /// An API that reads from `platform`.
    pub fn new(platform: Platform) -> Self {
        let reading = Router::new()
            .route("/v1/alerts", get(alerts::list))
            .route("/v1/alerts/{fingerprint}", get(alerts::one))
            .route("/v1/alerts/{fingerprint}/events", get(events::of_alert))
            .route("/v1/events", get(events::list))
            .route("/v1/quarantine", get(quarantine::list))
            .route_layer(axum::middleware::from_fn_with_state((platform.clone(), Role::Read), require));
        let router = reading
            .route("/", get(console::page))
            .method_not_allowed_fallback(|| async { Failure::MethodNotAllowed })
            .fallback(|| async { Failure::NoSuchPath })
            .with_state(platform);
        Self { router }
    }

    /// Answers one request. Never fails: a failure is an answer, too.
    pub async fn handle(self, request: Request<Bytes>) -> Response<Bytes> {
        let Ok(response) =
            self.router.oneshot(request.map(Body::from)).await.map_err(|never: Infallible| never);
        let (mut parts, body) = response.into_parts();
        parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // Every body here is made in memory, so that reading it cannot fail.
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Response::from_parts(parts, body)
    }
}
