//! A copy of some bytes with a few ranges exchanged.

use std::ops::Range;

/// The copy as far as it has come.
pub(super) struct Splice<'a> {
    source: &'a [u8],
    copied: usize,
    copy: Vec<u8>,
    is_changed: bool,
}

impl<'a> Splice<'a> {
    /// Starts a copy of `source`.
    pub(super) fn new(source: &'a [u8]) -> Self {
        Self { source, copied: 0, copy: Vec::new(), is_changed: false }
    }

    /// Puts `stand_in` in place of `range`, which lies behind all ranges before.
    pub(super) fn replace(&mut self, range: Range<usize>, stand_in: &[u8]) {
        self.is_changed |= self.source.get(range.clone()) != Some(stand_in);
        self.copy.extend(self.source.get(self.copied..range.start).unwrap_or_default());
        self.copy.extend(stand_in);
        self.copied = range.end;
    }

    /// The whole copy; `None` if it is equal to its source.
    pub(super) fn finish(mut self) -> Option<Vec<u8>> {
        self.copy.extend(self.source.get(self.copied..).unwrap_or_default());
        self.is_changed.then_some(self.copy)
    }
}
