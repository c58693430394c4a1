//! Alerts: the list and one of them.

use alert::{Alert, Fingerprint};
use aws::{AlertFilter, Platform};
use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;

use crate::failure::Failure;
use crate::parameters::Parameters;

/// A page of alerts.
#[derive(Serialize)]
pub(crate) struct Alerts {
    alerts: Vec<Alert>,
    next_cursor: Option<String>,
}

/// `GET /v1/alerts?condition=&handling=&severity=&source=&limit=&cursor=`, newest `condition_since` first.
pub(crate) async fn list(
    State(platform): State<Platform>,
    parameters: Parameters,
) -> Result<Json<Alerts>, Failure> {
    let filter = AlertFilter {
        conditions: parameters.all("condition")?,
        handlings: parameters.all("handling")?,
        severity: parameters.one("severity")?,
        sources: parameters.all("source")?,
    };
    let page = platform.table.alerts(&filter, parameters.limit()?, parameters.cursor()?.as_ref()).await;
    let page = page.map_err(Failure::Store)?;
    Ok(Json(Alerts { alerts: page.alerts, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

/// `GET /v1/alerts/{fingerprint}`.
pub(crate) async fn one(
    State(platform): State<Platform>,
    Path(fingerprint): Path<String>,
) -> Result<Json<Alert>, Failure> {
    let alert = platform.table.alert(parse(&fingerprint)?).await.map_err(Failure::Store)?;
    alert.map(Json).ok_or(Failure::NoSuchAlert(fingerprint))
}

/// The fingerprint in a path.
pub(crate) fn parse(fingerprint: &str) -> Result<Fingerprint, Failure> {
    fingerprint
        .parse()
        .map_err(|error: alert::ParseIdError| Failure::BadRequest(format!("fingerprint: {error}")))
}
