//! Which request a notification has come to.

use serde::{Deserialize, Serialize};

use crate::wording::Wording;
use crate::{Attempt, Event, Interpretation, Progress};

/// How far a notification has come; kept as its progress.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// Nothing is done.
    #[default]
    Start,
    /// The create is accepted; what became of it is to be looked up.
    Created(Lookup),
    /// The alert is there: this of it is to be changed next.
    Update(String),
    /// The close is accepted; what became of it is to be looked up.
    Closed {
        /// How often it was closed.
        closes: u8,
        /// What the last close is called.
        lookup: Lookup,
    },
    /// It was closed before it was there: once more.
    CloseAgain {
        /// How often it was closed.
        closes: u8,
    },
}

/// A request that is looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lookup {
    /// What it is called.
    pub(crate) request_id: String,
    /// How often it was looked up in this attempt.
    pub(crate) looks: u32,
}

/// The requests that notifications are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    Create,
    Update(&'static str),
    Action(&'static str),
    LookUp(String),
}

/// What a change updates, in this order.
const UPDATES: [&str; 3] = ["priority", "message", "description"];

impl Step {
    pub(crate) fn of(attempt: &Attempt<'_>) -> Self {
        serde_json::from_value(attempt.progress.0.clone()).unwrap_or_default()
    }

    pub(crate) const fn created(request_id: String) -> Self {
        Self::Created(Lookup { request_id, looks: 0 })
    }

    /// After one more close than at `earlier`.
    pub(crate) fn closed(request_id: String, earlier: &Self) -> Self {
        let closes = match earlier {
            Self::CloseAgain { closes } | Self::Closed { closes, .. } => closes.saturating_add(1),
            _ => 1,
        };
        Self::Closed { closes, lookup: Lookup { request_id, looks: 0 } }
    }

    pub(crate) fn progress(&self) -> Progress {
        Progress(serde_json::to_value(self).unwrap_or_default())
    }
}

impl Call {
    pub(crate) fn of(attempt: &Attempt<'_>) -> Self {
        match (attempt.notification.event, Step::of(attempt)) {
            (Event::Acknowledged, _) => Self::Action("acknowledge"),
            (Event::Unacknowledged, _) => Self::Action("unacknowledge"),
            (_, Step::Created(lookup) | Step::Closed { lookup, .. }) => Self::LookUp(lookup.request_id),
            (Event::Resolved | Event::Expired, _) => Self::Action("close"),
            (_, Step::Update(what)) => {
                UPDATES.into_iter().find(|update| *update == what).map_or(Self::Create, Self::Update)
            }
            _ => Self::Create,
        }
    }
}

/// What follows once the alert is there.
pub(super) fn after_create(attempt: &Attempt<'_>) -> Interpretation {
    if is_change(attempt) { update(UPDATES[0]) } else { Interpretation::sent() }
}

/// Whether the alert that is there says something else now.
pub(crate) fn is_change(attempt: &Attempt<'_>) -> bool {
    let is_change =
        matches!(attempt.notification.event, Event::Escalated | Event::Deescalated | Event::Updated);
    is_change && !attempt.notification.is_first
}

/// What follows once `what` was accepted.
pub(super) fn after_update(what: &str, attempt: &Attempt<'_>) -> Interpretation {
    match what {
        "priority" => update("message"),
        "message" if super::create::description(&Wording::of(attempt.notification)).is_some() => {
            update("description")
        }
        _ => Interpretation::sent(),
    }
}

/// `what` of the alert is to be changed next.
pub(crate) fn update(what: &str) -> Interpretation {
    Interpretation::request(Step::Update(what.to_owned()).progress())
}
