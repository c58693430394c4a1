//! The changes of alerts since the watermark, hour by hour, each recorded as its webhook would have been.

use std::collections::{BTreeMap, BTreeSet};

use alert::Source;
use jiff::{SignedDuration, Timestamp};
use netdata::{Call, Node, Transition, Window};

use crate::netdata::flood::Pulse;
use crate::netdata::keeper::Visit;
use crate::netdata::memory::SpaceMemory;
use crate::netdata::report::{Changes, NetdataPartError};

/// How much before the watermark is read once more: a change may be listed late.
const OVERLAP: SignedDuration = SignedDuration::from_mins(15);
/// How much is read at a time, and by every run at least: a flood is measured by the hour.
pub(crate) const SLICE: SignedDuration = SignedDuration::from_hours(1);
/// How far back the first run looks.
const FIRST: SignedDuration = SignedDuration::from_hours(24);
/// How far back any run looks: how long Netdata keeps changes is unknown.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How many changes are asked for at a time.
const PAGE: usize = 200;
/// A page of fewer is the last one, whatever Netdata's own limit is.
const FEW: usize = PAGE / 4;
/// Most changes of one second that are asked for at a time.
const MOST_OF_A_SECOND: usize = 3200;
/// How long a change that nobody was notified of may yet be.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
/// The longest delay of a notification that is waited for.
const LONGEST_DELAY: SignedDuration = SignedDuration::from_mins(30);

impl Visit<'_> {
    /// Records what happened since the watermark, and moves it over what is recorded.
    pub(crate) async fn fetch_changes(&self, memory: &mut SpaceMemory) -> Result<Changes, NetdataPartError> {
        let now = self.api.clock.now();
        let cursor = self.platform.table.poll_cursor(Source::Netdata, &self.space.id).await?;
        let since = cursor.watermark.map_or_else(|| earlier(now, FIRST), |at| earlier(at, OVERLAP));
        let since = since.clamp(earlier(now, LONGEST), earlier(now, SLICE));
        let (mut changes, mut pulse) = (Changes::default(), Pulse::default());
        let mut waiting_since = None;
        let mut after = since;
        while after < now {
            let before = later(after, SLICE).min(now);
            let (rows, unreadable) = self.changes_within(Window { after, before }).await?;
            changes.unreadable += unreadable;
            for row in &rows {
                pulse.feel(row);
            }
            self.learn_names(memory, &rows).await;
            let waiting = self.record_all(memory, &mut changes, &pulse, &rows).await?;
            waiting_since = waiting_since.or(waiting);
            let recorded_to = waiting_since.map_or(before, |waiting: Timestamp| waiting.min(before));
            self.platform
                .table
                .advance_poll_cursor(Source::Netdata, &self.space.id, recorded_to, None)
                .await?;
            after = before;
        }
        memory.forget_before(since);
        changes.flooding = self.record_floods(memory, &pulse, now).await?;
        Ok(changes)
    }

    /// Everything that happened within `window`, oldest first, and how many rows nobody can place.
    ///
    /// Netdata shows the newest ones, and no place to go on from: the next page is what is not newer than the oldest, that
    /// second once more, because the page may have broken inside it.
    async fn changes_within(&self, window: Window) -> Result<(Vec<Transition>, usize), NetdataPartError> {
        let (mut found, mut unreadable) = (BTreeMap::new(), 0);
        let (mut before, mut last) = (window.before, PAGE);
        loop {
            let call = Call::transitions(self.space, self.room, Window { before, ..window }, last);
            let (rows, unplaced) = self.api.ask(&call, Transition::read_all).await?;
            unreadable = unreadable.max(unplaced);
            let count = rows.len() + unplaced;
            let oldest = rows.iter().map(|row| row.at).min();
            let known = found.len();
            found.extend(rows.into_iter().map(|row| ((row.at, row.id.clone()), row)));
            let Some(oldest) = oldest.filter(|_| count >= FEW) else { break };
            if oldest < before {
                (before, last) = (oldest, PAGE);
            } else if count >= last && last < MOST_OF_A_SECOND {
                // A second with more changes than a page has.
                last *= 2;
            } else {
                if last > PAGE && found.len() == known {
                    let source = Source::Netdata;
                    tracing::warn!(%source, at = %oldest, "netdata may not show all changes of this second");
                }
                (before, last) = (earlier(before, SignedDuration::from_secs(1)), PAGE);
            }
            if before < window.after {
                break;
            }
        }
        Ok((found.into_values().collect(), unreadable))
    }

    /// Asks for host names where a new change is of a node without one; a row is recorded without, too.
    async fn learn_names(&self, memory: &mut SpaceMemory, rows: &[Transition]) {
        let now = self.api.clock.now();
        let is_nameless =
            |row: &Transition| !memory.done.contains_key(&row.id) && !memory.names.contains_key(&row.node_id);
        if !memory.has_old_names(now) && !rows.iter().any(is_nameless)
            || rows.iter().all(|row| memory.done.contains_key(&row.id))
        {
            return;
        }
        match self.api.ask(&Call::nodes(self.space, self.room), Node::read_all).await {
            Ok(nodes) => {
                memory.names = nodes.into_iter().filter_map(|node| Some((node.id, node.name?))).collect();
                memory.named_at = Some(now);
            }
            Err(error) => {
                tracing::warn!(source = %Source::Netdata, error = intake::chain(&error), "nodes have no names");
            }
        }
    }

    /// Records `rows`, and yields since when one waits that Netdata may yet notify.
    async fn record_all(
        &self,
        memory: &mut SpaceMemory,
        changes: &mut Changes,
        pulse: &Pulse,
        rows: &[Transition],
    ) -> Result<Option<Timestamp>, NetdataPartError> {
        let now = self.api.clock.now();
        let mut waiting = BTreeSet::new();
        for row in rows {
            if memory.done.contains_key(&row.id) {
                continue;
            }
            let is_on_purpose = row.notified_at.is_none() && !pulse.floods(&row.node_id, row.at);
            if is_on_purpose && row.is_raise && now.duration_since(row.at) < patience(row) {
                waiting.insert(row.at);
                changes.waiting += 1;
                continue;
            }
            self.record(memory, changes, row, is_on_purpose).await?;
            memory.done.insert(row.id.clone(), row.at);
        }
        Ok(waiting.first().copied())
    }
}

/// How long Netdata may take to notify of a change.
fn patience(row: &Transition) -> SignedDuration {
    PATIENCE + row.delay.min(LONGEST_DELAY)
}

pub(crate) fn earlier(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_sub(by).unwrap_or(Timestamp::MIN)
}

pub(crate) fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
