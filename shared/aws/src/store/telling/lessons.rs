//! What the notifier remembers between two runs besides deliveries.

use intake::StoreError;
use jiff::Timestamp;

use crate::store::Table;
use crate::store::item::{key, sortable, string, text};
use crate::store::record::failed;

/// The partition of the notifier's own memory.
const NOTIFIER: &str = "NOTIFIER";
/// The item that says which ends of silences were looked at.
const SILENCES: &str = "SILENCES";

impl Table {
    /// Until when ends of silences were followed up; none before the first time.
    pub async fn silences_followed_until(&self) -> Result<Option<Timestamp>, StoreError> {
        let item = self.item(NOTIFIER.to_owned(), SILENCES).await?;
        Ok(item.and_then(|item| text(&item, "followed_until")?.parse().ok()))
    }

    /// Remembers that ends of silences were followed up until `until`.
    pub async fn follow_silences_until(&self, until: Timestamp) -> Result<(), StoreError> {
        let put = self.client.put_item().table_name(&self.name).set_item(Some(key(NOTIFIER, SILENCES)));
        let put = put.item("followed_until", string(sortable(until)));
        put.send().await.map(drop).map_err(failed("remember which silences ended"))
    }
}
