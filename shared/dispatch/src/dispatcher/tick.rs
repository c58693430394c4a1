//! A tick of the schedule: what waited is decided again, silences are followed, what was notified is compared with what is, and
//! whoever has something due is woken. Precision is the tick's minute.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use alert::{Fingerprint, SilenceState};
use channels::Deliver;
use jiff::Timestamp;

use super::{Dispatcher, RunContext, chain};
use crate::availability::suspension;
use crate::counts::{OLDEST_PENDING_SECONDS, SUSPENDED, count, count_all};
use crate::span::before;
use crate::{
    Availability, Cause, Destination, DestinationState, DispatcherState, DueQueue, OutboxError, RoutingState,
    WaitingReason, Written,
};

/// How much of what was decided is looked at again: clocks differ.
const SLACK_SECS: i64 = 300;
/// How many decisions are read at a time.
const AT_A_TIME: usize = 500;

impl Dispatcher {
    /// Sees to everything whose time has come, until `until`.
    ///
    /// May be repeated at any time. What cannot be looked at now is looked at in the next tick, and keeps nobody from
    /// what is due.
    pub async fn tick(&self, until: Timestamp) -> Result<(), OutboxError> {
        let run = self.run_context().await?;
        let mut state = self.outbox().dispatcher_state().await?;
        let begun = state.clone();
        let silences = silences_digest(&run, self.now());
        let is_anew = state.silences_digest != silences || state.settings_digest != run.settings.digest;
        if self.decide_all(&run, &mut state, is_anew).await {
            state.silences_digest = silences;
        }
        if let Err(error) = self.reconcile(&run, &mut state, until).await {
            tracing::error!(error = chain(&error), "could not compare what was notified with what holds");
        }
        if state != begun && self.outbox().put_dispatcher_state(&mut state).await? == Written::Conflict {
            tracing::warn!("another tick ran at the same time");
        }
        self.look_after(&run).await
    }

    /// Decides again what waited for each destination; all of it where silences or settings have changed. Yields whether all
    /// could be decided.
    async fn decide_all(&self, run: &RunContext, state: &mut DispatcherState, is_anew: bool) -> bool {
        let mut is_done = true;
        state.decided_until.retain(|id, _| run.settings.destination(id).is_some());
        for destination in run.settings.enabled() {
            match self
                .decide_waiting(run, destination, state.decided_until.get(&destination.id), is_anew)
                .await
            {
                Ok(decided) => drop(state.decided_until.insert(destination.id.clone(), decided)),
                Err(error) => {
                    is_done = false;
                    let destination = &destination.id;
                    tracing::error!(destination, error = chain(&error), "what waited was not decided");
                }
            }
        }
        is_done
    }

    /// Decides again what waited for `destination` since `decided`. Yields until when everything is decided.
    async fn decide_waiting(
        &self,
        run: &RunContext,
        destination: &Destination,
        decided: Option<&Timestamp>,
        is_anew: bool,
    ) -> Result<Timestamp, OutboxError> {
        let now = self.now();
        // A clock that was put back makes what was decided worthless.
        let known = decided.filter(|decided| **decided <= now && !is_anew);
        let mut after = known.map(|decided| before(*decided, SLACK_SECS));
        let until = if is_anew { Timestamp::MAX } else { now };
        let mut seen = BTreeSet::new();
        loop {
            let waiting = self.outbox().waiting(&destination.id, after, until, AT_A_TIME).await?;
            let is_last = waiting.len() < AT_A_TIME;
            after = waiting.last().and_then(|last| last.waiting.as_ref()).map(|waiting| waiting.until);
            for state in waiting.into_iter().filter(|state| is_to_be_decided(state, now)) {
                if seen.insert(state.fingerprint) {
                    self.decide(run, destination, state.fingerprint).await?;
                }
            }
            if is_last {
                // Where nothing waited nothing is to be written down either.
                return Ok(decided.copied().filter(|_| seen.is_empty()).unwrap_or(now));
            }
        }
    }

