//! How events become an alert.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::texts;
use crate::timeline::{Mark, Reading};
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
}

/// Folds `event`, which reached us at `received_at`, into what is known of its alert.
///
/// Total, and free of any order: condition, severity and times after a set of events are the same however
/// the set was shuffled (see [`Timeline`] for the one bound). A duplicate must not be folded; its delivery is
/// recognised by `event_id` before.
pub fn fold(alert: Option<Alert>, event: &AlertEvent, received_at: Timestamp) -> Folded {
    let Some(mark) = Mark::of(event) else {
        return Folded { alert, transition: None };
    };
    let known = alert.as_ref().map(Known::of);
    let mut alert = alert.unwrap_or_else(|| blank(event, received_at));
    let is_news = alert.timeline.is_news(&mark);

    alert.timeline.insert(mark);
    if let Some(reading) = alert.timeline.read() {
        apply(&mut alert, reading);
    }
    if is_news {
        describe(&mut alert, event);
    }
    alert.first_seen = alert.first_seen.min(event.occurred_at);
    alert.last_seen = alert.last_seen.max(event.occurred_at);
    alert.last_received_at = alert.last_received_at.max(received_at);
    alert.revision = alert.revision.saturating_add(1);

    let transition = transition(known, &mut alert, is_news);
    if event.signal == Signal::Firing {
        alert.occurrences = alert.occurrences.saturating_add(1);
    }
    if transition == Transition::Reopened {
        alert.flaps = alert.flaps.saturating_add(1);
    }
    release(&mut alert, transition);
    Folded { alert: Some(alert), transition: Some(transition) }
}

/// Ends a firing alert of which nothing was heard for too long; `at` is our clock. Its episode goes on, so that
/// the next event of the source reopens it. An alert that does not fire stays as it is.
pub fn expire(mut alert: Alert, at: Timestamp) -> Alert {
    if alert.condition == Condition::Firing {
        alert.condition = Condition::Expired;
        alert.condition_since = at;
        alert.ended_at = Some(at);
        alert.revision = alert.revision.saturating_add(1);
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
}

fn transition(known: Option<Known>, alert: &mut Alert, is_news: bool) -> Transition {
    use Condition::{Expired, Firing, Resolved};
    let Some(known) = known else {
        return if alert.condition == Firing { Transition::Opened } else { Transition::Resolved };
    };
    match (known.condition, alert.condition) {
        (Expired, Firing) if !is_news => {
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
        _ if is_news => Transition::Repeated,
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

fn apply(alert: &mut Alert, reading: Reading) {
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
    // Of one run the latest deadline counts, in whatever order the firings came.
    alert.expires_at = match event.signal {
        Signal::Firing => alert.expires_at.max(event.expires_at),
        Signal::Resolved | Signal::Notice => None,
    };
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
        acknowledgement: None,
        silenced_by: Vec::new(),
        timeline: Timeline::default(),
    }
}
