//! A page that fills up while a list is read: as many items as asked for, and as many bytes as an answer may have.

use serde::Serialize;

use super::Cursor;

/// How many index entries a filtered page reads at a time, at least.
const STEP: usize = 50;
/// How many index entries a page reads at most: a filter that admits little must not read a whole table for one page.
const MOST_EXAMINED: usize = 2_000;
/// How many bytes of JSON a page has, its last item left out of account: Lambda hands on an answer of 6 MB.
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// How much of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize {
    /// How many items at most.
    pub items: usize,
    /// Whether bodies of requests are shown, so that they count.
    pub with_bodies: bool,
}

impl PageSize {
    /// `items` items, without the bodies of requests.
    pub const fn items(items: usize) -> Self {
        Self { items, with_bodies: false }
    }
}

/// What takes its part of a page.
pub(crate) trait Weighed {
    /// About how many bytes it has in an answer; of a body only where it is shown.
    fn bytes(&self, with_bodies: bool) -> usize;
}

/// What was found so far; one item more than asked for says that there is a next page.
pub(crate) struct Page<T> {
    size: PageSize,
    items: Vec<(String, T)>,
    bytes: usize,
    examined: usize,
    examined_to: Option<String>,
}

impl<T: Weighed> Page<T> {
    pub(crate) fn of(size: PageSize) -> Self {
        Self { size, items: Vec::new(), bytes: 0, examined: 0, examined_to: None }
    }

    fn is_full(&self) -> bool {
        self.items.len() > self.size.items
    }

    /// Whether nothing more shall be read for it.
    pub(crate) fn is_done(&self) -> bool {
        self.is_full() || self.examined >= MOST_EXAMINED
    }

    /// How many entries to read next.
    pub(crate) fn step(&self) -> usize {
        (self.size.items + 1).saturating_sub(self.items.len()).max(STEP.min(self.size.items + 1))
    }

    /// Takes the `items` that were admitted. What no longer fits an answer makes the page as short as it is.
    pub(crate) fn extend(&mut self, items: impl IntoIterator<Item = (String, T)>) {
        for item in items {
            if self.bytes > MOST_BYTES && !self.is_full() {
                self.size.items = self.items.len();
            }
            self.bytes += item.1.bytes(self.size.with_bodies);
            self.items.push(item);
        }
    }

    /// Notes that `entries` entries of an index were looked at, the last of them at `last`.
    pub(crate) fn examined(&mut self, entries: usize, last: &str) {
        self.examined += entries;
        self.examined_to = Some(last.to_owned());
    }

    /// The items, and where the next page begins.
    pub(crate) fn cut(mut self) -> (Vec<T>, Option<Cursor>) {
        let next = if self.is_full() {
            self.items.truncate(self.size.items);
            self.items.last().map(|(sort_key, _)| sort_key.clone())
        } else {
            self.examined_to.filter(|_| self.examined >= MOST_EXAMINED)
        };
        (self.items.into_iter().map(|(_, item)| item).collect(), next.map(Cursor::after))
    }
}

/// How many bytes `value` has as JSON.
pub(crate) fn json_bytes(value: &impl Serialize) -> usize {
    struct Counter(usize);
    impl std::io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    // A value that has no JSON has no bytes in an answer.
    drop(serde_json::to_writer(&mut counter, value));
    counter.0
}

/// How many bytes `body` has in an answer: as text with its escapes, or as base64.
pub(crate) fn body_bytes(body: &[u8]) -> usize {
    std::str::from_utf8(body).map_or_else(|_| body.len().div_ceil(3) * 4, |text| json_bytes(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Weighed for Vec<u8> {
        fn bytes(&self, _: bool) -> usize {
            self.len()
        }
    }

    fn page(items: usize, large: usize) -> (usize, bool) {
        let mut page = Page::of(PageSize::items(items));
        for number in 0..large {
            if page.is_done() {
                break;
            }
            page.extend([(format!("2026-01-01#{number}"), vec![0; 400_000])]);
        }
        let (items, next) = page.cut();
        (items.len(), next.is_some())
    }

    #[test]
    fn a_page_of_large_items_ends_early_and_says_where_the_next_begins() {
        assert_eq!(page(100, 30), (6, true));
        assert_eq!(page(100, 6), (6, false));
        assert_eq!(page(3, 30), (3, true));
    }

    #[test]
    fn bytes_are_those_of_the_answer() {
        assert_eq!(body_bytes(b"a\x01\"b"), serde_json::to_string("a\u{1}\"b").unwrap().len());
        assert_eq!(body_bytes(&[0xff; 300]), 400);
    }
}
