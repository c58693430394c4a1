//! Recording one event: one read, one transaction, once.
//!
//! The transaction puts the history entry where none with this `event_id` may be, and the alert's state where the
//! revision must still be the one that was folded. So a duplicate is known by its entry alone, a race is lost by
//! all but one and folded anew by the others, and a function that dies leaves everything or nothing.

use std::time::Duration;

use alert::{Alert, AlertEvent, Condition, Heartbeat, Source, Transition, fold, heard_again};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use futures::future::try_join;
use intake::{Clock, Entry, Measure, Quarantined, Recorded, Store, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::days::Journal;
use super::definition::{BY_OCCURRENCE, BY_RECEPTION, EXPIRES_AT, PK};
use super::item::{
    EVENT, Item, STATE, alert_pk, day, key, number, received_shard, shard, sortable, state_attributes,
    string, to_alert, unreadable,
};
use super::retry::{may_pass, pause};
use super::{Table, document};

/// How long a reply may wait for the count of a duplicate, which is best effort.
const DUPLICATE_COUNT_WAIT: Duration = Duration::from_millis(50);

/// How late a delivery that is known may be and still say something of its alert now.
const STILL_NEWS: SignedDuration = SignedDuration::from_mins(5);

/// Where an alert's state may be written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Guard {
    /// Where there is none.
    Absent,
    /// Where it still is what was folded.
    Revision(u64),
    /// Where besides nothing was heard of it since.
    Unheard {
        /// What was read.
        revision: u64,
        /// When something was heard of it last.
        since: Timestamp,
    },
}

/// What one attempt at the transaction came to.
pub(crate) enum Attempt {
    /// Everything is in the table.
    Done,
    /// The history entry, or the note, was there already.
    Known,
    /// Somebody else changed the alert; what it is now, if the answer says so.
    Overtaken(Option<Item>),
    /// It may pass by itself.
    Again(StoreError),
}

