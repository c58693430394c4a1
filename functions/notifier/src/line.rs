//! The line to one destination: what waits is sent, in order per alert, as far as time and the destination allow.

mod conclusion;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws::{Course, DestinationState, Suspension, Turn};
use futures::{StreamExt, stream};
use intake::{StoreError, chain};
use jiff::{SignedDuration, Timestamp};
use notify::{Attempt, Destination, Known, Type};

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
    /// The destination wants a pause for which there is no time, or its thread is being made by somebody else.
    is_to_be_left: AtomicBool,
    /// How it is suspended, while one message is tried nevertheless.
    probed: Mutex<Option<Suspension>>,
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
        Self {
            notifier,
            round,
            destination,
            budget,
            state: Mutex::new(state),
            failures: AtomicU32::new(0),
            is_to_be_left: AtomicBool::new(false),
            probed: Mutex::new(None),
        }
    }

    /// Sends what has its turn, and what waits behind each in its queue, as far as time and the destination allow.
    pub(crate) async fn carry(&self, turns: impl IntoIterator<Item = Turn>) {
        stream::iter(turns).for_each_concurrent(self.abreast(), |turn| self.pursue(turn)).await;
    }

    /// Whether nothing more will be sent in this invocation.
    pub(crate) fn is_stopped(&self) -> bool {
        self.failures.load(Ordering::Relaxed) >= MOST_FAILURES
            || self.is_to_be_left.load(Ordering::Relaxed)
            || self.state(|state| state.suspension.is_some())
            || !self.budget.allows_attempt()
    }

    /// Tries one delivery although the destination is suspended. It is resumed if it takes that, or refuses that alone;
    /// else it stays suspended, and what waits for it is held as before.
    pub(crate) async fn probe(&self, turn: Turn) {
        let suspension = self.change(|state| state.suspension.take());
        *self.probed() = suspension;
        Box::pin(self.pursue(turn)).await;
        let untried = self.probed().take();
        if untried.is_some() {
            self.change(|state| state.suspension = untried);
        } else if self.state(|state| state.suspension.is_none()) {
            self.log(self.notifier.platform.table.resume(&self.destination.id).await);
        }
    }

    fn probed(&self) -> MutexGuard<'_, Option<Suspension>> {
        self.probed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One message at a time where order counts for the whole destination, or its pace.
    fn abreast(&self) -> usize {
        if matches!(self.destination.kind(), Type::Slack | Type::Discord) { 1 } else { ABREAST }
    }

    async fn pursue(&self, turn: Turn) {
        let mut next = Some(turn);
        while let Some(turn) = next {
            if !self.may_send().await {
                // What is due is asked for again and again, until nothing more will be sent.
                self.is_to_be_left.store(true, Ordering::Relaxed);
                return self.log(self.release(turn).await);
            }
            next = match Box::pin(self.attempt(turn)).await {
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
    async fn release(&self, Turn { mut delivery, .. }: Turn) -> Result<(), StoreError> {
        let now = self.notifier.now();
        if delivery.record.next_attempt_at.is_some_and(|due_at| due_at > now) {
            delivery.record.next_attempt_at = Some(now);
            self.notifier.platform.table.postpone(&delivery).await?;
        }
        Ok(())
    }

    /// Makes one attempt and writes how it went. Yields the next of the queue if this one is over.
    async fn attempt(&self, turn: Turn) -> Result<Option<Turn>, StoreError> {
        let Some(mut turn) = self.claimed(turn).await? else { return Ok(None) };
        let at = self.notifier.now();
        turn.delivery.record.first_attempt_at.get_or_insert(at);
        let known = self.known(&mut turn).await?;
        let attempt = Attempt {
            message: &turn.delivery.message,
            progress: turn.delivery.record.progress.clone(),
            number: turn.delivery.record.attempts.saturating_add(1),
            at,
            known,
            console_url: self.notifier.platform.configuration.console_url.as_deref(),
        };
        let outcome = self.round.prepared.courier.deliver(self.destination, &attempt).await;
        self.remember(&mut turn, &outcome).await?;
        Box::pin(self.conclude(turn, outcome)).await
    }

    /// The turn, if it is ours for as long as an attempt may take.
    async fn claimed(&self, turn: Turn) -> Result<Option<Turn>, StoreError> {
        let now = self.notifier.now();
        let needed = now.checked_add(LEASE_NEEDED).unwrap_or(now);
        if turn.delivery.record.next_attempt_at.is_some_and(|until| until >= needed) {
            return Ok(Some(turn));
        }
        let until = now.checked_add(LEASE).unwrap_or(now);
        let claimed = self.notifier.platform.table.claim(&turn.delivery, until).await?;
        Ok(claimed.map(|delivery| Turn { delivery, ..turn }))
    }

    async fn known(&self, turn: &mut Turn) -> Result<Known, StoreError> {
        let thread = self.state(|state| state.thread.clone());
        let created_at = match self.destination.kind() {
            Type::Opsgenie => self.course(turn).await?.record.created_at,
            _ => None,
        };
        Ok(Known { thread, created_at })
    }

    /// The queue of `turn`, read where it is not known.
    async fn course<'t>(&self, turn: &'t mut Turn) -> Result<&'t mut Course, StoreError> {
        let id = &turn.delivery.id;
        let known = match turn.course.take() {
            Some(known) => known,
            None => self.notifier.platform.table.course(id.fingerprint, &id.destination).await?,
        };
        Ok(turn.course.insert(known))
    }

    fn state<T>(&self, read: impl FnOnce(&DestinationState) -> T) -> T {
        read(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, change: impl FnOnce(&mut DestinationState) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
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
