//! The part of Alertmanager's API v2 that amtool, Grafana, karma and Prometheus use
//! (<https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml>), and the webhook for an Alertmanager.
//!
//! Alertmanager has no alert that was acknowledged, and knows alerts by their labels alone: what Campanile knows
//! beside that stands in annotations.

mod alert;
mod answer;
mod failure;
mod keeping;
mod listing;
mod metrics;
mod notification;
mod query;
mod receive;
mod silence;
mod silences;
mod status;

use ::alert::Clock;
use aide::axum::ApiRouter;
use aws::{Platform, SystemClock};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{delete, get, post};

use crate::authorization::{recorded, require};
use crate::deadline::in_time;
use crate::secret::Role;

/// The version whose behaviour is served; karma and amtool look at it.
const VERSION: &str = "0.34.0";
/// The one receiver there is.
const RECEIVER: &str = "campanile";

/// Where an Alertmanager hands its alerts on; part of our own API. Open to all.
pub(crate) fn open_webhook() -> ApiRouter<Platform> {
    ApiRouter::new().api_route("/v1/alertmanager", aide::axum::routing::post(receive::webhook))
}

/// The same, for whoever may write.
pub(crate) fn webhook(platform: &Platform) -> ApiRouter<Platform> {
    open_webhook()
        .route_layer(from_fn_with_state((platform.clone(), Role::Write), require))
        .route_layer(from_fn(in_time))
        .route_layer(DefaultBodyLimit::disable())
}

/// The paths of this API, without a prefix.
pub(crate) fn router(platform: &Platform) -> Router<Platform> {
    let started_at = SystemClock.now();
    let reading = Router::new()
        .route("/api/v2/status", get(move || async move { status::status(started_at) }))
        .route("/api/v2/receivers", get(status::receivers))
        .route("/api/v2/alerts", get(listing::alerts))
        .route("/api/v2/alerts/groups", get(listing::groups))
        .route("/api/v2/silences", get(silences::list))
        .route("/api/v2/silence/{id}", get(silences::one))
        .route_layer(from_fn_with_state((platform.clone(), Role::Read), require));
    let writing = Router::new()
        .route("/api/v2/silences", post(silences::put))
        .route("/api/v2/silence/{id}", delete(silences::end))
        .route_layer(from_fn(recorded))
        .route("/api/v2/alerts", post(receive::alerts))
        .route_layer(from_fn_with_state((platform.clone(), Role::Write), require))
        .route_layer(from_fn(in_time))
        .route_layer(DefaultBodyLimit::disable());
    Router::new()
        .merge(reading)
        .merge(writing)
        .merge(metrics::router(platform))
        .layer(from_fn(answer::compress))
}
