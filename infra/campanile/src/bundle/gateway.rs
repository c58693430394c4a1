//! API Gateway's place in the local bundle: which path belongs to which function.

use std::sync::Arc;
use std::time::Duration;

use api::AlertsApi;
use aws::{Platform, SecretCache, SystemClock, Table};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use bytes::Bytes;
use http::{StatusCode, header};
use intake::{Protocol, ProtocolVisitor, Webhook, each_protocol};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// The largest body that API Gateway hands to a function, in bytes.
const LIMIT_BYTES: usize = 6 * 1024 * 1024;

/// How many requests are under way at once.
const MOST_AT_ONCE: usize = 512;

/// How long the body of a request may take.
const BODY_LIMIT: Duration = Duration::from_secs(30);

/// The paths of all functions over `platform`.
pub(super) fn router(platform: Platform) -> Router {
    let mut webhooks = Webhooks { platform: &platform, router: Router::new() };
    each_protocol(&mut webhooks);
    let router = webhooks.router;
    router
        .merge(api(platform))
        .fallback(|| async { refusal(StatusCode::NOT_FOUND, "Not Found") })
        .layer(from_fn_with_state(Arc::new(Semaphore::new(MOST_AT_ONCE)), throttle))
}

/// Takes so many requests at once and no more, as API Gateway does: the others are answered when to come again.
async fn throttle(State(places): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(_place) = places.try_acquire() else {
        let refusal = refusal(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests");
        return ([(header::RETRY_AFTER, "1")], refusal).into_response();
    };
    next.run(request).await
}

/// Routes the paths of every webhook.
struct Webhooks<'a> {
    platform: &'a Platform,
    router: Router,
}

impl ProtocolVisitor for Webhooks<'_> {
    type Output = ();

    fn visit<P: Protocol>(&mut self) {
        self.router = std::mem::take(&mut self.router).merge(webhook::<P>(self.platform));
    }
}

/// `/<source>` and `/<source>/{token}`.
fn webhook<P: Protocol>(platform: &Platform) -> Router {
    let path = format!("/{}", P::SOURCE);
    Router::new()
        .route(&path, any(receive::<P>))
        .route(&format!("{path}/{{token}}"), any(receive::<P>))
        .with_state(platform.webhook::<P>())
}

fn api(platform: Platform) -> Router {
    let paths = [
        "/",
        "/a/{token}",
        "/canary/{token}",
        "/v1/{*rest}",
        "/api/v2/{*rest}",
        "/metrics",
        "/-/healthy",
        "/-/ready",
    ];
    let routes = paths.into_iter().fold(Router::new(), |router, path| router.route(path, any(answer)));
    routes.with_state(AlertsApi::new(platform))
}

async fn receive<P: Protocol>(
    State(webhook): State<Webhook<P, Table, SecretCache, SystemClock>>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    match whole(body).await {
        Ok(body) => webhook.handle(Request::from_parts(parts, body)).await.map(Body::from),
        Err(refusal) => refusal,
    }
}

async fn answer(State(api): State<AlertsApi>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    // This router's path parameters are among them, and the API's own router would add its own to them.
    parts.extensions.clear();
    match whole(body).await {
        Ok(body) => api.handle(Request::from_parts(parts, body)).await.map(Body::from),
        Err(refusal) => refusal,
    }
}

/// The body, once all of it is there.
async fn whole(body: Body) -> Result<Bytes, Response> {
    match timeout(BODY_LIMIT, to_bytes(body, LIMIT_BYTES)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")),
        Err(_) => Err(refusal(StatusCode::REQUEST_TIMEOUT, "Request Timeout")),
    }
}

/// A refusal in API Gateway's own words.
fn refusal(status: StatusCode, message: &str) -> Response {
    (status, axum::Json(serde_json::json!({ "message": message }))).into_response()
}
