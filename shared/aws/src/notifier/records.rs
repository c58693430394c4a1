//! A batch of the table's stream: records in, state changes out, and which record has to come again.

use alert::{Action, Alert, Source};
use dispatch::{ChangeReason, CountedChange, StateChange};
use intake::{Quarantined, Store, StoreError, chain};
use jiff::Timestamp;
use normalize::{InboundRequest, Rejection};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Notifier, NotifierError};
use crate::store::canary::is_canary;
use crate::store::definition::SK;
use crate::store::item::{Item, STATE, text, to_alert, unreadable};
use crate::store::state::UNTOLD;

/// The word in error messages.
const WHAT: &str = "stream record";

#[derive(Deserialize)]
struct Record<Change> {
    dynamodb: Change,
}

/// Read first and alone: most records are about something else, and their images may be large.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    keys: serde_dynamo::Item,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Images {
    new_image: Option<serde_dynamo::Item>,
    old_image: Option<serde_dynamo::Item>,
}

impl Notifier {
    /// Routes what `records` say. The answer names the first record that has to come again.
    pub(super) async fn route(&self, records: &[Value]) -> Result<Value, NotifierError> {
        let (mut changes, mut before, mut places, mut failed) = (Vec::new(), Vec::new(), Vec::new(), None);
        for (place, record) in records.iter().enumerate() {
            match self.change(record).await {
                Ok(None) => {}
                Ok(Some((change, old))) => {
                    changes.push(change);
                    before.push(old);
                    places.push(place);
                }
                Err(error) => {
                    let is_kept = error.is_final() && self.quarantine(record, &error).await.is_ok();
                    failed = failed.or((!is_kept).then_some(place));
                }
            }
        }
        if !changes.is_empty() {
            let failures =
                self.engine.dispatcher.handle_changes(&changes).await.map_err(NotifierError::Outbox)?;
            let first = failures.first().and_then(|change| places.get(*change)).copied();
            failed = failed.into_iter().chain(first).min();
            let uncounted = self.count(before, &changes, &places, failed).await;
            failed = failed.into_iter().chain(uncounted).min();
        }
        self.send_back_canary(records).await;
        Ok(answer(records, failed))
    }

    /// Counts what was routed of `changes`, which stand in `places` of their batch; what comes again from `failed` on is counted
    /// then. Yields the place from which on it has to come again because it could not be counted.
    async fn count(
        &self,
        before: Vec<Option<Alert>>,
        changes: &[StateChange],
        places: &[usize],
        failed: Option<usize>,
    ) -> Option<usize> {
        let done = places.iter().filter(|place| failed.is_none_or(|failed| **place < failed)).count();
        let routed: Vec<_> = before.into_iter().zip(changes).take(done).collect();
        let counted: Vec<_> =
            routed.iter().filter_map(|(old, change)| CountedChange::of(old.as_ref(), change)).collect();
        if let Err(error) = self.platform.table.count_statistics(&counted).await {
            tracing::error!(error = chain(&error), "changes not counted");
            if !error.is_final() {
                return places.first().copied();
            }
        }
        let states: Vec<_> = routed.into_iter().map(|(old, change)| (old, &change.alert)).collect();
        self.platform.table.count_changes(&states).await;
        None
    }

    /// The change in `record`, if it is one that may be notified, and the alert before it.
    async fn change(&self, record: &Value) -> Result<Option<(StateChange, Option<Alert>)>, StoreError> {
        let Some((old, new)) = images(record)? else { return Ok(None) };
        let at = self.engine.clock.now();
        let Some(mut change) = StateChange::between(old.as_ref(), &new, at) else { return Ok(None) };
        if let ChangeReason::Unacknowledged { by, note } = &mut change.reason {
            // Who withdrew it is in neither image, but in the alert's notes.
            let notes = self.platform.table.notes(new.fingerprint).await?;
            let known = notes.into_iter().find(|note| note.action == Action::Unacknowledge);
            if let Some(known) = known {
                *by = Some(known.by);
                *note = Some(known.text).filter(|text| !text.is_empty());
            }
        }
        Ok(Some((change, old)))
    }

    /// Keeps a record that cannot be read where an operator finds it, so that it holds nobody up.
    async fn quarantine(&self, record: &Value, error: &StoreError) -> Result<(), StoreError> {
        let number = sequence_number(record);
        tracing::error!(sequence_number = number, error = chain(error), "stream record quarantined");
        let request = InboundRequest::json(
            "STREAM",
            record.to_string(),
            created_at(record).unwrap_or_else(|| self.engine.clock.now()),
        );
        let message = format!("the stream record `{number}` cannot be routed: {}", chain(error));
        let rejection = Rejection::new("unreadable_stream_record", message);
        let quarantined = Quarantined::new(Source::Campanile, rejection, request);
        let kept = self.platform.table.quarantine(&quarantined).await;
        kept.inspect_err(|error| tracing::error!(error = chain(error), "stream record not quarantined"))
    }
}

/// An alert before and after a change; `None` if `record` is not about an alert's state, if that is gone, or if there is
/// nothing to notify.
fn images(record: &Value) -> Result<Option<(Option<Alert>, Alert)>, StoreError> {
    let Record { dynamodb: Keys { keys } } = Record::deserialize(record).map_err(unreadable(WHAT))?;
    let is_untold = record["dynamodb"]["NewImage"][UNTOLD]["BOOL"] == true;
    if is_untold || text(&Item::from(keys), SK) != Some(STATE) || is_canary(record) {
        return Ok(None);
    }
    let Record { dynamodb: Images { new_image, old_image } } =
        Record::deserialize(record).map_err(unreadable(WHAT))?;
    let Some(new) = new_image else { return Ok(None) };
    let new = to_alert(&Item::from(new))?;
    // What cannot be read any more is as good as nothing: what is now is notified.
    let old = old_image.and_then(|old| to_alert(&Item::from(old)).ok());
    Ok(Some((old, new)))
}

/// Lambda's way to hear of records that have to come again: it goes on with the first of them.
fn answer(records: &[Value], failed: Option<usize>) -> Value {
    let failed = failed.and_then(|place| records.get(place));
    let failures: Vec<_> =
        failed.iter().map(|record| json!({ "itemIdentifier": sequence_number(record) })).collect();
    json!({ "batchItemFailures": failures })
}

fn sequence_number(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default()
}

fn created_at(record: &Value) -> Option<Timestamp> {
    let seconds = record["dynamodb"]["ApproximateCreationDateTime"].as_f64()?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a time in whole seconds; what is out of range is none"
    )]
    Timestamp::from_second(seconds as i64).ok()
}
