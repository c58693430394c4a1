//! A single item that has to be in the table before anything goes on.

use intake::StoreError;

use super::Table;
use super::item::Item;
use super::retry::{may_pass, pause, refused};

impl Table {
    /// Puts `item`, again and again while it may help; the caller's patience bounds it. `operation` and `what` are what
    /// an error names.
    pub(super) async fn put(
        &self,
        item: &Item,
        operation: &'static str,
        what: &'static str,
    ) -> Result<(), StoreError> {
        let mut attempt = 0;
        loop {
            let put = self.client.put_item().table_name(&self.name).set_item(Some(item.clone()));
            match put.send().await {
                Ok(_) => return Ok(()),
                Err(error) if may_pass(&error) => pause(attempt).await,
                Err(error) => return Err(refused(operation, what, error)),
            }
            attempt += 1;
        }
    }
}
