//! API Gateway's place in the local bundle: which path belongs to which function.

use api::AlertsApi;
use aws::{Platform, SecretCache, SystemClock, Table};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::StatusCode;
use intake::{Kazoo, Netdata, Protocol, Site24x7, Tencent, Webhook};

/// The largest body that API Gateway hands to a function, in bytes.
const LIMIT_BYTES: usize = 6 * 1024 * 1024;

/// The paths of all functions over `platform`.
pub(super) fn router(platform: Platform) -> Router {
    Router::new()
        .merge(webhook::<Netdata>(&platform))
        .merge(webhook::<Kazoo>(&platform))
        .merge(webhook::<Tencent>(&platform))
        .merge(webhook::<Site24x7>(&platform))
        .merge(api(platform))
        .fallback(|| async { refusal(StatusCode::NOT_FOUND, "Not Found") })
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
    let paths = ["/", "/a/{token}", "/v1/{*rest}", "/api/v2/{*rest}", "/metrics", "/-/healthy", "/-/ready"];
    let routes = paths.into_iter().fold(Router::new(), |router, path| router.route(path, any(answer)));
    routes.with_state(AlertsApi::new(platform))
}

async fn receive<P: Protocol>(
    State(webhook): State<Webhook<P, Table, SecretCache, SystemClock>>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    match to_bytes(body, LIMIT_BYTES).await {
        Ok(body) => webhook.handle(Request::from_parts(parts, body)).await.map(Body::from),
        Err(_) => too_large(),
    }
}

async fn answer(State(api): State<AlertsApi>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    // This router's path parameters are among them, and the API's own router would add its own to them.
    parts.extensions.clear();
    match to_bytes(body, LIMIT_BYTES).await {
        Ok(body) => api.handle(Request::from_parts(parts, body)).await.map(Body::from),
        Err(_) => too_large(),
    }
}

fn too_large() -> Response {
    refusal(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
}

/// A refusal in API Gateway's own words.
fn refusal(status: StatusCode, message: &str) -> Response {
    (status, axum::Json(serde_json::json!({ "message": message }))).into_response()
}
