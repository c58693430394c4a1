//! A batch of state changes is routed; nothing is sent here, so no destination waits for another one.

use std::collections::{BTreeMap, BTreeSet};

use alert::Fingerprint;
use futures::{StreamExt, stream};

use super::routing::Outcome;
use super::{Dispatcher, MOST_CONFLICTS, RunContext, chain, gave_up};
use crate::{Cause, OutboxError, StateChange, Written};

/// How many alerts are routed at a time.
const ABREAST: usize = 16;

impl Dispatcher {
    /// Routes `changes`, which are in order for each alert, and wakes every destination that has something due. Yields the
    /// places of those that failed; what follows one of them for the same alert is among them, so that the order stays.
    ///
    /// May be repeated: a change that was routed before leaves everything as it is.
    pub async fn handle_changes(&self, changes: &[StateChange]) -> Result<BTreeSet<usize>, OutboxError> {
        let run = self.run_context().await?;
        let mut by_alert: BTreeMap<Fingerprint, Vec<usize>> = BTreeMap::new();
        for (place, change) in changes.iter().enumerate() {
            by_alert.entry(change.alert.fingerprint).or_default().push(place);
        }
        let failed = self.note_inhibitors(&run, changes, &by_alert).await;
        let each = by_alert.into_values().map(|places| self.route_alert(&run, changes, places, &failed));
        let results: Vec<_> = stream::iter(each).buffer_unordered(ABREAST).collect().await;
        let (mut failures, mut due) = (BTreeSet::new(), BTreeSet::new());
        for (failed, destinations) in results {
            failures.extend(failed);
            due.extend(destinations);
        }
        self.note_settings(&run).await?;
        self.wake_all(due).await;
        Ok(failures)
    }

    /// Has the next tick compare what was notified with what is, if these changes were routed by other settings than the last
    /// tick had: by a process that knows newer or older ones, or while they were wrong or missing.
    async fn note_settings(&self, run: &RunContext) -> Result<(), OutboxError> {
        for _ in 0..MOST_CONFLICTS {
            let mut state = self.outbox().dispatcher_state().await?;
            let is_known = state.settings_digest == run.settings.digest;
            if is_known || state.reconciled_at.is_none() {
                return Ok(());
            }
            state.settings_digest.clone_from(&run.settings.digest);
            state.reconciled_at = None;
            if self.outbox().put_dispatcher_state(&mut state).await? == Written::Done {
                return Ok(());
            }
        }
        Err(gave_up("have what was routed by other settings compared"))
    }

    /// What mutes others is noted before anything is routed: what comes in one batch came together.
    async fn note_inhibitors(
        &self,
        run: &RunContext,
        changes: &[StateChange],
        by_alert: &BTreeMap<Fingerprint, Vec<usize>>,
    ) -> BTreeSet<Fingerprint> {
        let mut failed = BTreeSet::new();
        for (fingerprint, places) in by_alert {
            let Some(change) = places.last().and_then(|place| changes.get(*place)) else { continue };
            if let Err(error) = self.note_inhibitor(run, &change.alert).await {
                tracing::error!(alert = %fingerprint, error = chain(&error), "what an alert mutes was not noted");
                failed.insert(*fingerprint);
            }
        }
        failed
    }

    /// Routes the changes of one alert in order, and none after a failure.
    async fn route_alert(
        &self,
        run: &RunContext,
        changes: &[StateChange],
        places: Vec<usize>,
        failed: &BTreeSet<Fingerprint>,
    ) -> (Vec<usize>, BTreeSet<String>) {
        let mut due = BTreeSet::new();
        for (done, place) in places.iter().enumerate() {
            let Some(change) = changes.get(*place) else { continue };
            let is_failed = failed.contains(&change.alert.fingerprint);
            if is_failed || !self.route_change(run, change, &mut due).await {
                return (places.get(done..).unwrap_or_default().to_vec(), due);
            }
        }
        (Vec::new(), due)
    }

    /// Routes one change to every destination; one that fails keeps it from no other.
    async fn route_change(&self, run: &RunContext, change: &StateChange, due: &mut BTreeSet<String>) -> bool {
        if change.event().is_none() {
            return true;
        }
        let mut is_routed = true;
        for destination in run.settings.enabled() {
            match self.route_to(run, destination, Cause::Change(change), &change.alert).await {
                Ok(Outcome::Due) => drop(due.insert(destination.id.clone())),
                Ok(Outcome::NotDue | Outcome::Premature) => {}
                Err(error) => {
                    is_routed = false;
                    let (alert, destination) = (change.alert.fingerprint, &destination.id);
                    tracing::error!(%alert, destination, error = chain(&error), "state change not routed");
                }
            }
        }
        is_routed
    }

    pub(super) async fn wake_all(&self, destinations: BTreeSet<String>) {
        for destination in destinations {
            if let Err(error) = self.ports.wake.wake(&destination).await {
                tracing::warn!(
                    destination,
                    error = chain(&error),
                    "destination not woken, the next tick does it"
                );
            }
        }
    }
}
