//! The part of Alertmanager's API v2 that amtool, Grafana, karma and Prometheus use
//! (<https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml>), and the webhook for an Alertmanager.
//!
//! Alertmanager has no alert that was acknowledged, and knows alerts by their labels alone: what Campanile knows
//! beside that is told in annotations.

mod alert;
mod answer;
mod failure;
mod fingerprint;
mod intake;
mod listing;
mod metrics;
mod query;
mod receive;
mod status;

use aws::Platform;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

use crate::authorization::{Role, require};
use crate::clock::Started;

/// The version whose behaviour is served; karma and amtool look at it.
const VERSION: &str = "0.34.0";
/// The one receiver there is.
const RECEIVER: &str = "campanile";

/// The paths of this API, without a prefix.
pub(crate) fn router(platform: &Platform, started: Started) -> Router<Platform> {
    let reading = Router::new()
        .route("/api/v2/status", get(move || status::status(started)))
        .route("/api/v2/receivers", get(status::receivers))
        .route("/api/v2/alerts", get(listing::alerts))
        .route("/api/v2/alerts/groups", get(listing::groups))
        .route_layer(from_fn_with_state((platform.clone(), Role::Read), require));
    let writing = Router::new()
        .route("/api/v2/alerts", post(receive::alerts))
        .route("/v1/alertmanager", post(receive::webhook))
        .route_layer(from_fn_with_state((platform.clone(), Role::Write), require))
        .route_layer(DefaultBodyLimit::disable());
    Router::new().merge(reading).merge(writing).merge(metrics::router(platform)).layer(from_fn(answer::compress))
}
