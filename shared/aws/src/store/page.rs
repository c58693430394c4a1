//! A page that fills up while a list is read.

use super::Cursor;

/// How many index entries a filtered page reads at a time, at least.
const STEP: usize = 50;
/// How many index entries a page reads at most: a filter that admits little must not read a whole table for one page.
const MOST_EXAMINED: usize = 2_000;

/// What was found so far; one item more than asked for says that there is a next page.
pub(crate) struct Page<T> {
    limit: usize,
    items: Vec<(String, T)>,
    examined: usize,
    examined_to: Option<String>,
}

impl<T> Page<T> {
    pub(crate) fn of(limit: usize) -> Self {
        Self { limit, items: Vec::new(), examined: 0, examined_to: None }
    }

    fn is_full(&self) -> bool {
        self.items.len() > self.limit
    }

    /// Whether nothing more shall be read for it.
    pub(crate) fn is_done(&self) -> bool {
        self.is_full() || self.examined >= MOST_EXAMINED
    }

    /// How many entries to read next.
    pub(crate) fn step(&self) -> usize {
        (self.limit + 1).saturating_sub(self.items.len()).max(STEP.min(self.limit + 1))
    }

    /// Takes the `items` that were admitted of `entries` entries, the last of them at `last`.
    pub(crate) fn extend(&mut self, items: Vec<(String, T)>, entries: usize, last: &str) {
        self.items.extend(items);
        self.examined += entries;
        self.examined_to = Some(last.to_owned());
    }

    /// The items, and where the next page begins.
    pub(crate) fn cut(mut self) -> (Vec<T>, Option<Cursor>) {
        let next = if self.is_full() {
            self.items.truncate(self.limit);
            self.items.last().map(|(sort_key, _)| sort_key.clone())
        } else {
            self.examined_to.filter(|_| self.examined >= MOST_EXAMINED)
        };
        (self.items.into_iter().map(|(_, item)| item).collect(), next.map(Cursor::after))
    }
}
