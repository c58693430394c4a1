//! Statistics: one item a source and day, in which the notifier counts what the stream carries.
//!
//! A batch of the stream may come again, whole or in part, together with others or in another order, and whoever counts may
//! die at any point; still each change is counted once. Its id is kept beside the counts, in the same item and the same
//! conditional write. Ids that have become many are moved to an item of their own, which is written before they leave the
//! first one: a death in between leaves them in both. What comes as late as they are is looked up there, and nothing else is.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use alert::Source;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use dispatch::{CountedChange, DayStatistics};
use intake::{StoreError, chain};
use jiff::Timestamp;
use jiff::civil::Date;

use super::Table;
use super::definition::{EXPIRES_AT, PK, SK};
use super::item::{
    Item, check_version, day, integer, is_expired, new_item, number, rejected, sortable, string, text,
    unreadable,
};
use super::packed::{Dictionary, pack, unpack};
use super::record::{expiry, is_known};
use super::retry::{may_pass, pause, refused};

/// The word in error messages.
const WHAT: &str = "statistics of a day";
/// The counts, deflated.
const STATISTICS: &str = "statistics";
/// Ids of counted changes, eight bytes each.
const COUNTED: &str = "counted";
/// The latest moment of what was counted.
const COUNTED_UNTIL: &str = "counted_until";
/// The latest moment of what has its id in another item.
const MOVED_UNTIL: &str = "moved_until";
/// Grows with every write, and guards it.
const REVISION: &str = "revision";
/// How many ids an item keeps beside its counts before they are moved; more only of one batch.
const MOST_IDS: usize = 48;
/// How many changes are counted with one write.
const AT_A_TIME: usize = 100;
/// How long a day is kept: a period of ninety days, and what a week of it lies before.
const KEPT: Duration = Duration::from_hours(24 * 100);
/// How long ids are kept that were moved: longer than the stream keeps its records, which is a day.
const IDS_KEPT: Duration = Duration::from_hours(24 * 3);
/// How often it is tried again because somebody else counted meanwhile.
const MOST_CONFLICTS: u32 = 20;

/// One day's item as it was read.
#[derive(Debug, Default)]
struct Day {
    statistics: DayStatistics,
    counted: Vec<u64>,
    counted_until: String,
    moved_until: String,
    revision: u64,
}

/// What an attempt to count came to.
enum Attempt {
    Done,
    Overtaken,
}

impl Table {
    /// Counts `changes`, each once however often it comes.
    pub(crate) async fn count_statistics(&self, changes: &[CountedChange]) -> Result<(), StoreError> {
        let mut days: BTreeMap<(Source, String), Vec<&CountedChange>> = BTreeMap::new();
        for change in changes {
            days.entry((change.source, day(change.at))).or_default().push(change);
        }
        for ((source, day), changes) in days {
            for changes in changes.chunks(AT_A_TIME) {
                self.count_in_day(source, &day, changes).await?;
            }
        }
        Ok(())
    }

    /// What is known of the days `first` to `last` of each of `sources`.
    pub async fn statistics(
        &self,
        sources: &[Source],
        first: Date,
        last: Date,
    ) -> Result<Vec<(Source, Date, DayStatistics)>, StoreError> {
        let mut known = Vec::new();
        for source in sources {
            let query = self
                .partition(statistics_pk(*source))
                .consistent_read(false)
                .key_condition_expression(format!("{PK} = :pk AND {SK} BETWEEN :first AND :last"))
                .expression_attribute_values(":first", string(first.to_string()))
                .expression_attribute_values(":last", string(last.to_string()));
            let items = self.read_all(query, "read statistics").await?;
            known.extend(items.iter().filter_map(|item| {
                let day = text(item, SK)?.parse().ok()?;
                Some((*source, day, self.readable(item, Day::read)?.statistics))
            }));
        }
        Ok(known)
    }

    async fn count_in_day(
        &self,
        source: Source,
        day: &str,
        changes: &[&CountedChange],
    ) -> Result<(), StoreError> {
        let mut attempt = 0;
        loop {
            let item = self.item(statistics_pk(source), day).await?;
            let item = item.filter(|item| !is_expired(item, self.now()));
            let known = match item.as_ref().map(Day::read).transpose() {
                Ok(known) => known.unwrap_or_default(),
                // It stays as it is: what a newer version wrote must not be written over.
                Err(error) => {
                    tracing::error!(%source, day, error = chain(&error), "changes not counted");
                    return Ok(());
                }
            };
            match self.try_count(source, day, known, changes).await? {
                Attempt::Done => return Ok(()),
                Attempt::Overtaken if attempt < MOST_CONFLICTS => pause(attempt).await,
                Attempt::Overtaken => return Err(overtaken()),
            }
            attempt += 1;
        }
    }

    /// Adds to `known` those of `changes` that it does not have yet.
    async fn try_count(
        &self,
        source: Source,
        day: &str,
        mut known: Day,
        changes: &[&CountedChange],
    ) -> Result<Attempt, StoreError> {
        let mut seen = self.ids_counted(source, day, &known, changes).await?;
        let fresh: Vec<_> = changes.iter().filter(|change| seen.insert(change.id)).collect();
        if fresh.is_empty() {
            return Ok(Attempt::Done);
        }
        if known.counted.len() + fresh.len() > MOST_IDS && !known.counted.is_empty() {
            self.move_ids(source, day, &known).await?;
            known.moved_until.clone_from(&known.counted_until);
            known.counted.clear();
        }
        for change in fresh {
            known.statistics.add(&change.counted);
            known.counted.push(change.id);
            known.counted_until = std::mem::take(&mut known.counted_until).max(sortable(change.at));
        }
        self.put_statistics(source, day, known).await
    }

