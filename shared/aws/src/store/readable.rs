//! Items that cannot be read: left out, counted and named in the log, so that one of them keeps nothing else from being
//! listed, notified or swept.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use intake::{Measure, StoreError, count_without_source};

use super::Table;
use super::definition::{PK, SK};
use super::item::{Item, text};

/// How many unreadable items are remembered; beyond that they are named once more.
const MOST_REMEMBERED: usize = 1_000;

/// The unreadable items that this process has named in its log.
#[derive(Debug, Default)]
pub(super) struct Unreadable(Mutex<HashSet<(String, String)>>);

impl Unreadable {
    /// Whether the item with this key has not been named yet; from now on it has.
    fn is_new(&self, key: (String, String)) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_REMEMBERED {
            known.clear();
        }
        known.insert(key)
    }
}

impl Table {
    /// What `item` holds, unless it cannot be read.
    pub(crate) fn readable<T>(
        &self,
        item: &Item,
        read: impl FnOnce(&Item) -> Result<T, StoreError>,
    ) -> Option<T> {
        read(item).inspect_err(|error| self.note_unreadable(item, error)).ok()
    }

    fn note_unreadable(&self, item: &Item, error: &StoreError) {
        count_without_source(Measure::Unreadable, 1);
        let [pk, sk] = [PK, SK].map(|name| text(item, name).unwrap_or_default());
        if self.unreadable.is_new((pk.to_owned(), sk.to_owned())) {
            tracing::error!(pk, sk, error = intake::chain(error), "stored item left out");
        }
    }
}
