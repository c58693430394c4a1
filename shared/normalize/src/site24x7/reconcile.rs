//! What a row of current status adds to what is stored of its monitor.

use alert::{Alert, AlertEvent, Condition, Signal, Transition, fold};
use jiff::Timestamp;

use super::{StatusRow, identity};

/// After this long without news an open alert is reported once more, lest it expire while its monitor is down.
const RENEWAL_SECS: i64 = 3600;

/// The event by which `stored` learns what `row` knows; `None` where it knows already.
///
/// `stored` is the monitor's alert with its timeline, `now` is our clock. A monitor that is down opens or changes
/// its alert and renews it once an hour; one that is up resolves only what is open; any other state changes nothing.
/// Acknowledgements are left alone.
pub fn reconcile(row: &StatusRow, stored: Option<&Alert>, now: Timestamp) -> Option<AlertEvent> {
    let event = match (row.event.signal, stored) {
        (Signal::Firing, Some(alert)) if is_due(alert, now) => renewal(row, now),
        (Signal::Firing, Some(alert)) if !differs(row, alert) => return None,
        (Signal::Firing, _) => row.event.clone(),
        (Signal::Resolved, Some(alert)) if alert.condition == Condition::Firing => row.event.clone(),
        (Signal::Resolved | Signal::Notice, _) => return None,
    };
    Some(without_ended_episode(event, stored, now))
}

/// The row's event as one that the store has not seen yet, even where the monitor was not checked since the last:
/// the row says that it is down now.
fn renewal(row: &StatusRow, now: Timestamp) -> AlertEvent {
    let event = &row.event;
    let event_id =
        identity::of_renewal(&event.account, &row.monitor_id, row.status.word(), event.occurred_at, now);
    AlertEvent { event_id, ..event.clone() }
}

fn differs(row: &StatusRow, stored: &Alert) -> bool {
    stored.condition != Condition::Firing || stored.severity_raw != row.event.severity_raw
}

/// Whether nothing was heard for so long that the alert could expire, or it has.
fn is_due(stored: &Alert, now: Timestamp) -> bool {
    stored.condition == Condition::Expired
        || stored.condition == Condition::Firing && silence_secs(stored, now) >= RENEWAL_SECS
}

fn silence_secs(stored: &Alert, now: Timestamp) -> i64 {
    now.as_second().saturating_sub(stored.last_received_at.as_second())
}

/// `event` without its episode, if that has ended although the monitor is down later than that: an outage id can
/// outlive its outage, and a firing event of an ended episode would be history only.
fn without_ended_episode(event: AlertEvent, stored: Option<&Alert>, now: Timestamp) -> AlertEvent {
    let Some(stored) = stored.filter(|_| event.signal == Signal::Firing && event.episode.is_some()) else {
        return event;
    };
    let without = AlertEvent { episode: None, ..event.clone() };
    if !is_heard(&event, stored, now) && is_heard(&without, stored, now) { without } else { event }
}

/// Whether `event` would be more than history to `stored`.
fn is_heard(event: &AlertEvent, stored: &Alert, now: Timestamp) -> bool {
    fold(Some(stored.clone()), event, now).transition != Some(Transition::Late)
}
