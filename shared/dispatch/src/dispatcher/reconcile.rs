//! What was notified is compared with what is: when the settings have changed, and once an hour. So nothing that happened while
//! settings were wrong, or whose record was lost, stays untold, and nothing that was notified stays open for good.

use std::collections::BTreeSet;

use alert::Fingerprint;
use jiff::Timestamp;

use super::routing::{MOST_ENTRIES, Outcome};
use super::{Dispatcher, RunContext};
use crate::span::after;
use crate::{
    Cause, Destination, DispatcherState, Due, Entry, EntryKey, OutboxError, Queue, QueueKey, Written, due,
};

/// How often all is compared, in seconds.
const EVERY_SECS: i64 = 3600;
/// How much is read at a time.
const AT_A_TIME: usize = 100;

/// How far a comparison has come: first all that fires, then the queues of each destination.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Firing(Option<String>),
    Queues(String, Option<String>),
}

impl Dispatcher {
    /// Begins a comparison where it is time for one, and goes on with one until `until`.
    pub(super) async fn reconcile(
        &self,
        run: &RunContext,
        state: &mut DispatcherState,
        until: Timestamp,
    ) -> Result<(), OutboxError> {
        let now = self.now();
        let is_new = state.settings_digest != run.settings.digest;
        let is_time = |at: Timestamp| after(at, EVERY_SECS) <= now || at > now;
        if is_new || state.reconciled_at.is_none_or(is_time) {
            state.reconcile_cursor = Some(Step::Firing(None).text());
            state.reconciled_at = Some(now);
            state.settings_digest.clone_from(&run.settings.digest);
        }
        while let Some(cursor) = state.reconcile_cursor.clone() {
            let (next, is_premature) = self.reconcile_step(run, Step::of(&cursor)).await?;
            state.reconcile_cursor = next.map(|step| step.text());
            state.is_premature |= is_premature;
            if self.now() >= until {
                break;
            }
        }
        if state.reconcile_cursor.is_none() && std::mem::take(&mut state.is_premature) {
            state.reconciled_at = None;
        }
        Ok(())
    }

    /// Yields the next step, and whether something is to be compared again soon.
    async fn reconcile_step(
        &self,
        run: &RunContext,
        step: Step,
    ) -> Result<(Option<Step>, bool), OutboxError> {
        let mut is_premature = false;
        let next = match step {
            Step::Firing(cursor) => {
                let page = self.ports.alerts.firing(cursor, AT_A_TIME).await?;
                for alert in &page.items {
                    self.note_inhibitor(run, alert).await?;
                    for destination in run.settings.enabled() {
                        let outcome = self.route_to(run, destination, Cause::Reconciled, alert).await?;
                        is_premature |= outcome == Outcome::Premature;
                    }
                }
                page.next.map(|next| Step::Firing(Some(next))).or_else(|| queues_after(run, ""))
            }
            Step::Queues(id, cursor) => {
                let Some(destination) = run.settings.destination(&id).filter(|found| found.is_enabled) else {
                    return Ok((queues_after(run, &id), false));
                };
                let page = self.outbox().queues(&id, cursor, AT_A_TIME).await?;
                for key in &page.items {
                    is_premature |= self.reconcile_queue(run, destination, key).await?;
                }
                page.next.map(|next| Step::Queues(id.clone(), Some(next))).or_else(|| queues_after(run, &id))
            }
        };
        Ok((next, is_premature))
    }

    /// What was notified and is over is notified over; what is pending is due. Yields whether something is to be compared again
    /// soon.
    async fn reconcile_queue(
        &self,
        run: &RunContext,
        destination: &Destination,
        key: &QueueKey,
    ) -> Result<bool, OutboxError> {
        let entries = self.outbox().entries(key, MOST_ENTRIES).await?;
        let Some(queue) = self.outbox().queue(key).await? else { return Ok(false) };
        if let Some(due) = due_of(destination, &queue, &entries, self.now()) {
            self.make_due(key, &queue.labels, due).await?;
        }
        let known = fingerprints(destination, &queue, &entries);
        let mut is_premature = false;
        for some in known.chunks(AT_A_TIME) {
            let alerts = self.ports.alerts.alerts(some).await?;
            let missing = some.iter().filter(|fingerprint| !alerts.contains_key(*fingerprint));
            self.forget_notified(key, missing.copied().collect()).await?;
            for alert in alerts.values() {
                is_premature |= self.reconcile_notified(run, destination, &queue, alert).await?;
            }
        }
        Ok(is_premature)
    }