    /// The ids of what is counted, as far as `changes` may be among it.
    async fn ids_counted(
        &self,
        source: Source,
        day: &str,
        known: &Day,
        changes: &[&CountedChange],
    ) -> Result<HashSet<u64>, StoreError> {
        let mut ids: HashSet<u64> = known.counted.iter().copied().collect();
        let unknown = changes.iter().filter(|change| !ids.contains(&change.id)).map(|change| change.at).min();
        let Some(earliest) = unknown.map(sortable).filter(|earliest| *earliest <= known.moved_until) else {
            return Ok(ids);
        };
        // Each item's key begins with its latest moment, so that one before the earliest change has none of them.
        let query = self
            .partition(counted_pk(source, day))
            .key_condition_expression(format!("{PK} = :pk AND {SK} >= :earliest"))
            .expression_attribute_values(":earliest", string(earliest));
        for item in self.read_all(query, "read what was counted").await? {
            ids.extend(ids_of(&item));
        }
        Ok(ids)
    }

    /// Puts the ids of `known` into an item of their own; the same one however often it is tried.
    async fn move_ids(&self, source: Source, day: &str, known: &Day) -> Result<(), StoreError> {
        let place = format!("{}#{:010}", known.counted_until, known.revision);
        let mut item = new_item(counted_pk(source, day), place);
        item.insert(COUNTED.to_owned(), ids_attribute(&known.counted));
        item.insert(EXPIRES_AT.to_owned(), number(expiry(self.now(), IDS_KEPT)));
        self.put(&item, "keep what was counted", "counted changes").await
    }

    async fn put_statistics(&self, source: Source, day: &str, known: Day) -> Result<Attempt, StoreError> {
        let before = known.revision;
        let expires_at = expires_at(day, self.now());
        if expires_at <= self.now().as_second() {
            return Ok(Attempt::Done);
        }
        let mut item = new_item(statistics_pk(source), day);
        item.extend([
            (
                STATISTICS.to_owned(),
                AttributeValue::B(pack(&known.statistics, Dictionary::OUTBOX).map_err(rejected(WHAT))?),
            ),
            (COUNTED.to_owned(), ids_attribute(&known.counted)),
            (COUNTED_UNTIL.to_owned(), string(known.counted_until)),
            (MOVED_UNTIL.to_owned(), string(known.moved_until)),
            (REVISION.to_owned(), number(before + 1)),
            (EXPIRES_AT.to_owned(), number(expires_at)),
        ]);
        let mut attempt = 0;
        loop {
            let put = self.client.put_item().table_name(&self.name).set_item(Some(item.clone()));
            let put = if before == 0 {
                put.condition_expression(format!("attribute_not_exists({PK})"))
            } else {
                let put = put.condition_expression(format!("{REVISION} = :before"));
                put.expression_attribute_values(":before", number(before))
            };
            match put.send().await {
                Ok(_) => return Ok(Attempt::Done),
                // Perhaps by this very put, whose answer was lost: what is read next will show it.
                Err(error) if is_known(&error) => return Ok(Attempt::Overtaken),
                Err(error) if may_pass(&error) => pause(attempt).await,
                Err(error) => return Err(refused("keep statistics", WHAT, error)),
            }
            attempt += 1;
        }
    }
}

impl Day {
    fn read(item: &Item) -> Result<Self, StoreError> {
        check_version(item, WHAT)?;
        let packed = item.get(STATISTICS).and_then(|value| value.as_b().ok()).ok_or("there are none");
        let statistics = unpack(packed.map_err(unreadable(WHAT))?).map_err(unreadable(WHAT))?;
        let moment = |name| text(item, name).unwrap_or_default().to_owned();
        Ok(Self {
            statistics,
            counted: ids_of(item).collect(),
            counted_until: moment(COUNTED_UNTIL),
            moved_until: moment(MOVED_UNTIL),
            revision: integer(item, REVISION).unwrap_or_default(),
        })
    }
}

/// The partition of all days of one source.
fn statistics_pk(source: Source) -> String {
    format!("STATISTICS#{source}")
}

/// The partition of the ids that were moved from one day's item.
fn counted_pk(source: Source, day: &str) -> String {
    format!("COUNTED#{source}#{day}")
}

fn ids_attribute(ids: &[u64]) -> AttributeValue {
    AttributeValue::B(Blob::new(ids.iter().flat_map(|id| id.to_be_bytes()).collect::<Vec<_>>()))
}

fn ids_of(item: &Item) -> impl Iterator<Item = u64> + use<'_> {
    let bytes = item.get(COUNTED).and_then(|value| value.as_b().ok()).map_or(&[][..], AsRef::as_ref);
    bytes.as_chunks().0.iter().map(|id| u64::from_be_bytes(*id))
}

/// When the item of `day` goes, in Unix seconds.
fn expires_at(day: &str, now: Timestamp) -> i64 {
    let begins = format!("{day}T00:00:00Z").parse().unwrap_or(now);
    expiry(begins, KEPT)
}

fn overtaken() -> StoreError {
    let source = "others counted again and again".into();
    StoreError::Unavailable { operation: "count changes", source }
}
