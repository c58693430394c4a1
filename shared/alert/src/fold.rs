//! How events become an alert.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::order::Timing;
use crate::texts;
use crate::timeline::{Mark, TimelineState};
use crate::word::words;
use crate::{Alert, AlertEvent, Condition, Handling, Severity, Signal, Timeline};

/// What one event changed about its alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Transition {
    /// It fires, for the first time of its life.
    Opened,
    /// It says again what was known.
    Repeated,
    /// It became worse.
    Escalated,
    /// It became milder.
    Deescalated,
    /// It is over, or a recovery came of which no firing was ever seen.
    Resolved,
    /// Nothing was heard for too long.
    Expired,
    /// It fires again after it was over.
    Reopened,
    /// It is older than what is known, or fires for an episode that has ended: history only.
    Late,
}

words!(
    Transition is a "transition":
    Opened "opened", Repeated "repeated", Escalated "escalated", Deescalated "deescalated", Resolved "resolved",
    Expired "expired", Reopened "reopened", Late "late",
);

/// What [`fold`] yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// The alert after the event; `None` only if there was none before and the event is a notice.
    pub alert: Option<Alert>,
    /// What changed; `None` for a notice.
    pub transition: Option<Transition>,
    /// Whether the sender's clock is behind, so that the event counts as of the moment of its reception.
    pub clock_is_behind: bool,
}

/// Folds `event`, which reached us at `received_at`, into what is known of its alert.
///
/// Total. Of events that their source places in time, condition, severity and times after a set of events are the same
/// however the set was shuffled (see [`Timeline`] for the one bound); of those that it re-states, what was received last
/// holds. A duplicate must not be folded; its request is recognised by `event_id` before, see
/// [`heard_again`](crate::heard_again) for the exception.
pub fn fold(alert: Option<Alert>, event: &AlertEvent, received_at: Timestamp) -> Folded {
    let Some(mark) = Mark::of(event, received_at) else {
        return Folded { alert, transition: None, clock_is_behind: false };
    };
    let known = alert.as_ref().map(Known::of);
    let mut alert = alert.unwrap_or_else(|| blank(event, received_at));
    let clock_is_behind = alert.timeline.is_behind(&mark, event.source, event.order.timing);
    let mark = match event.order.timing {
        Timing::Live if clock_is_behind => alert.timeline.at_reception(mark.said_at_reception()),
        Timing::Live | Timing::Logged if counts_as_of_reception(event, received_at) => {
            alert.timeline.at_reception(mark)
        }
        Timing::Person => alert.timeline.right_after_all(mark),
        Timing::Live | Timing::Logged | Timing::Restated => mark,
    };
    let is_newest = alert.timeline.is_newest(&mark);
    let revives = known.as_ref().is_some_and(|known| known.is_revived_by(event, received_at))
        && !alert.timeline.has_ended(&mark);
    let happened_at = if clock_is_behind { mark.at() } else { event.occurred_at };

    // What a source places in time stands there already.
    if !event.order.again || event.order.timing == Timing::Restated {
        alert.timeline.insert(mark);
    }
    if let Some(reading) = alert.timeline.read() {
        apply(&mut alert, reading);
    }
    let is_news = is_newest && alert.condition.is_of(event.signal);
    if is_news {
        describe(&mut alert, event);
    }
    alert.first_seen = alert.first_seen.min(event.occurred_at);
    alert.last_seen = alert.last_seen.max(happened_at);
    alert.last_received_at = alert.last_received_at.max(received_at);
    alert.revision = alert.revision.saturating_add(1);

    let transition = transition(known, &mut alert, is_news || revives);
    count(&mut alert, event.signal, transition);
    renew(&mut alert, event, is_news);
    release(&mut alert, transition);
    alert.last_transition = Some(transition);
    Folded { alert: Some(alert), transition: Some(transition), clock_is_behind }
}

/// Ends a firing alert of which nothing was heard for too long; `at` is our clock. Its episode goes on, so that
/// the next event of the source reopens it. An alert that does not fire stays as it is.
pub fn expire(mut alert: Alert, at: Timestamp) -> Alert {
    if alert.condition == Condition::Firing {
        alert.condition = Condition::Expired;
        alert.condition_since = at;
        alert.ended_at = Some(at);
        alert.revision = alert.revision.saturating_add(1);
        alert.last_transition = Some(Transition::Expired);
        release(&mut alert, Transition::Expired);
    }
    alert
}

/// What a transition is measured against.
struct Known {
    condition: Condition,
    condition_since: Timestamp,
    ended_at: Option<Timestamp>,
    severity: Severity,
    occurrences: u64,
}

impl Known {
    fn of(alert: &Alert) -> Self {
        Self {
            condition: alert.condition,
            condition_since: alert.condition_since,
            ended_at: alert.ended_at,
            severity: alert.severity,
            occurrences: alert.occurrences,
        }
    }

