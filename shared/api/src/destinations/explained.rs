//! What each destination was notified of one alert, or why not.

use alert::{Fingerprint, Severity, SilenceId};
use aws::Platform;
use axum::extract::State;
use axum::{Extension, Json};
use dispatch::{Explanation, Waiting, WaitingReason};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::alerts::AlertPath;
use crate::extract::Path;
use crate::failure::Failure;
use crate::outgoing::Outgoing;

/// One alert, as destinations know it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Explained {
    #[schemars(with = "String")]
    fingerprint: Fingerprint,
    /// All destinations, in the order of their settings.
    destinations: Vec<AtDestination>,
}

/// What one destination knows of the alert.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NotifiedDestination")]
pub(crate) struct AtDestination {
    destination: String,
    state: Word,
    /// Why it is so, for people.
    reason: Option<String>,
    /// Since when it knows that the alert fires.
    notified_at: Option<Timestamp>,
    /// How bad it was notified the alert is.
    notified_severity: Option<Severity>,
    /// Since when something is pending.
    pending_since: Option<Timestamp>,
    /// When that is due.
    due_at: Option<Timestamp>,
    /// What withholds what begins: of one that was notified, a rise in severity.
    withheld: Option<Withheld>,
}

/// Whether a destination was notified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Word {
    /// Something is pending.
    Pending,
    /// It knows that the alert fires.
    Notified,
    /// It is decided again later.
    Withheld,
    /// Somebody had acknowledged the alert when its rung of the ladder was reached.
    Acknowledged,
    /// Its settings do not select the alert.
    Unselected,
    /// There is nothing to notify it of.
    Nothing,
}

/// What withholds something.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Withheld {
    by: Withholder,
    /// When it is decided again at the latest.
    until: Timestamp,
    /// The silences, if they do.
    silences: Vec<SilenceId>,
}

/// What can withhold something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Withholder {
    /// `after_secs` has not passed.
    AfterSecs,
    /// Silences cover the alert.
    Silence,
    /// Another alert mutes it.
    Inhibition,
    /// The destination has not its hours.
    Hours,
    /// `damping_secs` have not passed.
    Damping,
}

/// `GET /v1/alerts/{fingerprint}/notifications`: for each destination, whether it was notified, and why not.
pub(crate) async fn of_alert(
    State(platform): State<Platform>,
    Extension(outgoing): Extension<Outgoing>,
    Path(AlertPath { fingerprint }): Path<AlertPath>,
) -> Result<Json<Explained>, Failure> {
    let alert = platform.table.alert(fingerprint).await.map_err(Failure::from)?;
    let alert = alert.ok_or_else(|| Failure::NotFound { what: "alert", id: fingerprint.to_string() })?;
    let all = outgoing.notifier.dispatcher().explain(&alert).await.map_err(Failure::Outbox)?;
    Ok(Json(Explained { fingerprint, destinations: all.into_iter().map(AtDestination::from).collect() }))
}

impl From<Explanation> for AtDestination {
    fn from(explanation: Explanation) -> Self {
        let withheld = explanation.withheld.as_ref().map(Withheld::of);
        let state = word(&explanation);
        Self {
            state,
            reason: reason(state, &explanation, withheld.as_ref()),
            destination: explanation.destination,
            notified_at: explanation.notified_at,
            notified_severity: explanation.notified_severity,
            pending_since: explanation.pending_since,
            due_at: explanation.due_at,
            withheld,
        }
    }
}

impl Withheld {
    fn of(waiting: &Waiting) -> Self {
        let (by, silences) = match &waiting.reason {
            WaitingReason::Rung => (Withholder::AfterSecs, Vec::new()),
            WaitingReason::Silenced(silences) => (Withholder::Silence, silences.clone()),
            WaitingReason::Inhibited(_) => (Withholder::Inhibition, Vec::new()),
            WaitingReason::Hours => (Withholder::Hours, Vec::new()),
            WaitingReason::Damped => (Withholder::Damping, Vec::new()),
        };
        Self { by, until: waiting.until, silences }
    }

    fn reason(&self) -> String {
        match self.by {
            Withholder::AfterSecs => "`after_secs` has not passed yet".to_owned(),
            Withholder::Silence => {
                let silences: Vec<_> = self.silences.iter().map(ToString::to_string).collect();
                format!("silenced by {}", silences.join(", "))
            }
            Withholder::Inhibition => "another alert mutes it".to_owned(),
            Withholder::Hours => "the destination has not its hours".to_owned(),
            Withholder::Damping => "`damping_secs` have not passed since its last notification".to_owned(),
        }
    }
}

fn word(explanation: &Explanation) -> Word {
    if explanation.pending_since.is_some() {
        return Word::Pending;
    }
    if explanation.notified_at.is_some() {
        return Word::Notified;
    }
    if explanation.withheld.is_some() {
        return Word::Withheld;
    }
    if explanation.is_stopped {
        return Word::Acknowledged;
    }
    if explanation.unselected.is_some() { Word::Unselected } else { Word::Nothing }
}

fn reason(state: Word, explanation: &Explanation, withheld: Option<&Withheld>) -> Option<String> {
    match state {
        Word::Pending => explanation.pending_reason.clone(),
        Word::Notified | Word::Withheld => withheld.map(Withheld::reason),
        Word::Acknowledged => Some("somebody had acknowledged it when `after_secs` had passed".to_owned()),
        Word::Unselected => explanation.unselected.clone(),
        Word::Nothing => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn explanation() -> Explanation {
        Explanation {
            destination: "ops".to_owned(),
            notified_at: None,
            notified_severity: None,
            pending_since: None,
            pending_reason: None,
            due_at: None,
            withheld: None,
            is_stopped: false,
            unselected: None,
        }
    }

    fn shown(explanation: Explanation) -> (Value, Value) {
        let notified = serde_json::to_value(AtDestination::from(explanation)).unwrap();
        (notified["state"].clone(), notified["reason"].clone())
    }

    fn waiting(reason: WaitingReason) -> Waiting {
        Waiting { until: Timestamp::UNIX_EPOCH, reason, event: dispatch::Event::Opened }
    }

    #[test]
    fn each_destination_says_whether_it_was_notified_and_why_not() {
        let at = Some(Timestamp::UNIX_EPOCH);
        let silence = SilenceId::from_chance(1);
        let refused = Some("503 Service Unavailable".to_owned());
        let notified = Explanation { notified_at: at, ..explanation() };
        for (explanation, state, reason) in [
            (explanation(), "nothing", json!(null)),
            (notified.clone(), "notified", json!(null)),
            (
                Explanation { pending_since: at, pending_reason: refused.clone(), ..notified.clone() },
                "pending",
                json!(refused),
            ),
            (
                Explanation {
                    withheld: Some(waiting(WaitingReason::Silenced(vec![silence]))),
                    ..explanation()
                },
                "withheld",
                json!(format!("silenced by {silence}")),
            ),
            (
                Explanation { withheld: Some(waiting(WaitingReason::Hours)), ..notified },
                "notified",
                json!("the destination has not its hours"),
            ),
            (
                Explanation { is_stopped: true, ..explanation() },
                "acknowledged",
                json!("somebody had acknowledged it when `after_secs` had passed"),
            ),
            (
                Explanation { unselected: Some("`enabled` is false".to_owned()), ..explanation() },
                "unselected",
                json!("`enabled` is false"),
            ),
        ] {
            assert_eq!(shown(explanation), (json!(state), reason));
        }
    }
}
