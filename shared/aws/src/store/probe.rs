//! Whether the table takes a write, found out by one.

use alert::Clock;
use intake::StoreError;

use super::Table;
use super::definition::EXPIRES_AT;
use super::item::{key, number, sortable, string};

/// The one item that such writes leave.
const PROBE: &str = "PROBE";
/// How long it is kept, in seconds: a day.
const KEPT_SECS: i64 = 86_400;

impl Table {
    /// Writes so many bytes, always the same item. One unit of write capacity is up to 1,024 of them.
    pub async fn touch_for_writing(&self, bytes: usize) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut item = key(PROBE.to_owned(), PROBE);
        item.insert("filler".to_owned(), string(" ".repeat(bytes)));
        item.insert("at".to_owned(), string(sortable(now)));
        item.insert(EXPIRES_AT.to_owned(), number(now.as_second().saturating_add(KEPT_SECS)));
        self.put(&item, "write to the table", "probe").await
    }
}
