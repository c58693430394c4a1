//! Several partitions of an index, read as one list, newest first.

use std::collections::VecDeque;

use futures::future::try_join_all;
use intake::StoreError;

use super::definition::{Index, PK, SK};
use super::item::{Item, string, text};
use super::record::failed;
use super::{Cursor, Table};

/// How many keys of a partition are read at a time, at least.
const FEWEST: usize = 10;
/// How many keys of a partition are read at a time, at most.
const MOST: usize = 250;

/// A key that the index holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) sort_key: String,
    pub(crate) key: (String, String),
}

/// A part of an index: from one sort key on, and before another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) from: Option<String>,
    pub(crate) before: Option<String>,
}

impl Span {
    /// Everything older than where a page ended.
    pub(crate) fn behind(cursor: Option<&Cursor>) -> Self {
        Self { from: None, before: cursor.map(|cursor| cursor.sort_key().to_owned()) }
    }

    fn is_empty(&self) -> bool {
        self.from.as_ref().zip(self.before.as_ref()).is_some_and(|(from, before)| from >= before)
    }

    fn holds(&self, entry: &Entry) -> bool {
        self.before.as_ref().is_none_or(|before| entry.sort_key < *before)
    }

    /// The condition on `index` that asks for it. DynamoDB takes one condition on a sort key, and between is inclusive.
    fn condition(&self, index: Index) -> String {
        let (partition, sort) = (index.partition_key, index.sort_key);
        match (&self.from, &self.before) {
            (None, None) => format!("{partition} = :partition"),
            (None, Some(_)) => format!("{partition} = :partition AND {sort} < :before"),
            (Some(_), None) => format!("{partition} = :partition AND {sort} >= :from"),
            (Some(_), Some(_)) => format!("{partition} = :partition AND {sort} BETWEEN :from AND :before"),
        }
    }
}

/// The merged list; reads only as much of each partition as it hands out.
pub(crate) struct Merge<'a> {
    table: &'a Table,
    index: Index,
    span: Span,
    partitions: Vec<Partition>,
}

struct Partition {
    name: String,
    read: VecDeque<Entry>,
    resume: Resume,
}

/// Where the next query of a partition begins.
enum Resume {
    Start,
    After(Item),
    Nowhere,
}

/// What was found of entries that a key admits.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The entries.
    pub(crate) entries: Vec<Entry>,
    /// How many others were passed over.
    pub(crate) left_out: usize,
    /// The sort key of the last entry that was looked at; `None` at the end.
    pub(crate) last: Option<String>,
}

impl Found {
    /// `entries`, none of them left out.
    pub(crate) fn all(entries: Vec<Entry>) -> Self {
        let last = entries.last().map(|entry| entry.sort_key.clone());
        Self { entries, left_out: 0, last }
    }
}

impl<'a> Merge<'a> {
    /// The entries of `partitions` of `index` in `span`.
    pub(crate) fn new(
        table: &'a Table,
        index: Index,
        span: Span,
        partitions: impl IntoIterator<Item = String>,
    ) -> Self {
        let start = || if span.is_empty() { Resume::Nowhere } else { Resume::Start };
        let unread = |name| Partition { name, read: VecDeque::new(), resume: start() };
        let partitions = partitions.into_iter().map(unread).collect();
        Self { table, index, span, partitions }
    }

    /// The next `wanted` entries, fewer only at the end.
    pub(crate) async fn next(&mut self, wanted: usize) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::with_capacity(wanted);
        while entries.len() < wanted {
            self.refill(wanted - entries.len()).await?;
            match self.pop() {
                Some(entry) => entries.push(entry),
                None => break,
            }
        }
        Ok(entries)
    }

    /// The next `wanted` entries that `admits` admits, fewer at the end or where `most` others were passed over.
    pub(crate) async fn next_where(
        &mut self,
        wanted: usize,
        most: usize,
        admits: impl Fn(&Entry) -> bool,
    ) -> Result<Found, StoreError> {
        let mut found = Found::default();
        while found.entries.len() < wanted && found.left_out < most {
            self.refill(MOST).await?;
            let Some(entry) = self.pop() else { break };
            found.last = Some(entry.sort_key.clone());
            if admits(&entry) {
                found.entries.push(entry);
            } else {
                found.left_out += 1;
            }
        }
        Ok(found)
    }

    /// The newest entry that was read.
    fn pop(&mut self) -> Option<Entry> {
        let newest = self.partitions.iter_mut().max_by(|a, b| a.newest().cmp(&b.newest()));
        newest.and_then(|partition| partition.read.pop_front())
    }

    /// Reads on wherever nothing is left to compare, all such partitions at once.
    async fn refill(&mut self, wanted: usize) -> Result<(), StoreError> {
        let Self { table, index, span, partitions } = self;
        let empty = partitions.iter_mut().filter(|partition| partition.wants_more());
        let limit = wanted.clamp(FEWEST, MOST);
        try_join_all(empty.map(|partition| partition.read_on(table, *index, span, limit))).await.map(drop)
    }
}

impl Partition {
    fn newest(&self) -> Option<&str> {
        self.read.front().map(|entry| entry.sort_key.as_str())
    }

    fn wants_more(&self) -> bool {
        self.read.is_empty() && !matches!(self.resume, Resume::Nowhere)
    }

    async fn read_on(
        &mut self,
        table: &Table,
        index: Index,
        span: &Span,
        limit: usize,
    ) -> Result<(), StoreError> {
        while self.wants_more() {
            let mut query = table
                .client
                .query()
                .table_name(&table.name)
                .index_name(index.name)
                .scan_index_forward(false)
                .limit(i32::try_from(limit).unwrap_or(i32::MAX))
                .key_condition_expression(span.condition(index))
                .expression_attribute_values(":partition", string(&self.name));
            for (name, bound) in [(":from", &span.from), (":before", &span.before)] {
                if let Some(bound) = bound {
                    query = query.expression_attribute_values(name, string(bound));
                }
            }
            if let Resume::After(key) = std::mem::replace(&mut self.resume, Resume::Nowhere) {
                query = query.set_exclusive_start_key(Some(key));
            }
            let answer = query.send().await.map_err(failed("read an index"))?;
            let items = answer.items.unwrap_or_default();
            let entries = items.iter().filter_map(|item| entry(item, index));
            self.read.extend(entries.filter(|entry| span.holds(entry)));
            self.resume = answer.last_evaluated_key.map_or(Resume::Nowhere, Resume::After);
        }
        Ok(())
    }
}

fn entry(item: &Item, index: Index) -> Option<Entry> {
    let key = (text(item, PK)?.to_owned(), text(item, SK)?.to_owned());
    Some(Entry { sort_key: text(item, index.sort_key)?.to_owned(), key })
}
