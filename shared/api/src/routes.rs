//! Which path is answered by whom, and who may ask.

use aide::axum::ApiRouter;
use aide::axum::routing::{delete, get, post, put};
use aws::Platform;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};

use crate::authorization::{recorded, require};
use crate::deadline::in_time;
use crate::failure::Failure;
use crate::health::Readiness;
use crate::outgoing::Outgoing;
use crate::secret::Role;
use crate::sign_in::Issuers;
use crate::{
    acknowledge_link, actions, alertmanager, alerts, bulk, canary, console, counts, description,
    destinations, events, health, notifications, quarantine, sign_in, silences, sources, statistics,
};

/// All paths over `platform`.
pub(crate) fn router(platform: Platform) -> Router {
    let reading = reading().route_layer(from_fn_with_state((platform.clone(), Role::Read), require));
    let acting = acting()
        .route_layer(from_fn(recorded))
        .route_layer(from_fn_with_state((platform.clone(), Role::Write), require))
        .route_layer(from_fn(in_time));
    let own = reading.merge(acting).merge(alertmanager::webhook(&platform)).merge(sign_in::described());
    description::served(own)
        .merge(sign_in::router())
        .merge(alertmanager::router(&platform))
        .route("/", axum::routing::get(console::page))
        .route("/a/{token}", axum::routing::get(acknowledge_link::show).post(acknowledge_link::acknowledge))
        .route("/canary/{token}", axum::routing::post(canary::land))
        .route("/-/healthy", axum::routing::get(health::healthy))
        .route(
            "/-/ready",
            axum::routing::get(health::ready).with_state((platform.clone(), Readiness::default())),
        )
        .method_not_allowed_fallback(|| async { Failure::MethodNotAllowed })
        .fallback(|| async { Failure::NoSuchPath })
        .layer(axum::Extension(Outgoing::new(platform.clone())))
        .layer(axum::Extension(Issuers::new(platform.egress())))
        .with_state(platform)
}

/// The described paths, open to all.
#[cfg(test)]
pub(crate) fn described() -> ApiRouter<Platform> {
    reading().merge(acting()).merge(alertmanager::open_webhook()).merge(sign_in::described())
}

fn reading() -> ApiRouter<Platform> {
    ApiRouter::new()
        .api_route("/v1/alerts", get(alerts::list))
        .api_route("/v1/alerts/{fingerprint}", get(alerts::one))
        .api_route("/v1/alerts/{fingerprint}/events", get(events::of_alert))
        .api_route("/v1/alerts/{fingerprint}/notes", get(actions::notes))
        .api_route("/v1/alerts/{fingerprint}/notifications", get(destinations::of_alert))
        .api_route("/v1/destinations", get(destinations::list))
        .api_route("/v1/notifications", get(notifications::list))
        .api_route("/v1/events", get(events::list))
        .api_route("/v1/quarantine", get(quarantine::list))
        .api_route("/v1/quarantine/{id}", get(quarantine::one))
        .api_route("/v1/counts", get(counts::counts))
        .api_route("/v1/sources", get(sources::list))
        .api_route("/v1/statistics", get(statistics::statistics))
        .api_route("/v1/silences", get(silences::list))
        .api_route("/v1/silences/{id}", get(silences::one))
}

fn acting() -> ApiRouter<Platform> {
    ApiRouter::new()
        .api_route("/v1/alerts/actions", post(bulk::act))
        .api_route("/v1/alerts/{fingerprint}/acknowledge", post(actions::acknowledge))
        .api_route("/v1/alerts/{fingerprint}/unacknowledge", post(actions::unacknowledge))
        .api_route("/v1/alerts/{fingerprint}/resolve", post(actions::resolve))
        .api_route("/v1/alerts/{fingerprint}/notes", post(actions::add_note))
        .api_route("/v1/alerts/{fingerprint}/events/{event_id}/replay", post(events::replay))
        .api_route("/v1/quarantine/{id}", delete(quarantine::forget))
        .api_route("/v1/quarantine/{id}/replay", post(quarantine::replay))
        .api_route("/v1/notifications/{id}/retry", post(notifications::retry))
        .api_route("/v1/destinations/{id}/resume", post(destinations::resume))
        .api_route("/v1/destinations/{id}/retry", post(destinations::retry))
        .api_route("/v1/silences", post(silences::add))
        .api_route("/v1/silences/{id}", put(silences::edit).delete(silences::end))
}
