//! Silences, in a partition of their own: few, small and read whole.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use alert::{Clock, Silence, SilenceDraft, SilenceEdit, SilenceError, SilenceId, SilenceState};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use intake::StoreError;
use jiff::Timestamp;

use super::Table;
use super::definition::{EXPIRES_AT, PK, SK};
use super::item::{Item, VERSION, check_version, is_expired, new_item, number, rejected, string, unreadable};
use super::record::expiry;
use super::retry::{may_pass, pause, refused};

/// The partition of all silences.
const SILENCES: &str = "SILENCE";
/// How many silences may be under way or to come: every reader of alerts reads them.
const MOST_LIVE: usize = 1_000;
/// How long a silence that is over can still be looked up; Alertmanager keeps them for as long.
const KEPT_AFTER_END: Duration = Duration::from_hours(5 * 24);

/// Why a silence could not be made, changed or ended.
#[derive(Debug, thiserror::Error)]
pub enum SilenceFailure {
    /// It makes no sense.
    #[error(transparent)]
    Invalid(SilenceError),
    /// There is none of this id.
    #[error("there is no silence `{0}`")]
    Unknown(SilenceId),
    /// The table refused or did not answer.
    #[error("the silence could not be stored: try again")]
    Store(#[source] StoreError),
}

/// Silences as they were last read, so that their regexes are compiled once and not for every request.
#[derive(Debug, Default)]
pub(super) struct KnownSilences(Mutex<HashMap<SilenceId, Silence>>);

impl KnownSilences {
    /// `read`, each with the regexes of the same silence as it was read before.
    fn as_known(&self, read: Vec<Silence>) -> Vec<Silence> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let silences: Vec<_> = read
            .into_iter()
            .map(|silence| match known.get(&silence.id) {
                // Equal matchers, but these may be compiled.
                Some(known) if *known == silence => known.clone(),
                _ => silence,
            })
            .collect();
        *known = silences.iter().map(|silence| (silence.id, silence.clone())).collect();
        silences
    }
}

/// A silence to be written, and what it was when it was read.
struct Change {
    silence: Silence,
    known: Option<Timestamp>,
}

impl Table {
    /// Every silence there is, and those that ended in the last five days; the newest first.
    pub async fn silences(&self) -> Result<Vec<Silence>, StoreError> {
        let items = self.read_all(self.partition(SILENCES), "read the silences").await?;
        let silences = items.iter().filter_map(|item| self.readable(item, to_silence)).collect();
        let mut silences = self.known_silences.as_known(silences);
        silences.sort_by_key(|silence| (std::cmp::Reverse(silence.updated_at), silence.id));
        Ok(silences)
    }

    /// The silence `id`.
    pub async fn silence(&self, id: SilenceId) -> Result<Option<Silence>, StoreError> {
        let item = self.item(SILENCES.to_owned(), &id.to_string()).await?;
        let now = self.clock.now();
        item.as_ref().filter(|item| !is_expired(item, now)).map(to_silence).transpose()
    }

    /// Makes a new silence of `draft`; durable when this returns.
    pub async fn add_silence(&self, draft: SilenceDraft) -> Result<Silence, SilenceFailure> {
        self.check_count().await?;
        let silence = draft.create(new_id(), self.clock.now()).map_err(SilenceFailure::Invalid)?;
        let change = Change { silence, known: None };
        self.put_silences(std::slice::from_ref(&change)).await.map_err(SilenceFailure::Store)?;
        Ok(change.silence)
    }

    /// Makes the silence `id` like `draft`, and returns what covers now: the same one changed, or another in its place.
    pub async fn edit_silence(&self, id: SilenceId, draft: SilenceDraft) -> Result<Silence, SilenceFailure> {
        let new_id = new_id();
        loop {
            let known = self.known_silence(id).await?;
            let seen = Some(known.updated_at);
            let edit =
                draft.clone().edit(known, new_id, self.clock.now()).map_err(SilenceFailure::Invalid)?;
            let changes = match edit {
                SilenceEdit::Changed(silence) => vec![Change { silence, known: seen }],
                SilenceEdit::Replaced { ended, new } => {
                    vec![Change { silence: new, known: None }, Change { silence: ended, known: seen }]
                }
            };
            if self.put_silences(&changes).await.map_err(SilenceFailure::Store)? {
                return changes
                    .into_iter()
                    .next()
                    .map(|change| change.silence)
                    .ok_or(SilenceFailure::Unknown(id));
            }
        }
    }

    /// Ends the silence `id` now; one that is over stays as it is.
    pub async fn end_silence(&self, id: SilenceId) -> Result<Silence, SilenceFailure> {
        loop {
            let known = self.known_silence(id).await?;
            let ended = known.clone().ended(self.clock.now());
            let change = Change { silence: ended, known: Some(known.updated_at) };
            if change.silence == known
                || self.put_silences(std::slice::from_ref(&change)).await.map_err(SilenceFailure::Store)?
            {
                return Ok(change.silence);
            }
        }
    }