    /// Whether `event` is a firing that was heard after the alert had expired. What is read from a log was not heard then.
    fn is_revived_by(&self, event: &AlertEvent, received_at: Timestamp) -> bool {
        self.condition == Condition::Expired
            && event.signal == Signal::Firing
            && event.order.timing != Timing::Logged
            && self.condition_since <= received_at
    }
}

impl Condition {
    /// Whether a signal says this.
    fn is_of(self, signal: Signal) -> bool {
        match self {
            Self::Firing => signal == Signal::Firing,
            Self::Resolved => signal == Signal::Resolved,
            Self::Expired => false,
        }
    }
}

/// Whether the source has stated no time, or one that lies ahead.
fn counts_as_of_reception(event: &AlertEvent, received_at: Timestamp) -> bool {
    event.order.sent_at.is_some() || event.occurred_at == received_at
}

fn count(alert: &mut Alert, signal: Signal, transition: Transition) {
    if signal == Signal::Firing {
        alert.occurrences = alert.occurrences.saturating_add(1);
    }
    if transition == Transition::Reopened {
        alert.flaps = alert.flaps.saturating_add(1);
    }
}

/// Puts off when a firing alert expires: of one run the latest deadline counts, in whatever order the firings came.
fn renew(alert: &mut Alert, event: &AlertEvent, is_news: bool) {
    if alert.condition != Condition::Firing {
        alert.expires_at = None;
    } else if event.signal == Signal::Firing {
        alert.expires_at = match (alert.expires_at, event.expires_at) {
            (Some(known), Some(stated)) => Some(known.max(stated)),
            (known, stated) => {
                if is_news {
                    stated
                } else {
                    known
                }
            }
        };
    }
}

/// What the event changed; `is_heard` says whether it is news, or was heard after the alert expired.
fn transition(known: Option<Known>, alert: &mut Alert, is_heard: bool) -> Transition {
    use Condition::{Expired, Firing, Resolved};
    let Some(known) = known else {
        return if alert.condition == Firing { Transition::Opened } else { Transition::Resolved };
    };
    match (known.condition, alert.condition) {
        (Expired, Firing) if !is_heard => {
            alert.condition = Expired;
            alert.condition_since = known.condition_since;
            alert.ended_at = known.ended_at;
            Transition::Late
        }
        (Resolved | Expired, Firing) if known.occurrences == 0 => Transition::Opened,
        (Resolved | Expired, Firing) => Transition::Reopened,
        (Firing | Expired, Resolved) => Transition::Resolved,
        (Firing, Firing) if alert.severity > known.severity => Transition::Escalated,
        (Firing, Firing) if alert.severity < known.severity => Transition::Deescalated,
        _ if is_heard => Transition::Repeated,
        _ => Transition::Late,
    }
}

/// Ends an acknowledgement where the alert has ended or become worse.
fn release(alert: &mut Alert, transition: Transition) {
    if matches!(transition, Transition::Resolved | Transition::Expired | Transition::Escalated) {
        alert.acknowledgement = None;
        alert.handling = Handling::Open;
    }
}

fn apply(alert: &mut Alert, reading: TimelineState) {
    alert.condition = reading.condition;
    alert.condition_since = reading.condition_since;
    alert.started_at = reading.started_at;
    alert.ended_at = reading.ended_at;
    // Of recoveries alone nothing is known but that it is over.
    alert.severity = reading.severity.unwrap_or(Severity::Info);
    alert.episode = reading.episode;
}

fn describe(alert: &mut Alert, event: &AlertEvent) {
    match event.signal {
        Signal::Resolved => texts::end(alert, event),
        Signal::Firing | Signal::Notice => texts::replace(alert, event),
    }
    alert.auto_resolve = event.auto_resolve;
    if event.order.timing == Timing::Restated {
        alert.episode.clone_from(&event.episode);
    }
}

/// An alert of which nothing is known yet but its identity; the event that made it fills in the rest.
fn blank(event: &AlertEvent, received_at: Timestamp) -> Alert {
    Alert {
        fingerprint: event.fingerprint,
        source: event.source,
        account: event.account.clone(),
        condition: Condition::Resolved,
        handling: Handling::Open,
        severity: Severity::Info,
        severity_raw: String::new(),
        title: String::new(),
        summary: None,
        resource: None,
        service: None,
        value: None,
        url: None,
        labels: [].into(),
        annotations: [].into(),
        first_seen: event.occurred_at,
        last_seen: event.occurred_at,
        last_received_at: received_at,
        condition_since: event.occurred_at,
        started_at: None,
        ended_at: None,
        auto_resolve: event.auto_resolve,
        episode: None,
        expires_at: None,
        occurrences: 0,
        duplicates: 0,
        flaps: 0,
        revision: 0,
        last_transition: None,
        acknowledgement: None,
        silenced_by: Vec::new(),
        inhibited_by: Vec::new(),
        timeline: Timeline::default(),
    }
}
