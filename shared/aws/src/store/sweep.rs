//! What the clock alone changes, made durable: alerts that expire, and sources that fall silent.
//!
//! Readers see both at once, whether or not a sweep has been. A sweep makes changes of it for those who follow them.

use std::collections::BTreeMap;

use alert::{Action, Alert, AlertEvent, Condition, Heartbeat, Source};
use futures::future::try_join;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use intake::{Entry, Recorded, Store, StoreError};
use jiff::Timestamp;
use serde_json::json;

use super::Table;
use super::action::own_request;
use super::counts::{ActiveSilences, CountKey, FiringCounts};
use super::listing::{AT_A_TIME, keys};
use super::record::Attempt;
use super::state::State;

/// How many alerts are written at a time.
const WRITES_AT_A_TIME: usize = 16;
/// Who acts where nobody does.
const CAMPANILE: &str = "campanile";

/// What a sweep changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Alerts that expired.
    pub expired: usize,
    /// Sources that fell silent.
    pub fell_silent: usize,
    /// Sources that spoke again.
    pub spoke_again: usize,
}

impl Table {
    /// Writes what the time, `now`, has changed since the last sweep. Reads what fires and nothing else, and may run
    /// as often as one likes, several at once, too.
    pub async fn sweep(&self, now: Timestamp) -> Result<Swept, StoreError> {
        let expired = self.expire_overdue(now).await?;
        let (fell_silent, spoke_again) = self.watch_sources(now).await?;
        Ok(Swept { expired, fell_silent, spoke_again })
    }

    async fn expire_overdue(&self, now: Timestamp) -> Result<usize, StoreError> {
        let (kept, silences) = try_join(self.kept_counts(), self.silences()).await?;
        let active = ActiveSilences::at(&silences, now);
        let mut found = FiringCounts::default();
        let mut merge = self.merge_firing();
        let mut expired = 0;
        loop {
            let entries = merge.next(AT_A_TIME).await?;
            if entries.is_empty() {
                self.keep_counts(&found, kept.as_ref(), &active, now).await;
                return Ok(expired);
            }
            let items = self.items(&keys(&entries)).await?;
            let states =
                items.iter().filter_map(|item| self.readable(item, |item| State::read(Some(item), now)));
            let states = states.inspect(|state| {
                found.add(state.alert.as_ref().and_then(|alert| CountKey::of(alert, &active)), 1);
            });
            let overdue: Vec<_> = states
                .map(|state| async move { self.expire_if_overdue(&state, now).await }.boxed())
                .collect();
            let written: Vec<_> =
                stream::iter(overdue).buffer_unordered(WRITES_AT_A_TIME).try_collect().await?;
            expired += written.into_iter().filter(|is_written| *is_written).count();
        }
    }

    /// Whether it was written; what somebody changed meanwhile waits for the next sweep.
    async fn expire_if_overdue(&self, state: &State, now: Timestamp) -> Result<bool, StoreError> {
        let Some(alert) = state.alert.clone() else { return Ok(false) };
        let was_firing = alert.condition == Condition::Firing;
        let alert = self.expiry.applied(alert, now);
        if !was_firing || alert.condition == Condition::Firing {
            return Ok(false);
        }
        let note = self.new_note(CAMPANILE, Action::Expire, None);
        match self.try_change(state, &alert, &note).await {
            Ok(attempt) => Ok(matches!(attempt, Attempt::Done)),
            Err(error) if error.is_final() => {
                tracing::error!(fingerprint = %alert.fingerprint, error = intake::chain(&error), "alert not expired");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    async fn watch_sources(&self, now: Timestamp) -> Result<(usize, usize), StoreError> {
        let (mut fell_silent, mut spoke_again) = (0, 0);
        if self.silent_after.is_empty() {
            return Ok((fell_silent, spoke_again));
        }
        let mut silent: BTreeMap<Source, usize> = BTreeMap::new();
        let mut news = Vec::new();
        for heartbeat in self.watched_heartbeats().await? {
            let Some(silence) = self.silence_of(&heartbeat).await? else { continue };
            let silent_after = self.silent_after(heartbeat.source);
            let due = silent_after.filter(|silent_after| heartbeat.is_silent(*silent_after, now));
            match (due, silence) {
                (Some(silent_after), None) => news.push((heartbeat, silent_after)),
                (None, Some(silence)) => {
                    spoke_again += self.record_own(&heartbeat.spoke_again(&silence), now).await?;
                }
                (Some(_), Some(_)) => *silent.entry(heartbeat.source).or_default() += 1,
                (None, None) => {}
            }
        }
        // Whoever was heard of least lately first.
        news.sort_by_key(|(heartbeat, _)| heartbeat.last_event_at);
        let mut left_out: BTreeMap<Source, usize> = BTreeMap::new();
        for (heartbeat, silent_after) in news {
            let silent = silent.entry(heartbeat.source).or_default();
            if *silent >= Heartbeat::MOST_SILENT {
                *left_out.entry(heartbeat.source).or_default() += 1;
                continue;
            }
            *silent += 1;
            fell_silent += self.record_own(&heartbeat.fell_silent(silent_after), now).await?;
        }
        for (source, accounts) in left_out {
            let most = Heartbeat::MOST_SILENT;
            tracing::warn!(%source, accounts, most, "more accounts are silent than become alerts: are they real");
        }
        Ok((fell_silent, spoke_again))
    }

    /// The alert that the source of `heartbeat` is silent, if it fires; nothing where what is stored cannot be read.
    async fn silence_of(&self, heartbeat: &Heartbeat) -> Result<Option<Option<Alert>>, StoreError> {
        match self.state(heartbeat.fingerprint()).await {
            Ok(state) => Ok(Some(state.alert.filter(|alert| alert.condition == Condition::Firing))),
            Err(error) if error.is_final() => {
                tracing::error!(source = %heartbeat.source, error = intake::chain(&error), "source not watched");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn record_own(&self, event: &AlertEvent, now: Timestamp) -> Result<usize, StoreError> {
        let inbound = own_request(&json!({ "title": event.title }), now);
        let recorded = self.record(Entry { event, inbound: &inbound }).await?;
        Ok(usize::from(recorded != Recorded::Duplicate))
    }
}
