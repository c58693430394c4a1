//! Lists that come in pages.

use jiff::Timestamp;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// Its entries.
    pub entries: Vec<T>,
    /// Where the next page begins, if there is one.
    pub next: Option<PageKey>,
    /// When Crossbar answered, by its own clock, where it says so.
    pub answered_at: Option<Timestamp>,
}

/// Where a page begins, as Crossbar writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageKey(String);

impl PageKey {
    pub(crate) fn new(key: String) -> Self {
        Self(key)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}
