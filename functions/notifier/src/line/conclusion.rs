//! What follows an answer: it is written down, and says what becomes of the delivery and of its destination.

use std::sync::atomic::Ordering;

use aws::{DeliveryState, Suspension, Turn};
use intake::StoreError;
use jiff::SignedDuration;
use notify::{Hold, Learned, Next, Outcome, PROBE_EVERY_SECS, Probe, Progress, Scope, Verdict, next_attempt};

use super::{Line, MOST_FAILURES};

impl Line<'_> {
    /// Keeps what the answer taught about the destination.
    pub(super) async fn remember(&self, turn: &mut Turn, outcome: &Outcome) -> Result<(), StoreError> {
        let (table, id) = (&self.notifier.platform.table, self.destination.id.as_str());
        for lesson in &outcome.learned {
            match lesson {
                Learned::Thread(thread) => table.learn_thread(id, Some(thread)).await?,
                Learned::ThreadGone => table.learn_thread(id, None).await?,
                // Written with the end of the delivery, which follows at once.
                Learned::Created(at) => self.course(turn).await?.record.created_at = Some(*at),
            }
            self.change(|state| match lesson {
                Learned::Thread(thread) => state.thread = Some(thread.clone()),
                Learned::ThreadGone => state.thread = None,
                Learned::Created(_) => {}
            });
        }
        match outcome.hold {
            Some(hold) => self.hold(hold).await,
            None => Ok(()),
        }
    }

    async fn hold(&self, Hold { scope, wait }: Hold) -> Result<(), StoreError> {
        let now = self.notifier.now();
        let until = now.checked_add(wait).unwrap_or(now);
        self.change(|state| state.held_until = state.held_until.max(Some(until)));
        match scope {
            Scope::Destination => self.notifier.platform.table.hold(&self.destination.id, until).await,
            Scope::EveryDiscord => self.notifier.platform.table.hold_every_discord(until).await,
        }
    }

    /// Writes what became of the delivery. Yields the next turn of its queue if this one is over.
    pub(super) async fn conclude(
        &self,
        mut turn: Turn,
        outcome: Outcome,
    ) -> Result<Option<Turn>, StoreError> {
        let record = &mut turn.delivery.record;
        record.attempts = record.attempts.saturating_add(1);
        record.reason = outcome.reason;
        record.receipt = outcome.receipt;
        let probed = self.probed().take();
        match (outcome.verdict, probed) {
            (Verdict::Sent, _) => self.finish(turn, DeliveryState::Sent).await,
            (Verdict::Failed, _) => self.finish(turn, DeliveryState::Failed).await,
            (Verdict::Retry { from, wait }, None) => self.again(turn, from, wait).await,
            (Verdict::Retry { .. }, Some(suspension)) => self.suspend(turn, suspension.probe).await,
            (Verdict::Suspended(probe), _) => self.suspend(turn, probe).await,
        }
    }

    async fn finish(&self, mut turn: Turn, state: DeliveryState) -> Result<Option<Turn>, StoreError> {
        let delivery = &mut turn.delivery;
        let now = self.notifier.now();
        if state != DeliveryState::Dead {
            self.failures.store(0, Ordering::Relaxed);
        }
        if state != DeliveryState::Sent {
            let reason = delivery.record.reason.as_deref();
            tracing::error!(delivery = %delivery.id, state = state.as_str(), reason, "message given up");
        }
        tracing::trace!(target: intake::COUNTS, measure = measure(state), count = 1);
        delivery.record.state = state;
        delivery.record.finished_at = Some(now);
        delivery.record.next_attempt_at = None;
        self.notifier.platform.table.finish(turn, now).await
    }

    async fn again(
        &self,
        mut turn: Turn,
        from: Progress,
        wait: Option<SignedDuration>,
    ) -> Result<Option<Turn>, StoreError> {
        let delivery = &mut turn.delivery;
        let now = self.notifier.now();
        if self.failures.fetch_add(1, Ordering::Relaxed) + 1 >= MOST_FAILURES {
            self.notifier.note_trouble(&self.destination.id, now);
        }
        let first = delivery.record.first_attempt_at.unwrap_or(now);
        match next_attempt(first, now, delivery.record.attempts, fastrand::f64(), wait) {
            Next::Dead => self.finish(turn, DeliveryState::Dead).await,
            Next::At(at) => {
                delivery.record.progress = from;
                delivery.record.next_attempt_at = Some(at);
                self.notifier.platform.table.postpone(delivery).await?;
                Ok(None)
            }
        }
    }

    /// Holds the delivery and everything else for the destination; the day until it is given up begins anew.
    async fn suspend(&self, mut turn: Turn, probe: Probe) -> Result<Option<Turn>, StoreError> {
        let delivery = &mut turn.delivery;
        let now = self.notifier.now();
        let reason = delivery.record.reason.clone().unwrap_or_default();
        self.close(probe, reason).await?;
        delivery.record.attempts = 0;
        delivery.record.first_attempt_at = None;
        delivery.record.next_attempt_at = Some(now);
        self.notifier.platform.table.postpone(delivery).await?;
        Ok(None)
    }

    /// Suspends the destination.
    pub(crate) async fn close(&self, probe: Probe, reason: String) -> Result<(), StoreError> {
        let now = self.notifier.now();
        let (id, host) = (self.destination.id.as_str(), self.destination.host());
        tracing::warn!(destination = id, host, reason, "destination suspended");
        let since =
            self.round.states.get(id).and_then(|state| state.suspension.as_ref()).map(|known| known.since);
        let suspension = Suspension {
            since: since.unwrap_or(now),
            reason,
            probe,
            next_probe_at: now.checked_add(SignedDuration::from_secs(PROBE_EVERY_SECS)).unwrap_or(now),
            settings_digest: self.destination.settings_digest().to_owned(),
        };
        self.notifier.platform.table.suspend(id, &suspension).await?;
        self.change(|state| state.suspension = Some(suspension));
        Ok(())
    }
}

/// The metric that counts notifications which ended in `state`.
const fn measure(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Sent => "NotificationsSent",
        DeliveryState::Dead => "NotificationsDeadLettered",
        _ => "NotificationsFailed",
    }
}
