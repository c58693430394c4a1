//! `/metrics` in Prometheus's text format: the version that karma asks for, and how much fires.
//!
//! The version is open to everybody; what fires is for those with a token.

use std::fmt::Write;

use ::alert::{Severity, Source};
use aws::{FiringCounts, Platform};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use http::header;

use super::VERSION;
use super::failure::Failure;
use crate::authorization::{Principal, require};
use crate::secret::Role;

const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `GET /metrics`.
pub(super) fn router(platform: &Platform) -> Router<Platform> {
    let check = from_fn_with_state(platform.clone(), require_if_presented);
    Router::new().route("/metrics", get(metrics)).route_layer(check)
}

/// A wrong token is refused, none is not.
async fn require_if_presented(
    State(platform): State<Platform>,
    request: Request,
    next: Next,
) -> Result<Response, crate::failure::Failure> {
    let headers = request.headers();
    if headers.contains_key(header::AUTHORIZATION) || headers.contains_key("x-api-key") {
        return require(State((platform, Role::Read)), request, next).await;
    }
    Ok(next.run(request).await)
}

async fn metrics(
    State(platform): State<Platform>,
    reader: Option<Extension<Principal>>,
) -> Result<Response, Failure> {
    let mut text = build_info();
    if reader.is_some() {
        text.push_str(&firing(&platform.table.firing_counts().await.map_err(Failure::Store)?));
    }
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response())
}

fn build_info() -> String {
    format!(
        "# HELP alertmanager_build_info The version of Alertmanager whose API is served.\n\
         # TYPE alertmanager_build_info gauge\n\
         alertmanager_build_info{{version=\"{VERSION}\"}} 1\n\
         # HELP campanile_build_info The version of Campanile.\n\
         # TYPE campanile_build_info gauge\n\
         campanile_build_info{{version=\"{}\"}} 1\n",
        env!("CARGO_PKG_VERSION")
    )
}

/// Every source and severity, so that none seems to vanish when it falls to 0.
fn firing(counts: &FiringCounts) -> String {
    let mut text = "# HELP campanile_alerts Alerts by condition, severity and source.\n\
                    # TYPE campanile_alerts gauge\n"
        .to_owned();
    for source in Source::ALL {
        for severity in Severity::ALL {
            let count = counts.count(|from, severe, _| (from, severe) == (*source, *severity));
            let labels = format!(r#"condition="firing",severity="{severity}",source="{source}""#);
            let _ = writeln!(text, "campanile_alerts{{{labels}}} {count}");
        }
    }
    text
}
