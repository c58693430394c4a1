//! How a destination fares is kept in the table, not in a process: holds, suspensions, failures in a row, counts.

use channels::{Hold, HoldScope, Probe};
use jiff::Timestamp;

use super::attempt::{Attempted, Ending};
use super::{Dispatcher, MOST_CONFLICTS, gave_up};
use crate::counts::{FAILED, count};
use crate::schedule::whole_seconds;
use crate::span::after;
use crate::{Destination, DestinationState, HourCount, OutboxError, PROBE_EVERY_SECS, Suspension, Written};

impl Dispatcher {
    /// Changes how `id` fares; `change` yields whether anything is to be written, and may be asked again.
    pub(super) async fn update_state(
        &self,
        id: &str,
        change: impl Fn(&mut DestinationState) -> bool + Send + Sync,
    ) -> Result<DestinationState, OutboxError> {
        for _ in 0..MOST_CONFLICTS {
            let known = self.outbox().destination_state(id).await?;
            let mut state = known.unwrap_or_else(|| DestinationState::new(id));
            if !change(&mut state) || self.outbox().put_destination_state(&mut state).await? == Written::Done
            {
                return Ok(state);
            }
        }
        Err(gave_up("write down how a destination fares"))
    }

    /// What an attempt taught about the destination as a whole.
    pub(super) async fn note_fares(
        &self,
        destination: &Destination,
        attempted: &Attempted,
    ) -> Result<(), OutboxError> {
        let now = self.now();
        if let Some(Hold { scope: HoldScope::Everyone(scope), wait, .. }) = &attempted.hold {
            let until = after(now, whole_seconds(*wait));
            let id = DestinationState::scope_id(scope);
            self.update_state(&id, |state| hold(state, until, "")).await?;
        }
        let before = self.update_state(&destination.id, |_| false).await?;
        self.update_state(&destination.id, |state| {
            note(state, destination, attempted, now);
            true
        })
        .await?;
        say(destination, &before, attempted);
        if matches!(attempted.ending, Ending::Retry { .. } | Ending::Suspended(_)) {
            count(FAILED, &destination.id, 1);
        }
        Ok(())
    }
}

/// Logs the first failure of a run, its end, and a suspension.
fn say(destination: &Destination, before: &DestinationState, attempted: &Attempted) {
    let (id, host, reason) = (&destination.id, destination.channel.host(), attempted.reason.as_deref());
    match &attempted.ending {
        Ending::Suspended(_) if before.suspension.is_none() => {
            tracing::warn!(destination = id, host, reason, "destination suspended");
        }
        Ending::Retry { .. } if before.failing_since.is_none() => {
            tracing::warn!(destination = id, host, reason, "destination fails");
        }
        Ending::Sent | Ending::Failed if before.failing_since.is_some() => {
            tracing::info!(destination = id, host, "destination recovered");
        }
        _ => {}
    }
}

fn note(state: &mut DestinationState, destination: &Destination, attempted: &Attempted, now: Timestamp) {
    if let Some(memory) = &attempted.shared_memory {
        state.shared_memory = memory.clone();
    }
    if let Some(Hold { scope: HoldScope::Destination, wait, .. }) = &attempted.hold {
        hold(state, after(now, whole_seconds(*wait)), &destination.settings_digest);
    }
    match &attempted.ending {
        // A notification that is refused by itself was answered: the destination is well.
        Ending::Sent | Ending::Failed => {
            state.failures = 0;
            state.failing_since = None;
            state.last_error = None;
            state.suspension = None;
        }
        Ending::Paused { .. } => {}
        Ending::Retry { .. } | Ending::Suspended(_) => fail(state, destination, attempted, now),
    }
    if attempted.ending == Ending::Sent {
        state.last_success_at = Some(now);
        hour(state, now).sent += 1;
    }
}

fn fail(state: &mut DestinationState, destination: &Destination, attempted: &Attempted, now: Timestamp) {
    state.failures = state.failures.saturating_add(1);
    state.failing_since = state.failing_since.or(Some(now));
    state.last_error.clone_from(&attempted.reason);
    hour(state, now).failed += 1;
    let known = state.suspension.take();
    let digest = &destination.settings_digest;
    let known = known.filter(|known| known.settings_digest == *digest);
    let probe = match (&attempted.ending, &known) {
        (Ending::Suspended(probe), _) => *probe,
        // A probe that failed otherwise.
        (_, Some(known)) => known.probe,
        _ => return,
    };
    let since = known.map_or(now, |known| known.since);
    state.suspension = Some(suspension(since, probe, attempted, digest, now));
}

fn suspension(
    since: Timestamp,
    probe: Probe,
    attempted: &Attempted,
    digest: &str,
    now: Timestamp,
) -> Suspension {
    Suspension {
        since,
        reason: attempted.reason.clone().unwrap_or_default(),
        probe,
        next_probe_at: after(now, PROBE_EVERY_SECS),
        settings_digest: digest.to_owned(),
    }
}

/// Nothing is sent before `until`; a hold that was wished with other settings counts no more.
fn hold(state: &mut DestinationState, until: Timestamp, digest: &str) -> bool {
    let known = state.held_until.filter(|_| state.held_digest == digest);
    if known >= Some(until) {
        return false;
    }
    state.held_until = Some(until);
    digest.clone_into(&mut state.held_digest);
    true
}

fn hour(state: &mut DestinationState, now: Timestamp) -> &mut HourCount {
    let hour = now.as_second().div_euclid(3600);
    let [present, former] = &mut state.hours;
    if present.hour != hour {
        *former = *present;
        *present = HourCount { hour, ..HourCount::default() };
    }
    present
}
