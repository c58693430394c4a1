//! Recording one event: one read, one transaction, once.
//!
//! The transaction puts the history entry where none with its key may be, and the alert's state where it still is the
//! one that was folded. So a duplicate is known by its entry alone, a race is lost by all but one and folded anew by the
//! others, and a function that dies leaves everything or nothing. What repeats and loses races all the same steps aside:
//! see [`Contention`].

mod attempt;
mod contention;
mod history;

use std::time::Duration;

use alert::{
    Alert, AlertEvent, Fingerprint, Heartbeat, Signal, Source, Timing, Transition, fold, heard_again,
};
use futures::future::try_join;
use intake::{Entry, Measure, Quarantined, Recorded, Store, StoreError};
use jiff::Timestamp;

use super::Table;
use super::days::DayIndex;
use super::item::{Item, STATE, alert_pk};
use super::repeat::Repeat;
use super::retry::{may_pass, refused};
use super::state::{Change, State};

pub(crate) use self::attempt::{Attempt, interpret, is_known};
use self::contention::Contention;

/// What an event makes of its alert.
pub(super) struct Folded {
    pub(super) transition: Option<Transition>,
    pub(super) alert: Option<Alert>,
    pub(super) repeat: Option<Repeat>,
    /// Whether the sender's clock is behind, so that the event counts as of its reception.
    pub(super) clock_is_behind: bool,
}

impl Store for Table {
    async fn record(&self, entry: Entry<'_>) -> Result<Recorded, StoreError> {
        let (index, at) = (DayIndex::Of(entry.event.source), entry.inbound.received_at);
        if self.knows_day(index, at) {
            return self.record_in_turn(entry, None).await;
        }
        let (state, ()) = try_join(self.state(entry.event.fingerprint), self.index_day(index, at)).await?;
        self.record_in_turn(entry, Some(state)).await
    }

    async fn record_all<'a>(&'a self, entries: &'a [Entry<'a>]) -> Vec<Result<Recorded, StoreError>> {
        match entries {
            [entry] => vec![self.record(*entry).await],
            _ => self.record_batch(entries).await,
        }
    }

    async fn quarantine(&self, quarantined: &Quarantined) -> Result<(), StoreError> {
        self.put_quarantined(quarantined).await
    }

    async fn heard(&self, source: Source, account: &str, at: Timestamp) {
        self.put_heartbeat(Heartbeat { source, account: account.to_owned(), last_event_at: at }).await;
    }
}

impl Table {
    /// The state of an alert, as of now.
    pub(super) async fn state(&self, fingerprint: Fingerprint) -> Result<State, StoreError> {
        let item = self.item(alert_pk(fingerprint), STATE).await?;
        State::read(item.as_ref(), self.now())
    }

    /// Records `entry`, whose day is open, when it is its turn; `known` is its alert's state if it was just read.
    pub(super) async fn record_in_turn(
        &self,
        entry: Entry<'_>,
        known: Option<State>,
    ) -> Result<Recorded, StoreError> {
        if entry.event.signal == Signal::Notice {
            return self.record_notice(entry).await;
        }
        let fingerprint = entry.event.fingerprint;
        let mut lock = self.state_locks.of(fingerprint).await;
        let mut state = match lock.take().or(known) {
            Some(state) => state,
            None => self.state(fingerprint).await?,
        };
        let mut contention = Contention::default();
        loop {
            if state.has_first_format && self.is_in_first_format(entry).await? {
                drop(lock);
                return self.record_known(entry, &state).await;
            }
            let folded = Self::folded(entry, &state);
            let is_hot = folded.repeat.is_some_and(Repeat::is_nothing_new) && state.is_hot(self.now());
            if is_hot || contention.steps_aside(folded.repeat) {
                return self.record_apart(entry, state, folded).await;
            }
            let (attempt, next) = self.try_record(entry, &state, &folded, &contention).await?;
            state = match attempt {
                Attempt::Done => {
                    *lock = next;
                    report_clock(entry.event, &folded);
                    return Ok(Recorded::New(folded.transition));
                }
                Attempt::Known => {
                    drop(lock);
                    return self.record_known(entry, &state).await;
                }
                Attempt::Overtaken(item) => self.overtaken(fingerprint, &mut contention, item).await?,
                Attempt::Conflict(error) => {
                    contention.conflicts += 1;
                    self.state_after_pause(fingerprint, &mut contention, &error).await?
                }
                Attempt::Again(error) => self.state_after_pause(fingerprint, &mut contention, &error).await?,
            };
        }
    }

    /// The state after a lost race: at first what the answer says, later what is there after a pause.
    async fn overtaken(
        &self,
        fingerprint: Fingerprint,
        contention: &mut Contention,
        item: Option<Item>,
    ) -> Result<State, StoreError> {
        contention.races += 1;
        if let (Some(item), 1) = (item, contention.races) {
            return State::read(Some(&item), self.now());
        }
        contention.pause().await;
        self.state(fingerprint).await
    }

    async fn state_after_pause(
        &self,
        fingerprint: Fingerprint,
        contention: &mut Contention,
        error: &StoreError,
    ) -> Result<State, StoreError> {
        tracing::debug!(attempt = contention.attempts, error = intake::chain(error), "transaction repeated");
        contention.pause().await;
        self.state(fingerprint).await
    }

