//! The API that people and their tools read alerts with.
//!
//! [`AlertsApi`] takes plain HTTP requests, so that Lambda and the local bundle serve the very same thing.

mod acknowledge_link;
mod actions;
mod alertmanager;
mod alerts;
mod answer;
mod authorization;
mod bulk;
mod canary;
mod console;
mod counts;
mod deadline;
mod description;
mod destinations;
mod events;
mod extract;
mod failure;
mod guesses;
mod health;
mod notifications;
mod outgoing;
mod prefix;
mod quarantine;
mod replayed;
mod routes;
mod secret;
mod sign_in;
mod silences;
mod sources;
mod statistics;
mod transfer;

use std::convert::Infallible;

use aws::Platform;
use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::failure::Failure;
use crate::prefix::without_prefix;
pub use crate::secret::ApiSecret;
pub use crate::sign_in::{OidcSecret, SessionSecret};
use crate::transfer::Wanted;

/// The largest answer of our own API, in bytes. Lambda hands on 6 MiB of a result, in which the answer is text within
/// JSON: each quotation mark and backslash counts twice. Alertmanager's face has a limit of its own.
const LIMIT_BYTES: usize = 3 * 1024 * 1024;

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
        let request = without_prefix(request).map(Body::from);
        let is_ours = request.uri().path().starts_with("/v1/");
        let is_page = request.uri().path() == "/";
        let wanted = Wanted::of(request.method(), request.headers());
        let Ok(response) = self.router.oneshot(request).await.map_err(|never: Infallible| never);
        let answer = in_memory(response).await;
        let is_too_large = is_ours && answer.body().len() > LIMIT_BYTES;
        let answer = if is_too_large { in_memory(too_large()).await } else { answer };
        // The Alertmanager API compresses its own answers, and refuses those that are too large then.
        let mut answer = if is_ours || is_page { wanted.compressed(wanted.tagged(answer)) } else { answer };
        answer.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        answer
    }
}

/// The response with its body, which was made in memory, so that reading it cannot fail.
async fn in_memory(response: Response<Body>) -> Response<Bytes> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    Response::from_parts(parts, body)
}

fn too_large() -> Response<Body> {
    Failure::BadRequest(format!("limit: the answer is above {LIMIT_BYTES} bytes: ask for fewer items"))
        .into_response()
}
