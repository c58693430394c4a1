//! It is over.

use channels::{Deliver, Event};

use super::{Cause, Routed, Routing};
use crate::RoutingState;
use crate::select::EventType;
use crate::span::after;

/// For how long what is remembered of an alert outlives its end, in seconds.
const REMEMBERED_SECS: i64 = 3 * 24 * 3600;

impl Routing<'_> {
    /// Notified if its opening was, or is pending, whatever mutes it now; else only to who wants recoveries alone.
    pub(super) fn ended(&self, event: Event) -> Routed {
        // An end that is pending is not notified twice, whatever was withheld since.
        let is_known = self.known.pending.map_or(self.may_be_notified(), |entry| !entry.is_over);
        let was_expired = self.known.routing.is_some_and(|routing| routing.is_notified_expired);
        if self.alert.occurrences == 0 {
            return Routed::default();
        }
        if is_known || (was_expired && event == Event::Resolved) {
            return self.pending(event, self.after_end(event));
        }
        if self.is_wanted_alone(event) {
            return self.pending(event, None);
        }
        self.unnotified_end()
    }

    /// What is remembered after the end.
    fn after_end(&self, event: Event) -> Option<RoutingState> {
        let is_notified_expired = event == Event::Expired && self.destination.deliver == Deliver::Changes;
        let fresh =
            || RoutingState::new(self.alert.fingerprint, &self.destination.id, self.known.group, self.at());
        let known = self.known.routing.cloned().or_else(|| is_notified_expired.then(fresh))?;
        let expires_at = Some(known.expires_at.unwrap_or_else(|| after(self.context.now, REMEMBERED_SECS)));
        let state =
            RoutingState { waiting: None, is_stopped: false, is_notified_expired, expires_at, ..known };
        Some(state).filter(|state| Some(state) != self.known.routing)
    }

    /// Nothing is notified of it. With `deliver: state` what waited is left alone, since it is compared with the alert when its
    /// time comes: a blip costs one write.
    fn unnotified_end(&self) -> Routed {
        let is_waiting = self.known.routing.is_some_and(|routing| routing.waiting.is_some());
        let has_memory = self.known.routing.is_some_and(|routing| routing.is_stopped);
        if (self.destination.deliver == Deliver::Changes && is_waiting) || has_memory {
            return Routed { routing: self.after_end(Event::Resolved), ..Routed::default() };
        }
        Routed::default()
    }

    /// Rule 3: a destination that wants recoveries alone.
    fn is_wanted_alone(&self, event: Event) -> bool {
        event == Event::Resolved
            && matches!(self.cause, Cause::Change(_))
            && self.context.mutes(self.destination).is_none()
            && self.destination.notify_on.is_recoveries_only()
            && self.destination.notify_on.selects(EventType::of_end(self.alert))
            && self.destination.filter.holds(self.alert)
    }
}
