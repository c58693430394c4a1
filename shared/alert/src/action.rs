//! What people do with an alert, and what they write about it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::word::words;
use crate::{Acknowledgement, Alert, AlertEvent, Condition, EventId, Handling, Order, Signal};

/// Who acts: as they say themselves, and whose token it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor<'a> {
    /// Who, by their own word.
    pub by: &'a str,
    /// The name of the token that let them in; `None` where nobody had to be let in.
    pub principal: Option<&'a str>,
}

impl<'a> From<&'a str> for Actor<'a> {
    fn from(by: &'a str) -> Self {
        Self { by, principal: None }
    }
}

/// One thing that was done with an alert, or said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Note {
    /// Its name; notes sort by it, too.
    pub id: String,
    /// Who; `campanile` where an alert expired by itself.
    pub by: String,
    /// The name of the token that they showed, whatever they call themselves; absent where nobody showed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// What they did besides writing.
    pub action: Action,
    /// What they wrote; empty if they did without words.
    pub text: String,
    /// When, by our clock.
    pub at: Timestamp,
}

/// What was done when a note was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Nothing but the note.
    Note,
    /// Somebody took the alert.
    Acknowledge,
    /// Somebody gave it back.
    Unacknowledge,
    /// Somebody said that it is over.
    Resolve,
    /// Nothing was heard of it for too long.
    Expire,
}

words!(
    Action is a "known action":
    Note "note", Acknowledge "acknowledge", Unacknowledge "unacknowledge", Resolve "resolve", Expire "expire",
);

/// Why something cannot be done with an alert as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// It does not fire.
    #[error("the alert is {0} already: only a firing one can be taken or ended")]
    NotFiring(Condition),
    /// Nobody has it.
    #[error("nobody has acknowledged the alert: there is nothing to take back")]
    NotAcknowledged,
    /// Somebody has it, and whoever asks wants only what is free.
    #[error(
        "somebody has acknowledged the alert already: whoever wants to take it over says so of this one alone"
    )]
    Acknowledged,
}

/// Gives a firing alert that nobody has to somebody; who was first stays.
pub fn acknowledge_if_free(alert: Alert, acknowledgement: Acknowledgement) -> Result<Alert, Conflict> {
    must_fire(&alert)?;
    if alert.acknowledgement.is_some() {
        Err(Conflict::Acknowledged)
    } else {
        acknowledge(alert, acknowledgement)
    }
}

/// Gives a firing alert to somebody; who comes later takes it over.
pub fn acknowledge(mut alert: Alert, acknowledgement: Acknowledgement) -> Result<Alert, Conflict> {
    must_fire(&alert)?;
    alert.handling = Handling::Acknowledged;
    alert.acknowledgement = Some(acknowledgement);
    alert.revision = alert.revision.saturating_add(1);
    Ok(alert)
}

/// Takes an acknowledgement back.
pub fn unacknowledge(mut alert: Alert) -> Result<Alert, Conflict> {
    must_fire(&alert)?;
    alert.acknowledgement.take().ok_or(Conflict::NotAcknowledged)?;
    alert.handling = Handling::Open;
    alert.revision = alert.revision.saturating_add(1);
    Ok(alert)
}

/// The event by which `by` says at `at` that a firing alert is over.
///
/// It belongs to no episode: where the source goes on to say that it fires, the alert reopens. Two who say so of
/// one revision have said the same.
pub fn resolve(alert: &Alert, by: &str, at: Timestamp) -> Result<AlertEvent, Conflict> {
    must_fire(alert)?;
    // No clock may have the last word over the person who looked, be it that of a source or of another process here.
    let occurred_at = at.max(alert.last_seen).max(alert.last_received_at);
    let (fingerprint, revision) = (alert.fingerprint.to_string(), alert.revision.to_string());
    Ok(AlertEvent {
        source: alert.source,
        account: alert.account.clone(),
        fingerprint: alert.fingerprint,
        event_id: EventId::of(["campanile-resolve/1", &fingerprint, &revision]),
        signal: Signal::Resolved,
        severity: alert.severity,
        severity_raw: format!("resolved by {by}"),
        title: alert.title.clone(),
        summary: alert.summary.clone(),
        resource: alert.resource.clone(),
        service: alert.service.clone(),
        value: alert.value.clone(),
        url: alert.url.clone(),
        labels: alert.labels.clone(),
        annotations: alert.annotations.clone(),
        occurred_at,
        started_at: None,
        ended_at: Some(occurred_at),
        auto_resolve: alert.auto_resolve,
        episode: None,
        expires_at: None,
        order: Order::person(),
    })
}

fn must_fire(alert: &Alert) -> Result<(), Conflict> {
    match alert.condition {
        Condition::Firing => Ok(()),
        over @ (Condition::Resolved | Condition::Expired) => Err(Conflict::NotFiring(over)),
    }
}
