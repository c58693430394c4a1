//! When a request that is known already says something new all the same.

use jiff::Timestamp;

use crate::order::{Order, Timing};
use crate::timeline::Mark;
use crate::{Alert, AlertEvent, Condition, EventId, GENERATOR_URL, Labels, Signal};

/// The event that a request of an `event_id` that is known must be recorded as, because what it says is not what holds
/// any more; `None` where it says nothing new.
///
/// `alert` is what holds now. Such an event is
/// - a firing that is heard after the alert expired, of any source;
/// - the newest firing, where it was no occasion to notify anybody before and is one now;
/// - of a source that re-states what holds: a firing after an end, the same end after the same run was heard firing
///   again, or a firing with other annotations.
///
/// Its id follows from the known one and the revision it changes, so that of parallel requests one is recorded.
pub fn heard_again(alert: &Alert, event: &AlertEvent, received_at: Timestamp) -> Option<AlertEvent> {
    let is_restated = event.order.timing == Timing::Restated && alert.timeline.is_older_than(received_at);
    let is_news = match (alert.condition, event.signal) {
        (Condition::Expired, Signal::Firing) => received_at >= alert.condition_since,
        (Condition::Resolved, Signal::Firing) => is_restated,
        (Condition::Firing, Signal::Firing) => {
            (is_restated && !explains_alike(alert, event)) || is_announced_now(alert, event, received_at)
        }
        (Condition::Firing, Signal::Resolved) => {
            is_restated && event.started_at.is_some() && alert.timeline.newest_start() == event.started_at
        }
        (Condition::Resolved | Condition::Expired, Signal::Resolved) | (_, Signal::Notice) => false,
    };
    is_news.then(|| {
        let ids = [event.event_id.to_string(), alert.revision.to_string()];
        let event_id = EventId::of(["campanile-again/1", &ids[0], &ids[1]]);
        let order = Order { again: true, ..event.order };
        AlertEvent { event_id, order, ..event.clone() }
    })
}

/// Whether `event` is what the alert goes by, and an occasion to notify somebody, which it was not before.
fn is_announced_now(alert: &Alert, event: &AlertEvent, received_at: Timestamp) -> bool {
    alert.is_unannounced()
        && !event.is_unannounced()
        && Mark::of(event, received_at).is_some_and(|mark| alert.timeline.is_newest(&mark))
}

/// Whether the event's annotations are those of the alert; replicas differ in the link to themselves.
fn explains_alike(alert: &Alert, event: &AlertEvent) -> bool {
    explaining(&alert.annotations).eq(explaining(&event.annotations))
}

fn explaining(annotations: &Labels) -> impl Iterator<Item = (&String, &String)> {
    annotations.iter().filter(|(name, _)| *name != GENERATOR_URL)
}