    /// Compares in the queue in which it was notified, even where routing has forgotten that group.
    async fn reconcile_notified(
        &self,
        run: &RunContext,
        destination: &Destination,
        queue: &Queue,
        alert: &alert::Alert,
    ) -> Result<bool, OutboxError> {
        let context = self.context(run, alert).await?;
        let pending = match destination.deliver {
            channels::Deliver::State => {
                self.outbox().entry(&queue.key, EntryKey::Alert(alert.fingerprint)).await?
            }
            channels::Deliver::Changes => self.outbox().entries(&queue.key, MOST_ENTRIES).await?.pop(),
        };
        let known = crate::KnownParts {
            routing: None,
            queue: Some(queue),
            pending: pending.as_ref(),
            group: queue.key.group,
        };
        let routed = crate::route(destination, Cause::Reconciled, alert, known, &context);
        let is_premature = self.is_premature(destination, alert, &routed);
        let (Some(entry), Some(due)) = (routed.entry, routed.due) else { return Ok(false) };
        if is_premature || pending.as_ref() == Some(&entry) {
            return Ok(is_premature);
        }
        self.outbox().put_entry(&queue.key, &entry).await?;
        self.make_due(&queue.key, &queue.labels, due).await?;
        Ok(false)
    }

    /// Alerts that are not there any more cannot be notified over: what was notified of them is forgotten.
    async fn forget_notified(&self, key: &QueueKey, missing: Vec<Fingerprint>) -> Result<(), OutboxError> {
        if missing.is_empty() {
            return Ok(());
        }
        let Some(mut queue) = self.outbox().queue(key).await? else { return Ok(()) };
        queue.notified.retain(|fingerprint, _| !missing.contains(fingerprint));
        queue.maybe_notified.retain(|fingerprint, _| !missing.contains(fingerprint));
        if self.outbox().put_queue(&mut queue).await? == Written::Conflict {
            tracing::debug!(group = %key.group, "alerts that are gone were not forgotten, the next comparison does it");
        }
        Ok(())
    }
}

/// When `queue` is to be due because of what is pending.
fn due_of(destination: &Destination, queue: &Queue, entries: &[Entry], now: Timestamp) -> Option<Due> {
    let dues = entries.iter().map(|entry| due(destination, Some(queue), entry, now));
    dues.reduce(|one, other| Due { at: one.at.min(other.at), priority: one.priority.max(other.priority) })
}

/// The alerts that the destination knows or may know to fire. With `deliver: changes` what is pending is said whatever has
/// become of the alert, so that counts as known, too.
fn fingerprints(destination: &Destination, queue: &Queue, entries: &[Entry]) -> Vec<Fingerprint> {
    let is_said = destination.deliver == channels::Deliver::Changes;
    let pending = entries.iter().filter(|_| is_said).map(|entry| entry.fingerprint);
    let known = queue.notified.keys().chain(queue.maybe_notified.keys()).copied().chain(pending);
    known.collect::<BTreeSet<_>>().into_iter().collect()
}

fn queues_after(run: &RunContext, id: &str) -> Option<Step> {
    let ids = run.settings.enabled().map(|destination| destination.id.as_str()).filter(|known| *known > id);
    ids.min().map(|id| Step::Queues(id.to_owned(), None))
}

impl Step {
    fn text(&self) -> String {
        match self {
            Self::Firing(cursor) => format!("firing {}", cursor.as_deref().unwrap_or_default()),
            Self::Queues(id, cursor) => format!("queues {id} {}", cursor.as_deref().unwrap_or_default()),
        }
    }

    fn of(text: &str) -> Self {
        let cursor = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        match text.split_once(' ') {
            Some(("queues", rest)) => {
                let (id, rest) = rest.split_once(' ').unwrap_or((rest, ""));
                Self::Queues(id.to_owned(), cursor(rest))
            }
            Some((_, rest)) => Self::Firing(cursor(rest)),
            None => Self::Firing(None),
        }
    }
}
