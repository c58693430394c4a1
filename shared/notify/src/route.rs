//! Who is told of what.
//!
//! [`route`] is asked once for each destination and change. It needs to know what the destination was told of the
//! alert before, so the caller keeps a [`Standing`] for every alert and destination and replaces it by the one
//! that comes back.

mod change;
mod choice;
mod damping;
mod filter;

use alert::{Alert, Labels};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use change::{Change, Hearing, News};
pub use choice::{Choice, Level, NoticeType};
pub use damping::Damping;
pub use filter::Filter;

use crate::destination::Destination;
use crate::message::{Kind, Message, is_firing};
use alert::served_labels;

/// What one destination was told of one alert so far. Kept by the caller; nothing secret is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// Whether it was sent, or is owed, a message that the present run fires.
    pub is_started: bool,
    /// The label set that an Alertmanager webhook knows the alert by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced: Option<Labels>,
    /// What damping needs to remember.
    #[serde(default)]
    pub damping: Damping,
}

/// What to do about a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Send this message.
    Tell(Box<Message>),
    /// Damping withholds it: ask again with [`News::DampingEnded`] at this moment.
    Later(Timestamp),
    /// Say nothing.
    Quiet,
}

/// Decides whether `destination` is told of `change`, and yields what is to be remembered in place of `standing`.
pub fn route(destination: &Destination, standing: &Standing, change: &Change<'_>) -> (Decision, Standing) {
    let mut standing = standing.clone();
    let Some(kind) = change.kind() else {
        return (Decision::Quiet, standing);
    };
    if matches!(change.news, News::Transition(_)) && matches!(kind, Kind::Opened | Kind::Reopened) {
        standing.is_started = false;
    }
    let decision = match kind {
        _ if !destination.is_enabled => Decision::Quiet,
        Kind::Acknowledged | Kind::Unacknowledged => handled(destination, &standing, change, kind),
        Kind::Resolved | Kind::Expired => ended(destination, &mut standing, change, kind),
        _ => fired(destination, &mut standing, change, kind),
    };
    if kind == Kind::Resolved {
        standing.is_started = false;
        standing.announced = None;
    }
    (decision, standing)
}

/// Rules 1 and 4: it fires, was not silenced, and is selected or was told of before.
fn fired(destination: &Destination, standing: &mut Standing, change: &Change<'_>, kind: Kind) -> Decision {
    let is_over = change.is_late_opening() && (standing.is_started || !is_firing(change.alert));
    if change.hearing == Hearing::Silenced || is_over {
        return Decision::Quiet;
    }
    if standing.is_started {
        return tell(destination, standing, change, kind);
    }
    if !is_selected(destination, change.alert, kind) {
        return Decision::Quiet;
    }
    if let Some(until) = standing.damping.withhold(destination.damping_secs, change, kind) {
        return Decision::Later(until);
    }
    let decision = tell(destination, standing, change, kind);
    standing.is_started = true;
    standing.damping.release(change);
    decision
}

/// Rules 2 and 3: it is over, and was told of before, or the destination wants recoveries alone. Where nothing ever
/// fired, nobody is told.
fn ended(destination: &Destination, standing: &mut Standing, change: &Change<'_>, kind: Kind) -> Decision {
    let is_told = match standing.is_started {
        _ if change.alert.occurrences == 0 => false,
        true => is_told_of_end(destination, change.alert, kind),
        false => {
            kind == Kind::Resolved
                && change.hearing == Hearing::Audible
                && destination.choice.is_recoveries_only()
                && is_selected(destination, change.alert, kind)
        }
    };
    if is_told { tell(destination, standing, change, kind) } else { Decision::Quiet }
}

fn is_told_of_end(destination: &Destination, alert: &Alert, kind: Kind) -> bool {
    let is_chosen = match &destination.choice {
        Choice::Level(_) => true,
        choice @ Choice::Types(_) => choice.selects(NoticeType::of(kind, alert)),
    };
    is_chosen || destination.kind().opens_incidents()
}

/// Rule 5: somebody has it, or nobody has any more.
fn handled(destination: &Destination, standing: &Standing, change: &Change<'_>, kind: Kind) -> Decision {
    if !standing.is_started || !destination.is_told_of_handling(kind) {
        return Decision::Quiet;
    }
    let mut message = change.message(kind);
    message.is_first = false;
    Decision::Tell(Box::new(message))
}

fn is_selected(destination: &Destination, alert: &Alert, kind: Kind) -> bool {
    destination.choice.selects(NoticeType::of(kind, alert)) && destination.filter.holds(alert)
}

fn tell(destination: &Destination, standing: &mut Standing, change: &Change<'_>, kind: Kind) -> Decision {
    let mut message = change.message(kind);
    message.is_first = !standing.is_started;
    message.flapped = if standing.is_started { 0 } else { standing.damping.withheld() };
    message.announced.clone_from(&standing.announced);
    if kind.is_firing() && destination.target.announces_labels() {
        standing.announced = Some(served_labels(change.alert));
    }
    Decision::Tell(Box::new(message))
}

#[cfg(test)]
mod tests;
