//! The line to one destination: what waits is sent, in order per alert, and every answer is written down.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws::{Delivery, DeliveryState, DestinationState, Suspension};
use futures::{StreamExt, stream};
use intake::{StoreError, chain};
use jiff::{SignedDuration, Timestamp};
use notify::{
    Attempt, Destination, Hold, Known, Learned, Next, Outcome, PROBE_EVERY_SECS, Probe, Progress, Scope,
    Type, Verdict, next_attempt,
};

use crate::Notifier;
use crate::budget::Budget;
use crate::gate::held_until;
use crate::round::{LEASE, Round};

/// How much of a lease must be left when an attempt begins.
const LEASE_NEEDED: SignedDuration = SignedDuration::from_secs(100);
/// After so many failures without a success in between nothing more is tried in this invocation.
const MOST_FAILURES: u32 = 3;
/// How many messages are under way to one destination at a time.
const ABREAST: usize = 8;

/// One destination during one invocation.
pub(crate) struct Line<'a> {
    notifier: &'a Notifier,
    round: &'a Round,
    destination: &'a Destination,
    budget: Budget,
    state: Mutex<DestinationState>,
    failures: AtomicU32,
}

impl<'a> Line<'a> {
    pub(crate) fn new(
        notifier: &'a Notifier,
        round: &'a Round,
        destination: &'a Destination,
        budget: Budget,
    ) -> Self {
        let mut state = round.states.get(&destination.id).cloned().unwrap_or_default();
        state.held_until = held_until(destination, &state, &round.states);
        Self { notifier, round, destination, budget, state: Mutex::new(state), failures: AtomicU32::new(0) }
    }

    /// Sends `deliveries`, and what waits behind each in its queue, as far as time and the destination allow.
    pub(crate) async fn carry(&self, deliveries: Vec<Delivery>) {
        stream::iter(deliveries).for_each_concurrent(self.abreast(), |delivery| self.pursue(delivery)).await;
    }

    /// Whether nothing more will be sent in this invocation.
    pub(crate) fn is_stopped(&self) -> bool {
        self.failures.load(Ordering::Relaxed) >= MOST_FAILURES
            || self.state(|state| state.suspension.is_some())
            || !self.budget.allows_attempt()
    }

    /// Tries `delivery` although the destination is suspended, and resumes it if that succeeds.
    pub(crate) async fn probe(&self, delivery: Delivery) {
        self.change(|state| state.suspension = None);
        Box::pin(self.pursue(delivery)).await;
        if self.state(|state| state.suspension.is_none()) {
            self.log(self.notifier.platform.table.resume(&self.destination.id).await);
        }
    }

    /// One message at a time where order counts for the whole destination, or its pace.
    fn abreast(&self) -> usize {
        if matches!(self.destination.kind(), Type::Slack | Type::Discord) { 1 } else { ABREAST }
    }

    async fn pursue(&self, delivery: Delivery) {
        let mut next = Some(delivery);
        while let Some(delivery) = next {
            if !self.may_send().await {
                return self.log(self.release(delivery).await);
            }
            next = match self.attempt(delivery).await {
                Ok(next) => next,
                Err(error) => return self.log::<()>(Err(error)),
            };
        }
    }

    /// Waits while the destination wants a pause; `false` if there is no time for that, or nothing more is to be sent.
    async fn may_send(&self) -> bool {
        while !self.is_stopped() {
            let now = self.notifier.now();
            let held = self.state(|state| state.held_until).filter(|until| *until > now);
            let Some(until) = held else { return self.may_make_thread(now).await };
            let wait = Duration::try_from(until.duration_since(now)).unwrap_or_default();
            if !self.budget.allows_wait(wait) {
                return false;
            }
            self.notifier.pace.rest(wait).await;
        }
        false
    }

    /// Only one message may be under way to a forum that has no thread yet, lest each makes its own.
    async fn may_make_thread(&self, now: Timestamp) -> bool {
        if !self.destination.makes_thread() || self.state(|state| state.thread.is_some()) {
            return true;
        }
        let until = now.checked_add(LEASE).unwrap_or(now);
        let table = &self.notifier.platform.table;
        table.open_thread(&self.destination.id, now, until).await.unwrap_or_default()
    }

    /// Gives a claimed delivery back, so that the next tick finds it.
    async fn release(&self, mut delivery: Delivery) -> Result<(), StoreError> {
        let now = self.notifier.now();
        if delivery.record.next_attempt_at.is_some_and(|due_at| due_at > now) {
            delivery.record.next_attempt_at = Some(now);
            self.notifier.platform.table.postpone(&delivery).await?;
        }
        Ok(())
    }

    /// Makes one attempt and writes how it went. Yields the next of the queue if this one is over.
    async fn attempt(&self, delivery: Delivery) -> Result<Option<Delivery>, StoreError> {
        let Some(mut delivery) = self.claimed(delivery).await? else { return Ok(None) };
        let at = self.notifier.now();
        delivery.record.first_attempt_at.get_or_insert(at);
        let attempt = Attempt {
            message: &delivery.message,
            progress: delivery.record.progress.clone(),
            number: delivery.record.attempts.saturating_add(1),
            at,
            known: self.known(&delivery).await?,
            console_url: self.notifier.platform.configuration.console_url.as_deref(),
        };
        let outcome = self.round.prepared.courier.deliver(self.destination, &attempt).await;
        self.remember(&delivery, &outcome).await?;
        self.conclude(delivery, outcome).await
    }