impl Store for Table {
    async fn record(&self, entry: Entry<'_>) -> Result<Recorded, StoreError> {
        if entry.event.signal == alert::Signal::Notice {
            return self.record_notice(entry).await;
        }
        let (mut alert, ()) = try_join(self.state(entry.event), self.open_day_of(entry)).await?;
        let mut attempt = 0;
        let mut again = None;
        loop {
            let present = Entry { event: again.as_ref().unwrap_or(entry.event), ..entry };
            let known = alert.clone();
            let (transition, outcome) = self.try_record(present, alert).await?;
            let overtaker = match outcome {
                Attempt::Done => return Ok(Recorded::New(transition)),
                Attempt::Known => {
                    again =
                        known.as_ref().filter(|_| again.is_none()).and_then(|alert| news_of(entry, alert));
                    if again.is_none() {
                        return Ok(self.count_duplicate(entry).await);
                    }
                    alert = known;
                    continue;
                }
                Attempt::Overtaken(state) => state,
                Attempt::Again(error) => {
                    tracing::debug!(attempt, error = intake::chain(&error), "transaction repeated");
                    None
                }
            };
            pause(attempt).await;
            attempt += 1;
            // Whether a delivery that is known says something new depends on what holds now.
            again = None;
            alert = match overtaker {
                Some(item) => Some(to_alert(&item)?),
                None => self.state(entry.event).await?,
            };
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
    async fn state(&self, event: &AlertEvent) -> Result<Option<Alert>, StoreError> {
        let item = self.item(alert_pk(event.fingerprint), STATE).await?;
        item.as_ref().map(to_alert).transpose()
    }

    async fn open_day_of(&self, Entry { event, delivery }: Entry<'_>) -> Result<(), StoreError> {
        self.open_day(Journal::Of(event.source), delivery.received_at).await
    }

    /// Folds and writes once.
    async fn try_record(
        &self,
        entry: Entry<'_>,
        alert: Option<Alert>,
    ) -> Result<(Option<Transition>, Attempt), StoreError> {
        let guard = alert.as_ref().map_or(Guard::Absent, |alert| Guard::Revision(alert.revision));
        let folded = fold(alert, entry.event, entry.delivery.received_at);
        let mut transaction = self.client.transact_write_items();
        transaction = transaction.transact_items(self.put_history(entry, folded.transition)?);
        if let Some(alert) = &folded.alert {
            transaction = transaction.transact_items(self.update_state(alert, guard)?);
        }
        let attempt = match transaction.send().await {
            Ok(_) => Attempt::Done,
            Err(error) => interpret(error)?,
        };
        if let (Attempt::Done, true) = (&attempt, folded.clock_is_behind) {
            let event = entry.event;
            tracing::warn!(
                source = %event.source,
                account = event.account,
                fingerprint = %event.fingerprint,
                occurred_at = %event.occurred_at,
                "the sender's clock is behind: the event counts as of its reception"
            );
            intake::count(Measure::Skewed, event.source, 1);
        }
        Ok((folded.transition, attempt))
    }

    /// A notice has history but no state, so a single guarded put is enough.
    async fn record_notice(&self, entry: Entry<'_>) -> Result<Recorded, StoreError> {
        let item = self.history_item(entry, None)?;
        self.open_day_of(entry).await?;
        let mut attempt = 0;
        loop {
            let put = self.client.put_item().table_name(&self.name).set_item(Some(item.clone()));
            match put.condition_expression(format!("attribute_not_exists({PK})")).send().await {
                Ok(_) => return Ok(Recorded::New(None)),
                Err(error) if is_known(&error) => return Ok(Recorded::Duplicate),
                Err(error) if may_pass(&error) => pause(attempt).await,
                Err(error) => return Err(failed("record a notice")(error)),
            }
            attempt += 1;
        }
    }

    fn put_history(
        &self,
        entry: Entry<'_>,
        transition: Option<Transition>,
    ) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(self.history_item(entry, transition)?))
            .condition_expression(format!("attribute_not_exists({PK})"))
            .build()
            .map_err(unreadable("history entry"))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn history_item(&self, entry: Entry<'_>, transition: Option<Transition>) -> Result<Item, StoreError> {
        let Entry { event, delivery } = entry;
        let received_at = delivery.received_at;
        let blob = document::pack(Some(event), delivery).map_err(unreadable("history entry"))?;
        let received_shard = received_shard(event.source, &day(received_at), shard(event.fingerprint));
        let mut item = key(alert_pk(event.fingerprint), format!("{EVENT}{}", event.event_id));
        item.extend([
            (
                BY_OCCURRENCE.sort_key.to_owned(),
                string(format!("{}#{}", sortable(event.occurred_at), event.event_id)),
            ),
            (BY_RECEPTION.partition_key.to_owned(), string(received_shard)),
            (
                BY_RECEPTION.sort_key.to_owned(),
                string(format!("{}#{}", sortable(received_at), event.event_id)),
            ),
            ("document".to_owned(), AttributeValue::B(blob)),
            (EXPIRES_AT.to_owned(), number(expiry(received_at, self.history))),
        ]);
        if let Some(transition) = transition {
            item.insert("transition".to_owned(), string(transition.as_str()));
        }
        Ok(item)
    }

    /// The new state where `guard` lets it be written. `duplicates` is counted apart and left alone.
    pub(crate) fn update_state(&self, alert: &Alert, guard: Guard) -> Result<TransactWriteItem, StoreError> {
        let mut values = state_attributes(alert)?;
        let mut expiry_clause = format!("REMOVE {EXPIRES_AT}");
        if alert.condition != Condition::Firing {
            let ended_at = self.clock.now().max(alert.last_received_at);
            values.push((EXPIRES_AT, number(expiry(ended_at, self.history))));
            expiry_clause.clear();
        }
        let assigned: Vec<_> = values.iter().map(|(name, _)| format!("{name} = :{name}")).collect();
        let assigned = assigned.join(", ");
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(key(alert_pk(alert.fingerprint), STATE)))
            .update_expression(format!(
                "SET duplicates = if_not_exists(duplicates, :none), {assigned} {expiry_clause}"
            ))
            .expression_attribute_values(":none", number(0))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let update = values.into_iter().fold(update, |update, (name, value)| {
            update.expression_attribute_values(format!(":{name}"), value)
        });
        let update = match guard {
            Guard::Absent => update.condition_expression(format!("attribute_not_exists({PK})")),
            Guard::Revision(revision) => update
                .condition_expression("revision = :known")
                .expression_attribute_values(":known", number(revision)),
            Guard::Unheard { revision, since } => update
                .condition_expression(
                    "revision = :known AND (attribute_not_exists(heard_at) OR heard_at <= :since)",
                )
                .expression_attribute_values(":known", number(revision))
                .expression_attribute_values(":since", string(sortable(since))),
        };
        let update = update.build().map_err(unreadable("alert"))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Counts a delivery that was known, and notes that its source still says so, which puts the alert's expiry off.
    /// The reply waits a moment at most, and a failure is only logged.
    async fn count_duplicate(&self, Entry { event, delivery }: Entry<'_>) -> Recorded {
        let since = self.clock.now().duration_since(delivery.received_at);
        // What was stored and is only read again is no news.
        let heard_at = (since <= STILL_NEWS).then(|| sortable(delivery.received_at));
        let heard = if heard_at.is_some() { "SET heard_at = :heard_at " } else { "" };
        let count = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key(alert_pk(event.fingerprint), STATE)))
            .update_expression(format!("{heard}ADD duplicates :one"))
            .condition_expression(format!("attribute_exists({PK})"))
            .expression_attribute_values(":one", number(1));
        let count = match heard_at {
            Some(heard_at) => count.expression_attribute_values(":heard_at", string(heard_at)),
            None => count,
        };
        let counting = tokio::spawn(async move {
            if let Err(error) = count.send().await {
                tracing::debug!(error = intake::chain(&error), "duplicate not counted");
            }
        });
        // Dropped, the handle leaves the count to go on by itself.
        let _ = tokio::time::timeout(DUPLICATE_COUNT_WAIT, counting).await;
        Recorded::Duplicate
    }
}

/// What a delivery that is known says that is not what `alert` says any more.
fn news_of(Entry { event, delivery }: Entry<'_>, alert: &Alert) -> Option<AlertEvent> {
    heard_again(alert, event, delivery.received_at)
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

/// Reads a refused transaction: the first reason is that of the history entry or note, the second the state's.
pub(crate) fn interpret(error: SdkError<TransactWriteItemsError>) -> Result<Attempt, StoreError> {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
    else {
        let again = may_pass(&error);
        let error = failed("record an event")(error);
        return if again { Ok(Attempt::Again(error)) } else { Err(error) };
    };
    let [history, state] = [0, 1].map(|index| cancelled.cancellation_reasons().get(index));
    if history.is_some_and(has_failed_condition) {
        return Ok(Attempt::Known);
    }
    if let Some(state) = state.filter(|reason| has_failed_condition(reason)) {
        return Ok(Attempt::Overtaken(state.item.clone()));
    }
    let invalid = |reason: &CancellationReason| reason.code() == Some("ValidationError");
    let is_final = [history, state].into_iter().flatten().any(invalid);
    let error = failed("record an event")(error);
    if is_final { Err(error) } else { Ok(Attempt::Again(error)) }
}

fn has_failed_condition(reason: &CancellationReason) -> bool {
    reason.code() == Some("ConditionalCheckFailed")
}
