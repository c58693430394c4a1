//! Recording one event: one read, one transaction, once.
//!
//! The transaction puts the history entry where none with its key may be, and the alert's state where it still is the
//! one that was folded. So a duplicate is known by its entry alone, a race is lost by all but one and folded anew by the
//! others, and a function that dies leaves everything or nothing. What repeats and loses races all the same steps aside:
//! see [`Contention`].

use std::time::Duration;

use alert::{
    Alert, AlertEvent, Fingerprint, Heartbeat, Signal, Source, Timing, Transition, fold, heard_again,
};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, Put, TransactWriteItem};
use futures::future::try_join;
use intake::{Entry, Measure, Quarantined, Recorded, Store, StoreError};
use jiff::Timestamp;

use super::days::DayIndex;
use super::definition::{BY_RECEPTION, EXPIRES_AT, PK};
use super::history_key::HistoryKey;
use super::item::{
    Item, STATE, alert_pk, day, new_item, number, received_shard, rejected, shard, sortable, string,
};
use super::repeat::Repeat;
use super::retry::{may_pass, pause, refused};
use super::state::{Change, State};
use super::{Table, document};

/// How many races in a row show that many write one alert at once.
const MANY_RACES: u32 = 3;

/// What one attempt at the transaction came to.
pub(crate) enum Attempt {
    /// Everything is in the table.
    Done,
    /// The history entry, or the note, was there already.
    Known,
    /// Somebody else changed the alert; what it is now, if the answer says so.
    Overtaken(Option<Item>),
    /// Another transaction was at one of the items.
    Conflict(StoreError),
    /// It may pass by itself.
    Again(StoreError),
}

/// What an event makes of its alert.
pub(super) struct Folded {
    pub(super) transition: Option<Transition>,
    pub(super) alert: Option<Alert>,
    pub(super) repeat: Option<Repeat>,
    /// Whether the sender's clock is behind, so that the event counts as of its reception.
    pub(super) clock_is_behind: bool,
}

/// How an attempt fares against others who write the same alert, in this process and elsewhere.
///
/// Whatever repeats a named episode never takes a revision, so that it stands in nobody's way. Any other repeat takes
/// one, until [`MANY_RACES`] are lost: then it is counted without, and of several such repeats at once the alert's
/// timeline may keep the newest alone. Where DynamoDB lets no further transaction at the state, the entry is put by
/// itself and counted after that; so is, from the beginning, a repeat in the same words of an alert that was heard of just
/// before ([`State::is_hot`]), because a transaction keeps everybody else away from the state while it lasts.
#[derive(Debug, Default)]
struct Contention {
    attempts: u32,
    races: u32,
    conflicts: u32,
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

    /// Puts the history entry of `entry` by itself; `false` if it was there.
    pub(super) async fn put_history(
        &self,
        entry: Entry<'_>,
        transition: Option<Transition>,
    ) -> Result<bool, StoreError> {
        let key = HistoryKey::of(entry);
        let mut attempt = 0;
        loop {
            let written = match key.guard {
                None => self.try_put_entry(self.history_item(entry, &key, transition)?).await?,
                Some(_) => self.try_put_guarded(entry, transition).await?,
            };
            match written {
                Attempt::Done => return Ok(true),
                Attempt::Known | Attempt::Overtaken(_) => return Ok(false),
                Attempt::Conflict(_) | Attempt::Again(_) => pause(attempt).await,
            }
            attempt += 1;
        }
    }

    async fn try_put_entry(&self, item: Item) -> Result<Attempt, StoreError> {
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        match put.condition_expression(format!("attribute_not_exists({PK})")).send().await {
            Ok(_) => Ok(Attempt::Done),
            Err(error) if is_known(&error) => Ok(Attempt::Known),
            Err(error) if may_pass(&error) => Ok(Attempt::Again(refused("record an event", "event", error))),
            Err(error) => Err(refused("record an event", "event", error)),
        }
    }

    async fn try_put_guarded(
        &self,
        entry: Entry<'_>,
        transition: Option<Transition>,
    ) -> Result<Attempt, StoreError> {
        let writes = self.history_writes(entry, transition)?;
        let entries = writes.len();
        let transaction = self.client.transact_write_items().set_transact_items(Some(writes));
        transaction.send().await.map_or_else(|error| interpret(error, entries), |_| Ok(Attempt::Done))
    }