    /// What `entry` makes of `state`. An alert that cannot be read begins anew: its source's word counts.
    pub(super) fn folded(Entry { event, inbound }: Entry<'_>, state: &State) -> Folded {
        let known = state.alert.clone();
        let mut folded = fold(known.clone(), event, inbound.received_at);
        if let (None, Some(alert)) = (&known, &mut folded.alert) {
            alert.revision = state.next_revision();
        }
        let alerts = known.as_ref().zip(folded.alert.as_ref());
        let repeat = alerts.and_then(|(before, after)| Repeat::of(before, after, event, folded.transition));
        let alert::Folded { alert, transition, clock_is_behind } = folded;
        Folded { transition, alert, repeat, clock_is_behind }
    }

    /// A request that is known: recorded once more where what it says is not what holds any more, else counted.
    async fn record_known(&self, entry: Entry<'_>, state: &State) -> Result<Recorded, StoreError> {
        // What re-states a state says something new or not by what holds now, which a lost race has made another.
        // So it is of an alert that was not there when it was looked for: its first event is recorded by now.
        let is_restated = entry.event.order.timing == Timing::Restated;
        let present = if is_restated || state.is_absent() {
            self.state(entry.event.fingerprint).await?
        } else {
            state.clone()
        };
        match self.news_of(entry, &present) {
            Some(event) => Box::pin(self.record_in_turn(Entry { event: &event, ..entry }, None)).await,
            None => Ok(self.count_duplicate(entry, &present).await),
        }
    }

    /// What a request that is known says anew. What was stored and is only read again says nothing of now.
    pub(super) fn news_of(&self, Entry { event, inbound }: Entry<'_>, state: &State) -> Option<AlertEvent> {
        let alert =
            state.alert.as_ref().filter(|_| !event.order.again && self.is_live(inbound.received_at))?;
        heard_again(alert, event, inbound.received_at)
    }

    /// Writes once; what then is the state, too, if it was done.
    async fn try_record(
        &self,
        entry: Entry<'_>,
        state: &State,
        folded: &Folded,
        contention: &Contention,
    ) -> Result<(Attempt, Option<State>), StoreError> {
        let mut writes = self.history_writes(entry, folded.transition)?;
        let entries = writes.len();
        let mut next = None;
        if let Some(alert) = &folded.alert {
            let change = contention.change(folded.repeat, entry.event);
            writes.push(self.state_write(state, alert, change)?.in_transaction(self, alert)?);
            next = Some(state.written(alert.clone(), change));
        }
        let transaction = self.client.transact_write_items().set_transact_items(Some(writes));
        match transaction.send().await {
            Ok(_) => Ok((Attempt::Done, next)),
            Err(error) => Ok((interpret(error, entries)?, None)),
        }
    }

    /// A notice has history but no state.
    async fn record_notice(&self, entry: Entry<'_>) -> Result<Recorded, StoreError> {
        if self.put_history(entry, None).await? { Ok(Recorded::New(None)) } else { Ok(Recorded::Duplicate) }
    }

    /// Records a repeat that others leave no room for a transaction: its entry by itself, then its share in the state.
    /// A process that dies in between leaves a count that is one too low; all else the next event makes good.
    async fn record_apart(
        &self,
        entry: Entry<'_>,
        mut state: State,
        mut folded: Folded,
    ) -> Result<Recorded, StoreError> {
        if !self.put_history(entry, folded.transition).await? {
            return Ok(self.count_duplicate(entry, &state).await);
        }
        report_clock(entry.event, &folded);
        let recorded = Recorded::New(folded.transition);
        let mut contention = Contention { conflicts: 1, ..Contention::default() };
        while let Some(alert) = &folded.alert {
            let change = contention.change(folded.repeat, entry.event);
            if self.try_update_state(&state, alert, change).await? {
                break;
            }
            contention.pause().await;
            state = self.state(entry.event.fingerprint).await?;
            folded = Self::folded(entry, &state);
        }
        Ok(recorded)
    }

    /// One conditional update of a state, outside of any transaction; `false` if it has to be tried anew.
    pub(super) async fn try_update_state(
        &self,
        state: &State,
        alert: &Alert,
        change: Change,
    ) -> Result<bool, StoreError> {
        let write = self.state_write(state, alert, change)?;
        let update = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(super::item::key(alert_pk(alert.fingerprint), STATE)))
            .update_expression(write.update)
            .condition_expression(write.condition)
            .set_expression_attribute_values(Some(write.values));
        match update.send().await {
            Ok(_) => Ok(true),
            Err(error) if may_pass(&error) => Ok(false),
            Err(error) => Err(refused("write an alert", "alert", error)),
        }
    }
}

/// Says that a sender's clock is behind, where that made a difference.
fn report_clock(event: &AlertEvent, folded: &Folded) {
    if folded.clock_is_behind {
        tracing::warn!(
            source = %event.source,
            account = event.account,
            fingerprint = %event.fingerprint,
            occurred_at = %event.occurred_at,
            "the sender's clock is behind: the event counts as of its reception"
        );
        intake::count(Measure::Skewed, event.source, 1);
    }
}

/// When an item of `kept_from` may go, in Unix seconds.
pub(crate) fn expiry(kept_from: Timestamp, kept_for: Duration) -> i64 {
    let seconds = i64::try_from(kept_for.as_secs()).unwrap_or(i64::MAX);
    kept_from.as_second().saturating_add(seconds)
}

/// Wraps a refusal with the name of what was tried.
pub(crate) fn failed<E>(operation: &'static str) -> impl FnOnce(E) -> StoreError
where
    E: std::error::Error + Send + Sync + 'static,
{
    move |error| StoreError::Unavailable { operation, source: Box::new(error) }
}
