//! The API that people and their tools read alerts with.
//!
//! [`AlertsApi`] takes plain HTTP requests, so that Lambda and the local bundle serve the very same thing.

mod actions;
mod alerts;
mod answer;
mod authorization;
mod deliveries;
mod description;
mod events;
mod extract;
mod failure;
mod quarantine;
mod routes;
mod silences;

use std::convert::Infallible;

use aws::Platform;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// The API over one platform.
#[derive(Debug, Clone)]
pub struct AlertsApi {
    router: Router,
}

impl AlertsApi {
    /// An API over `platform`.
    pub fn new(platform: Platform) -> Self {
        Self { router: routes::router(platform) }
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
