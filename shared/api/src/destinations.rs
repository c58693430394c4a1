//! Destinations: how each fares, and having one tried again.

mod explained;

use axum::{Extension, Json};
use dispatch::{DestinationStatus, MOST_WAITING, Probe};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::extract::Path;
use crate::failure::Failure;
use crate::outgoing::Outgoing;

pub(crate) use explained::of_alert;

/// The destinations, in the order of their settings.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Destinations {
    destinations: Vec<Shown>,
    /// What is wrong with the settings; each leaves out the destination that it is in.
    mistakes: Vec<Wrong>,
}

/// How one destination fares.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Destination")]
pub(crate) struct Shown {
    id: String,
    /// What people call it.
    name: Option<String>,
    r#type: &'static str,
    /// The host that its requests go to.
    host: String,
    state: Fares,
    /// Why it is in this state, for people.
    reason: Option<String>,
    /// Since when it is in this state, where that is known.
    since: Option<Timestamp>,
    /// Until when it is left alone: held, suspended until the next probe, or outside its hours.
    until: Option<Timestamp>,
    /// For how many groups of alerts something is pending.
    #[schemars(range(max = MOST_WAITING))]
    waiting: usize,
    /// Since when the oldest of it is overdue.
    oldest_waiting_at: Option<Timestamp>,
    next_attempt_at: Option<Timestamp>,
    last_success_at: Option<Timestamp>,
    /// Notifications that were sent in the present and the last hour.
    sent_last_hour: u64,
    /// Attempts that failed in them.
    failed_last_hour: u64,
}

/// How a destination fares, in one word.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fares {
    /// It takes what it is sent, or nothing was sent yet.
    Healthy,
    /// Every attempt fails.
    Failing,
    /// Nothing is sent to it until somebody changes something, or a probe succeeds.
    Suspended,
    /// It wants nothing for a while.
    Held,
    /// It has not its hours.
    WaitingForItsHours,
    /// Its settings say that it is not notified.
    Disabled,
}

/// A mistake in the settings; it shows no value that may be a credential.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SettingsMistake")]
pub(crate) struct Wrong {
    /// The member it is in.
    path: String,
    /// What is wrong, and what to write.
    problem: String,
}

/// A destination in a path.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct DestinationPath {
    /// Which destination, as the settings name it.
    #[schemars(regex(pattern = "^[0-9a-z-]+$"))]
    id: String,
}

/// `GET /v1/destinations`.
pub(crate) async fn list(Extension(outgoing): Extension<Outgoing>) -> Result<Json<Destinations>, Failure> {
    let settings = outgoing.settings().await?;
    let all = outgoing.notifier.dispatcher().status().await.map_err(Failure::Outbox)?;
    let mistakes = settings.mistakes.iter();
    Ok(Json(Destinations {
        destinations: all.into_iter().map(Shown::from).collect(),
        mistakes: mistakes
            .map(|mistake| Wrong { path: mistake.path.clone(), problem: mistake.problem.clone() })
            .collect(),
    }))
}

/// `POST /v1/destinations/{id}/resume`: ends a suspension, a hold and the caution after failures.
pub(crate) async fn resume(
    Extension(outgoing): Extension<Outgoing>,
    Path(DestinationPath { id }): Path<DestinationPath>,
) -> Result<Json<Shown>, Failure> {
    known(&outgoing, &id).await?;
    outgoing.notifier.dispatcher().resume(&id).await.map_err(Failure::Outbox)?;
    known(&outgoing, &id).await.map(Json)
}

/// `POST /v1/destinations/{id}/retry`: the same, and what waits after a failed attempt is due now.
pub(crate) async fn retry(
    Extension(outgoing): Extension<Outgoing>,
    Path(DestinationPath { id }): Path<DestinationPath>,
) -> Result<Json<Shown>, Failure> {
    known(&outgoing, &id).await?;
    outgoing.notifier.dispatcher().retry_destination(&id).await.map_err(Failure::Outbox)?;
    known(&outgoing, &id).await.map(Json)
}

async fn known(outgoing: &Outgoing, id: &str) -> Result<Shown, Failure> {
    let status = outgoing.notifier.dispatcher().status_of_one(id).await.map_err(Failure::Outbox)?;
    status.map(Shown::from).ok_or_else(|| Failure::NotFound { what: "destination", id: id.to_owned() })
}

impl From<DestinationStatus> for Shown {
    fn from(status: DestinationStatus) -> Self {
        let (state, reason, since, until) = notified(&status);
        Self {
            id: status.id,
            name: status.name,
            r#type: status.type_name,
            host: status.host,
            state,
            reason,
            since,
            until,
            waiting: status.waiting,
            oldest_waiting_at: status.oldest_pending_at,
            next_attempt_at: status.next_attempt_at,
            last_success_at: status.last_success_at,
            sent_last_hour: status.sent_last_hour,
            failed_last_hour: status.failed_last_hour,
        }
    }
}

/// The state of `status` with why, since when and until when.
fn notified(status: &DestinationStatus) -> (Fares, Option<String>, Option<Timestamp>, Option<Timestamp>) {
    match status.state {
        dispatch::Fares::Healthy => (Fares::Healthy, None, None, None),
        dispatch::Fares::Failing => {
            (Fares::Failing, status.reason.clone(), status.failing_since, status.held_until)
        }
        dispatch::Fares::Suspended => {
            let known = status.suspension.as_ref();
            let reason = known.map(|known| known.reason.clone());
            let probe = known.filter(|known| known.probe == Probe::Hourly).map(|known| known.next_probe_at);
            (Fares::Suspended, reason, known.map(|known| known.since), probe)
        }
        dispatch::Fares::Held => (Fares::Held, status.reason.clone(), None, status.held_until),
        dispatch::Fares::WaitingForItsHours => {
            (Fares::WaitingForItsHours, Some("it has not its hours".to_owned()), None, status.opens_at)
        }
        dispatch::Fares::Disabled => (Fares::Disabled, Some("`enabled` is false".to_owned()), None, None),
    }
}

#[cfg(test)]
mod tests;
