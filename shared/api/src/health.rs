//! Whether the function works: for load balancers and Alertmanager's tools, and open to all.

use aws::Platform;
use axum::extract::State;

use crate::failure::Failure;

/// `GET /-/healthy`: it answers.
pub(crate) async fn healthy() -> &'static str {
    "OK"
}

/// `GET /-/ready`: it can read its table.
pub(crate) async fn ready(State(platform): State<Platform>) -> Result<&'static str, Failure> {
    platform.table.silences().await.map(|_| "OK").map_err(Failure::Store)
}
