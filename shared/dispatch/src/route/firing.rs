//! It fires: for the first time, again, worse or milder than before.

use alert::{Alert, Source};
use channels::{Deliver, Event};
use jiff::Timestamp;

use super::{Cause, Routed, Routing};
use crate::select::EventType;
use crate::span::after;
use crate::{Damping, Destination, Entry, GroupBy, RoutingState, Waiting, WaitingReason};

impl Routing<'_> {
    pub(super) fn fired(&self, event: Event) -> Routed {
        let is_opening = matches!(event, Event::Opened | Event::Reopened);
        let is_news = matches!(self.cause, Cause::Change(_));
        // Whoever was notified of it before is notified of its end.
        if self.alert.is_unannounced() || self.is_being_withheld() {
            return Routed::default();
        }
        if self.destination.deliver == Deliver::Changes && is_opening && is_news {
            return self.opened(event);
        }
        if self.known_severity().is_none() && self.notified().is_none() {
            return self.opened(event);
        }
        self.changed(event)
    }

    /// Whether just this is both pending and waiting: a claim that found it muted writes down that it waits, and then takes
    /// away what is pending. Pending once more it would be taken away with nothing waiting; as it is, one of both stays.
    fn is_being_withheld(&self) -> bool {
        let is_waiting = self.known.routing.is_some_and(|routing| routing.waiting.is_some());
        let is_same = |entry: &Entry| !entry.is_over && entry.revision == self.alert.revision;
        self.destination.deliver == Deliver::State && is_waiting && self.known.pending.is_some_and(is_same)
    }

    /// The destination knows that it fires, or will.
    fn changed(&self, event: Event) -> Routed {
        let is_notified = self.notified().is_some();
        let is_as_now = |severity| severity == self.alert.severity;
        let is_same = self.notified().is_some_and(|notified| is_as_now(notified.severity))
            && self.doubtful_severity().is_none_or(is_as_now);
        if self.known.pending.is_none() && is_same {
            return self.settled();
        }
        if let Some((reason, until)) = self.context.mutes(self.destination)
            && is_notified
            && self.known.pending.is_none_or(|entry| !entry.is_over)
        {
            return self.waits(reason, until, event);
        }
        let routing = self.known.routing.filter(|routing| routing.waiting.is_some());
        self.pending(
            self.relative(event),
            routing.map(|routing| RoutingState { waiting: None, ..routing.clone() }),
        )
    }

    /// Whether it is worse or milder than the destination knows, which need not be what it was right before.
    fn relative(&self, event: Event) -> Event {
        let is_change = matches!(event, Event::Escalated | Event::Deescalated);
        let known = self.known_severity().filter(|known| is_change && *known != self.alert.severity);
        match known {
            Some(known) if self.alert.severity > known => Event::Escalated,
            Some(_) => Event::Deescalated,
            None => event,
        }
    }

    /// The destination knows nothing of it yet.
    fn opened(&self, event: Event) -> Routed {
        if !self.is_selected() {
            return Routed::default();
        }
        if self.is_repeated_change() {
            return self.pending(event, None);
        }
        let state = self.state(event);
        if let Some(until) = self.rung(&state) {
            return self.waits_as(state, WaitingReason::Rung, until, event);
        }
        // What it may know of a former run is made true, whoever has this one.
        let is_unknown = !self.may_be_notified();
        if is_unknown && self.destination.unless_acknowledged && self.alert.acknowledgement.is_some() {
            return self.stopped(state);
        }
        if let Some((reason, until)) = self.context.mutes(self.destination) {
            return self.waits_as(state, reason, until, event);
        }
        if let Some(until) = self.damped(&state) {
            return self.damped_until(state, until, event);
        }
        self.notified_now(state, event)
    }

    pub(super) fn is_selected(&self) -> bool {
        !is_about_itself(self.destination, self.alert)
            && self.destination.notify_on.selects(EventType::of_firing(self.alert))
            && self.destination.filter.holds(self.alert)
    }

    /// Whether this very change is pending already, because its batch comes again.
    fn is_repeated_change(&self) -> bool {
        let pending = self.known.pending;
        matches!(self.cause, Cause::Change(_))
            && pending.is_some_and(|entry| !entry.is_over && entry.revision == self.alert.revision)
    }

    /// What is remembered from now on: of this run of firing, and of the ladder that began anew with a rise.
    fn state(&self, event: Event) -> RoutingState {
        let is_change = matches!(self.cause, Cause::Change(_));
        let fresh = || {
            let since = if is_change { self.at() } else { self.began_at() };
            RoutingState::new(self.alert.fingerprint, &self.destination.id, self.known.group, since)
        };
        let Some(known) = self.known.routing else { return fresh() };
        let is_opening = matches!(event, Event::Opened | Event::Reopened) && is_change;
        let is_repeat = is_opening && known.opened_at == self.at();
        // A run that ended untold leaves what it waited for; its time is not that of the next run.
        let is_later = !is_change && self.began_at() > known.opened_at;
        let is_new_run =
            known.expires_at.is_some() || is_later || (is_opening && !is_repeat && !self.is_unstopped(known));
        let is_ladder_anew = known.is_stopped && event == Event::Escalated;
        let opened_at = if is_new_run || is_ladder_anew { fresh().opened_at } else { known.opened_at };
        RoutingState {
            group: self.known.group,
            opened_at,
            is_stopped: false,
            is_notified_expired: false,
            expires_at: None,
            waiting: known.waiting.clone().filter(|_| !is_new_run),
            ..known.clone()
        }
    }

    /// Whether it is asked because an acknowledgement was withdrawn that had stopped the ladder.
    const fn is_unstopped(&self, known: &RoutingState) -> bool {
        let is_withdrawn = matches!(
            self.cause,
            Cause::Change(crate::StateChange { reason: crate::ChangeReason::Unacknowledged { .. }, .. })
        );
        known.is_stopped && is_withdrawn
    }

    /// When the run of firing began, of which nothing is remembered.
    fn began_at(&self) -> Timestamp {
        self.alert.started_at.unwrap_or(self.alert.condition_since).min(self.context.now)
    }

    /// When the rung of the ladder is reached, if it is not yet.
    fn rung(&self, state: &RoutingState) -> Option<Timestamp> {
        let until = after(state.opened_at, self.destination.after_secs?);
        (until > self.context.now).then_some(until)
    }

    /// Until when damping withholds it: never what is worse than what was notified last.
    fn damped(&self, state: &RoutingState) -> Option<Timestamp> {
        let until = after(state.damping.notified_at?, self.destination.damping_secs?);
        (until > self.context.now && Some(self.alert.severity) <= state.damping.severity).then_some(until)
    }

    fn damped_until(&self, mut state: RoutingState, until: Timestamp, event: Event) -> Routed {
        let is_waiting =
            state.waiting.as_ref().is_some_and(|waiting| waiting.reason == WaitingReason::Damped);
        if matches!(self.cause, Cause::Change(_)) && !is_waiting {
            state.damping.withheld = state.damping.withheld.saturating_add(1);
        }
        self.waits_as(state, WaitingReason::Damped, until, event)
    }

    fn stopped(&self, state: RoutingState) -> Routed {
        self.remembered(RoutingState { is_stopped: true, waiting: None, ..state })
    }

    /// It is notified now: what is remembered is the group, where it cannot be notified from the alert, and what damping needs.
    fn notified_now(&self, state: RoutingState, event: Event) -> Routed {
        let flapped = state.damping.withheld;
        let damping = match self.destination.damping_secs {
            Some(_) => Damping {
                notified_at: Some(self.context.now),
                severity: Some(self.alert.severity),
                withheld: 0,
            },
            None => Damping::default(),
        };
        let state = RoutingState { waiting: None, damping, ..state };
        let is_needed = self.known.routing.is_some()
            || self.destination.damping_secs.is_some()
            || (matches!(self.destination.group_by, GroupBy::Labels(_))
                && self.destination.deliver == Deliver::State);
        let routing = Some(state).filter(|state| is_needed && Some(state) != self.known.routing);
        let event = if event == Event::Reopened { event } else { Event::Opened };
        let mut routed = self.pending(event, routing);
        if let Some(entry) = &mut routed.entry {
            entry.flapped = flapped;
            if let Some(subject) = &mut entry.subject {
                subject.flapped = flapped;
            }
        }
        routed
    }

    /// What a notified alert has become waits; the rest of what is remembered stays.
    fn waits(&self, reason: WaitingReason, until: Timestamp, event: Event) -> Routed {
        let fresh =
            || RoutingState::new(self.alert.fingerprint, &self.destination.id, self.known.group, self.at());
        let state = self.known.routing.cloned().unwrap_or_else(fresh);
        self.waits_as(RoutingState { expires_at: None, ..state }, reason, until, event)
    }

    fn waits_as(&self, state: RoutingState, reason: WaitingReason, until: Timestamp, event: Event) -> Routed {
        if let Some(waiting) = &state.waiting
            && self.context.keeps(waiting, &reason)
        {
            return self.remembered(state);
        }
        self.remembered(RoutingState { waiting: Some(Waiting { until, reason, event }), ..state })
    }

    fn remembered(&self, state: RoutingState) -> Routed {
        Routed { routing: Some(state).filter(|state| Some(state) != self.known.routing), ..Routed::default() }
    }
}

/// Whether it says that the destination itself fails: the others are notified.
fn is_about_itself(destination: &Destination, alert: &Alert) -> bool {
    alert.source == Source::Campanile && alert.labels.get("destination") == Some(&destination.id)
}
