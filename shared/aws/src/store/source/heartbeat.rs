//! When a source last spoke, or was last polled with success.

use alert::Source;
use intake::StoreError;
use jiff::Timestamp;

use super::super::Table;
use super::super::item::{key, source_pk, string};
use super::super::record::failed;

const HEARTBEAT: &str = "HEARTBEAT";

impl Table {
    /// Notes that `source` was heard of at `at`.
    pub async fn heard_of(&self, source: Source, account: &str, at: Timestamp) -> Result<(), StoreError> {
        let mut item = key(source_pk(source, account), HEARTBEAT);
        item.insert("at".to_owned(), string(at.to_string()));
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item)).send().await;
        put.map(drop).map_err(failed("note that a source was heard of"))
    }
}
