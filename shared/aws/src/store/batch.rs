//! Recording what one notification says of many alerts: what is known costs no refused write.
//!
//! A notification that comes again after a time-out begins with what is not known yet, so that it makes progress however
//! little time it is given.

use std::collections::{HashMap, HashSet};

use futures::{FutureExt, StreamExt, stream};
use intake::{Entry, Recorded, StoreError};

use super::Table;
use super::days::DayIndex;
use super::definition::{PK, SK};
use super::history_key::HistoryKey;
use super::item::{Item, STATE, alert_pk, text};
use super::state::State;

/// How many events are recorded at a time.
const AT_A_TIME: usize = 16;

type Key = (String, String);

impl Table {
    /// Records several `entries`; outcomes in their order.
    pub(super) async fn record_batch(&self, entries: &[Entry<'_>]) -> Vec<Result<Recorded, StoreError>> {
        let indexed = self.index_days(entries).await;
        let stored = match indexed {
            Ok(()) => self.stored(entries).await.unwrap_or_else(|error| {
                tracing::debug!(error = intake::chain(&error), "batch not read ahead");
                Stored::default()
            }),
            Err(error) => return refused_all(entries, error),
        };
        let (known, new): (Vec<_>, Vec<_>) = entries.iter().enumerate().partition(|(_, entry)| {
            stored.knows(**entry) && self.news_of(**entry, &stored.counted(self, **entry).1).is_none()
        });
        let mut seen = HashSet::new();
        let recordings = new.into_iter().map(|(index, entry)| {
            // The first event of an alert makes what was read of it old.
            let state = stored.state_of(self, *entry).filter(|_| seen.insert(entry.event.fingerprint));
            self.record_in_turn(*entry, state).map(move |outcome| (index, outcome)).boxed()
        });
        let recordings: Vec<_> = recordings.collect();
        let mut outcomes: Vec<_> = stream::iter(recordings).buffer_unordered(AT_A_TIME).collect().await;
        outcomes.extend(known.iter().map(|(index, _)| (*index, Ok(Recorded::Duplicate))));
        self.count_duplicates(known.into_iter().map(|(_, entry)| stored.counted(self, *entry)).collect())
            .await;
        outcomes.sort_by_key(|(index, _)| *index);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }

    async fn index_days(&self, entries: &[Entry<'_>]) -> Result<(), StoreError> {
        for Entry { event, inbound } in entries {
            self.index_day(DayIndex::Of(event.source), inbound.received_at).await?;
        }
        Ok(())
    }

    /// What the table has of the events and alerts of `entries`.
    async fn stored(&self, entries: &[Entry<'_>]) -> Result<Stored, StoreError> {
        let entry_keys: HashSet<_> =
            entries.iter().map(|entry| HistoryKey::of(*entry).known_by(*entry)).collect();
        let state_keys: HashSet<_> =
            entries.iter().map(|entry| (alert_pk(entry.event.fingerprint), STATE.to_owned())).collect();
        let (events, states) = futures::future::try_join(
            self.keys_present(&entry_keys.into_iter().collect::<Vec<_>>()),
            async { self.items(&state_keys.into_iter().collect::<Vec<_>>()).await },
        )
        .await?;
        let states =
            states.into_iter().filter_map(|item| Some((text(&item, PK)?.to_owned(), item))).collect();
        Ok(Stored { events, states: Some(states) })
    }

    /// Which of `keys` have an item.
    async fn keys_present(&self, keys: &[Key]) -> Result<HashSet<Key>, StoreError> {
        let items = self.keys_of(keys).await?;
        let key = |item: &Item| Some((text(item, PK)?.to_owned(), text(item, SK)?.to_owned()));
        Ok(items.iter().filter_map(key).collect())
    }
}

/// What was read ahead of a batch; nothing of it is relied upon, because every write has its conditions.
#[derive(Default)]
struct Stored {
    events: HashSet<Key>,
    states: Option<HashMap<String, Item>>,
}

impl Stored {
    fn knows(&self, entry: Entry<'_>) -> bool {
        self.events.contains(&HistoryKey::of(entry).known_by(entry))
    }

    /// The state of the entry's alert, if it was read and can be.
    fn state_of(&self, table: &Table, entry: Entry<'_>) -> Option<State> {
        let item = self.states.as_ref()?.get(&alert_pk(entry.event.fingerprint));
        State::read(item, table.now()).ok()
    }

    fn counted<'a>(&self, table: &Table, entry: Entry<'a>) -> (Entry<'a>, State) {
        (entry, self.state_of(table, entry).unwrap_or_else(State::none))
    }
}

/// The outcome where nothing could be tried at all.
fn refused_all(entries: &[Entry<'_>], error: StoreError) -> Vec<Result<Recorded, StoreError>> {
    let again =
        |_: &Entry<'_>| Err(StoreError::Unavailable { operation: "open a day", source: "see above".into() });
    std::iter::once(Err(error)).chain(entries.iter().skip(1).map(again)).take(entries.len()).collect()
}