    /// The delivery, if it is ours for as long as an attempt may take.
    async fn claimed(&self, delivery: Delivery) -> Result<Option<Delivery>, StoreError> {
        let now = self.notifier.now();
        let needed = now.checked_add(LEASE_NEEDED).unwrap_or(now);
        if delivery.record.next_attempt_at.is_some_and(|until| until >= needed) {
            return Ok(Some(delivery));
        }
        let until = now.checked_add(LEASE).unwrap_or(now);
        self.notifier.platform.table.claim(&delivery, until).await
    }

    async fn known(&self, delivery: &Delivery) -> Result<Known, StoreError> {
        let thread = self.state(|state| state.thread.clone());
        if self.destination.kind() != Type::Opsgenie {
            return Ok(Known { thread, created_at: None });
        }
        let course =
            self.notifier.platform.table.course(delivery.id.fingerprint, &self.destination.id).await?;
        Ok(Known { thread, created_at: course.record.created_at })
    }

    /// Keeps what the answer taught about the destination.
    async fn remember(&self, delivery: &Delivery, outcome: &Outcome) -> Result<(), StoreError> {
        let (table, id) = (&self.notifier.platform.table, self.destination.id.as_str());
        for lesson in &outcome.learned {
            match lesson {
                Learned::Thread(thread) => table.learn_thread(id, Some(thread)).await?,
                Learned::ThreadGone => table.learn_thread(id, None).await?,
                Learned::Created(at) => table.learn_created(delivery.id.fingerprint, id, *at).await?,
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

    async fn conclude(
        &self,
        mut delivery: Delivery,
        outcome: Outcome,
    ) -> Result<Option<Delivery>, StoreError> {
        let record = &mut delivery.record;
        record.attempts = record.attempts.saturating_add(1);
        record.reason = outcome.reason;
        record.receipt = outcome.receipt;
        match outcome.verdict {
            Verdict::Sent => self.finish(delivery, DeliveryState::Sent).await,
            Verdict::Failed => self.finish(delivery, DeliveryState::Failed).await,
            Verdict::Retry { from, wait } => self.again(delivery, from, wait).await,
            Verdict::Suspended(probe) => self.suspend(delivery, probe).await,
        }
    }

    async fn finish(
        &self,
        mut delivery: Delivery,
        state: DeliveryState,
    ) -> Result<Option<Delivery>, StoreError> {
        let now = self.notifier.now();
        if state != DeliveryState::Dead {
            self.failures.store(0, Ordering::Relaxed);
        }
        if state != DeliveryState::Sent {
            let reason = delivery.record.reason.as_deref();
            tracing::error!(delivery = %delivery.id, state = state.as_str(), reason, "message given up");
        }
        tracing::trace!(target: intake::COUNTS, measure = state.as_str(), count = 1);
        delivery.record.state = state;
        delivery.record.finished_at = Some(now);
        delivery.record.next_attempt_at = None;
        let table = &self.notifier.platform.table;
        match table.finish(&delivery, now).await? {
            Some(next) => table.delivery(&next).await,
            None => Ok(None),
        }
    }

    async fn again(
        &self,
        mut delivery: Delivery,
        from: Progress,
        wait: Option<SignedDuration>,
    ) -> Result<Option<Delivery>, StoreError> {
        let now = self.notifier.now();
        if self.failures.fetch_add(1, Ordering::Relaxed) + 1 >= MOST_FAILURES {
            self.notifier.note_trouble(&self.destination.id, now);
        }
        let first = delivery.record.first_attempt_at.unwrap_or(now);
        match next_attempt(first, now, delivery.record.attempts, fastrand::f64(), wait) {
            Next::Dead => self.finish(delivery, DeliveryState::Dead).await,
            Next::At(at) => {
                delivery.record.progress = from;
                delivery.record.next_attempt_at = Some(at);
                self.notifier.platform.table.postpone(&delivery).await?;
                Ok(None)
            }
        }
    }

    /// Holds the delivery and everything else for the destination; the day until it is given up begins anew.
    async fn suspend(&self, mut delivery: Delivery, probe: Probe) -> Result<Option<Delivery>, StoreError> {
        let now = self.notifier.now();
        let reason = delivery.record.reason.clone().unwrap_or_default();
        self.close(probe, reason).await?;
        delivery.record.attempts = 0;
        delivery.record.first_attempt_at = None;
        delivery.record.next_attempt_at = Some(now);
        self.notifier.platform.table.postpone(&delivery).await?;
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

    fn state<T>(&self, read: impl FnOnce(&DestinationState) -> T) -> T {
        read(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn change(&self, change: impl FnOnce(&mut DestinationState)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// A delivery whose record could not be written comes up again when its lease is over.
    fn log<T>(&self, done: Result<T, StoreError>) {
        if let Err(error) = done {
            tracing::error!(
                destination = self.destination.id,
                error = chain(&error),
                "delivery not recorded"
            );
        }
    }
}