    /// Decides again whether `destination` is notified of an alert.
    pub(super) async fn decide(
        &self,
        run: &RunContext,
        destination: &Destination,
        fingerprint: Fingerprint,
    ) -> Result<(), OutboxError> {
        let find = || async { Ok(self.ports.alerts.alerts(&[fingerprint]).await?.remove(&fingerprint)) };
        let Some(alert) = find().await? else { return Ok(()) };
        self.route_to(run, destination, Cause::Waited, &alert).await?;
        // Of what is over by now its change may have found nothing that was notified.
        if destination.deliver == Deliver::Changes
            && let Some(now) = find().await?
            && now.condition != alert.condition
        {
            self.route_to(run, destination, Cause::Waited, &now).await?;
        }
        Ok(())
    }

    /// Wakes whoever has something due and may be notified, counts who is suspended and what is overdue, and opens
    /// alerts for destinations that fail.
    async fn look_after(&self, run: &RunContext) -> Result<(), OutboxError> {
        let states = self.states().await?;
        count_all(SUSPENDED, suspended(run, &states));
        let mut due = BTreeSet::new();
        for destination in run.settings.enabled() {
            let unknown = DestinationState::new(&destination.id);
            let state = states.get(&destination.id).unwrap_or(&unknown);
            let oldest = self.outbox().upcoming(&destination.id, 1).await?.pop();
            if self.is_to_be_woken(destination, state, oldest.as_ref()).await? {
                due.insert(destination.id.clone());
            }
            if let Err(error) = self.look_after_failure(destination, state, oldest.is_some()).await {
                let destination = &destination.id;
                tracing::error!(
                    destination,
                    error = chain(&error),
                    "could not raise the alert of a failing destination"
                );
            }
        }
        self.wake_all(due).await;
        Ok(())
    }

    async fn look_after_failure(
        &self,
        destination: &Destination,
        state: &DestinationState,
        is_waiting: bool,
    ) -> Result<(), OutboxError> {
        if is_waiting {
            return self.alert_of_failure(destination, state).await;
        }
        let state = self.forget_failure(destination, state).await?;
        self.alert_of_failure(destination, &state).await
    }

    async fn is_to_be_woken(
        &self,
        destination: &Destination,
        state: &DestinationState,
        oldest: Option<&DueQueue>,
    ) -> Result<bool, OutboxError> {
        let now = self.now();
        let overdue = oldest.map_or(0, |oldest| now.duration_since(oldest.due_at).as_secs().max(0));
        count(OLDEST_PENDING_SECONDS, &destination.id, overdue);
        if self.outbox().due(&destination.id, now, 1).await?.is_empty() {
            return Ok(false);
        }
        Ok(match self.availability(destination, state).await? {
            Availability::Open | Availability::Cautious | Availability::Probe | Availability::Ownership => {
                true
            }
            Availability::Held(_) | Availability::Closed => false,
        })
    }
}

/// Whether its time has come, or what it waits for may have ended early.
fn is_to_be_decided(state: &RoutingState, now: Timestamp) -> bool {
    state.waiting.as_ref().is_some_and(|waiting| {
        waiting.until <= now || !matches!(waiting.reason, WaitingReason::Rung | WaitingReason::Damped)
    })
}

/// How many destinations get nothing until they are repaired.
fn suspended(run: &RunContext, states: &HashMap<String, DestinationState>) -> usize {
    let is_suspended = |destination: &&Destination| {
        states.get(&destination.id).is_some_and(|state| suspension(destination, state).is_some())
    };
    run.settings.enabled().filter(is_suspended).count()
}

/// Changes whenever another set of silences is active.
fn silences_digest(run: &RunContext, now: Timestamp) -> String {
    let active = run.silences.iter().filter(|silence| silence.state(now) == SilenceState::Active);
    let by_id: BTreeMap<_, _> = active.map(|silence| (silence.id.to_string(), &silence.matchers)).collect();
    let texts = by_id
        .into_iter()
        .flat_map(|(id, matchers)| std::iter::once(id).chain(matchers.iter().map(ToString::to_string)));
    Fingerprint::of(texts).to_string()
}