    /// The history entry, and before it its guard where it needs one; each where none is.
    fn history_writes(
        &self,
        entry: Entry<'_>,
        transition: Option<Transition>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let key = HistoryKey::of(entry);
        let guard = key.guard.as_ref().map(|guard| self.guard_item(entry, guard));
        let items = guard.into_iter().chain([self.history_item(entry, &key, transition)?]);
        items.map(|item| self.put_where_none_is(item)).collect()
    }

    fn put_where_none_is(&self, item: Item) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression(format!("attribute_not_exists({PK})"))
            .build()
            .map_err(rejected("history entry"))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn guard_item(&self, Entry { event, inbound }: Entry<'_>, sort_key: &str) -> Item {
        let mut item = new_item(alert_pk(event.fingerprint), sort_key);
        item.insert(EXPIRES_AT.to_owned(), number(expiry(inbound.received_at, self.history)));
        item
    }

    fn history_item(
        &self,
        Entry { event, inbound }: Entry<'_>,
        key: &HistoryKey,
        transition: Option<Transition>,
    ) -> Result<Item, StoreError> {
        let received_at = inbound.received_at;
        let blob = document::pack(event.source, Some(event), inbound).map_err(rejected("history entry"))?;
        let received_shard = received_shard(event.source, &day(received_at), shard(event.fingerprint));
        let received_key = format!("{}#{}", sortable(received_at), event.event_id);
        let mut item = new_item(alert_pk(event.fingerprint), &key.entry);
        item.extend([
            (BY_RECEPTION.partition_key.to_owned(), string(received_shard)),
            (BY_RECEPTION.sort_key.to_owned(), string(received_key)),
            ("document".to_owned(), AttributeValue::B(blob)),
            (EXPIRES_AT.to_owned(), number(expiry(received_at, self.history))),
        ]);
        if let Some(transition) = transition {
            item.insert("transition".to_owned(), string(transition.as_str()));
        }
        Ok(item)
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

impl Contention {
    /// Whether others leave no room for a transaction, and `repeat` needs none.
    const fn steps_aside(&self, repeat: Option<Repeat>) -> bool {
        self.conflicts > 0 && repeat.is_some()
    }

    /// Why the state is written: as a repeat where nothing is lost by that, or where races are lost otherwise.
    fn change(&self, repeat: Option<Repeat>, event: &AlertEvent) -> Change {
        let is_contended = self.races >= MANY_RACES || self.conflicts > 0;
        match repeat.filter(|repeat| repeat.is_of_episode || is_contended) {
            Some(repeat) => Change::Repeat(repeat, event.occurred_at),
            None => Change::Event(event.occurred_at),
        }
    }

    async fn pause(&mut self) {
        pause(self.attempts).await;
        self.attempts += 1;
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

/// Whether an item was refused because it is there already.
pub(crate) fn is_known(error: &SdkError<PutItemError>) -> bool {
    error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception)
}

/// Reads a refused transaction: the first `entries` reasons are those of history entry and guard, or of a note; the next
/// is the state's.
pub(crate) fn interpret(
    error: SdkError<TransactWriteItemsError>,
    entries: usize,
) -> Result<Attempt, StoreError> {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
    else {
        let again = may_pass(&error);
        let error = refused("record an event", "event", error);
        return if again { Ok(Attempt::Again(error)) } else { Err(error) };
    };
    let reasons = cancelled.cancellation_reasons();
    if reasons.iter().take(entries).any(has_failed_condition) {
        return Ok(Attempt::Known);
    }
    if let Some(state) = reasons.get(entries).filter(|reason| has_failed_condition(reason)) {
        return Ok(Attempt::Overtaken(state.item.clone()));
    }
    let has = |code: &str| reasons.iter().any(|reason| reason.code() == Some(code));
    let (is_invalid, is_conflict) = (has("ValidationError"), has("TransactionConflict"));
    if is_invalid {
        return Err(rejected("event")(error));
    }
    let error = failed("record an event")(error);
    Ok(if is_conflict { Attempt::Conflict(error) } else { Attempt::Again(error) })
}

fn has_failed_condition(reason: &CancellationReason) -> bool {
    reason.code() == Some("ConditionalCheckFailed")
}