    /// Refuses one more silence where there are [`MOST_LIVE`] that are not over.
    async fn check_count(&self) -> Result<(), SilenceFailure> {
        let now = self.clock.now();
        let silences = self.silences().await.map_err(SilenceFailure::Store)?;
        let live = silences.iter().filter(|silence| silence.state(now) != SilenceState::Expired).count();
        if live < MOST_LIVE { Ok(()) } else { Err(SilenceFailure::Invalid(SilenceError::TooMany(live))) }
    }

    async fn known_silence(&self, id: SilenceId) -> Result<Silence, SilenceFailure> {
        let known = self.silence(id).await.map_err(SilenceFailure::Store)?;
        known.ok_or(SilenceFailure::Unknown(id))
    }

    /// Writes all of `changes` or none; `false` if somebody changed one of them meanwhile.
    async fn put_silences(&self, changes: &[Change]) -> Result<bool, StoreError> {
        let puts = changes.iter().map(|change| self.put_silence(change)).collect::<Result<Vec<_>, _>>()?;
        let mut attempt = 0;
        loop {
            let transaction = self.client.transact_write_items().set_transact_items(Some(puts.clone()));
            match transaction.send().await {
                Ok(_) => return Ok(true),
                Err(error) if is_overtaken(&error) => return Ok(false),
                Err(error) if may_pass(&error) => pause(attempt).await,
                Err(error) => return Err(refused("store a silence", "silence", error)),
            }
            attempt += 1;
        }
    }

    fn put_silence(&self, Change { silence, known }: &Change) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder().table_name(&self.name).set_item(Some(to_item(silence)?));
        let put = match known {
            // A repetition whose first answer was lost finds its own item.
            None => put
                .condition_expression(format!("attribute_not_exists({PK}) OR updated_at = :updated_at"))
                .expression_attribute_values(":updated_at", string(silence.updated_at.to_string())),
            Some(known) => put
                .condition_expression("updated_at IN (:known, :updated_at)")
                .expression_attribute_values(":known", string(known.to_string()))
                .expression_attribute_values(":updated_at", string(silence.updated_at.to_string())),
        };
        Ok(TransactWriteItem::builder().put(put.build().map_err(rejected("silence"))?).build())
    }
}

/// Chance enough for a name that must only be unlike all others.
fn new_id() -> SilenceId {
    SilenceId::from_chance(fastrand::u128(..))
}

/// The item of `silence`; the table forgets it some days after it is over for good.
fn to_item(silence: &Silence) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(silence).map_err(rejected("silence"))?;
    item.extend(new_item(SILENCES, silence.id.to_string()));
    if let Some(over_at) = silence.over_at() {
        item.insert(EXPIRES_AT.to_owned(), number(expiry(over_at, KEPT_AFTER_END)));
    }
    Ok(item)
}

fn to_silence(item: &Item) -> Result<Silence, StoreError> {
    check_version(item, "silence")?;
    let mut item = item.clone();
    item.retain(|name, _| ![PK, SK, EXPIRES_AT, VERSION].contains(&name.as_str()));
    serde_dynamo::from_item(item).map_err(unreadable("silence"))
}

fn is_overtaken(error: &SdkError<TransactWriteItemsError>) -> bool {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
    else {
        return false;
    };
    let codes = cancelled.cancellation_reasons().iter().map(|reason| reason.code());
    codes.into_iter().any(|code| code == Some("ConditionalCheckFailed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept_until(recurrence: Option<&str>) -> Option<i64> {
        let silence = SilenceDraft {
            matchers: vec!["source=netdata".parse().unwrap()],
            starts_at: Timestamp::from_second(1_000_000).unwrap(),
            ends_at: Timestamp::from_second(1_003_600).unwrap(),
            recurrence: recurrence.map(|rule| rule.parse().unwrap()),
            time_zone: None,
            created_by: "ada".to_owned(),
            comment: "planned".to_owned(),
            annotations: alert::Labels::new(),
        };
        let silence = silence.create(SilenceId::from_chance(1), Timestamp::UNIX_EPOCH).unwrap();
        let item = to_item(&silence).unwrap();
        assert_eq!(to_silence(&item).unwrap(), silence);
        item.get(EXPIRES_AT).map(|at| at.as_n().unwrap().parse().unwrap())
    }

    #[test]
    fn a_silence_that_recurs_is_not_forgotten_after_its_first_occurrence() {
        let kept = i64::try_from(KEPT_AFTER_END.as_secs()).unwrap();
        assert_eq!(kept_until(None), Some(1_003_600 + kept));
        assert_eq!(kept_until(Some("FREQ=DAILY")), None);
        assert_eq!(kept_until(Some("FREQ=DAILY;COUNT=3")), Some(1_003_600 + 2 * 86_400 + kept));
    }
}
