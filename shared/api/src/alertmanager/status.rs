//! What this Alertmanager says about itself.

use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::alert::utc;
use super::answer::json as answer;
use super::failure::Failure;
use super::query::Query;
use super::{RECEIVER, VERSION};

/// A configuration that Alertmanager's own loader accepts; clients parse it.
const CONFIGURATION: &str = "route: {receiver: campanile}\nreceivers: [{name: campanile}]";

/// `GET /api/v2/status`.
pub(super) fn status(started_at: Timestamp) -> Result<Response, Failure> {
    answer(&json!({
        "cluster": { "status": "disabled", "peers": [] },
        "versionInfo": {
            "version": VERSION,
            "revision": concat!("campanile-", env!("CARGO_PKG_VERSION")),
            "branch": "",
            "buildUser": "",
            "buildDate": "",
            "goVersion": "",
        },
        "config": { "original": CONFIGURATION },
        "uptime": utc(started_at),
    }))
}

/// `GET /api/v2/receivers`.
pub(super) async fn receivers(query: Query) -> Result<Response, Failure> {
    let receivers: &[Value] = &[receiver()];
    let is_asked_for = query.receivers()?.admit_ours();
    answer(&if is_asked_for { receivers } else { &[] })
}

/// The one receiver there is.
pub(super) fn receiver() -> Value {
    json!({ "name": RECEIVER })
}
