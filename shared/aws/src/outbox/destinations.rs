//! How destinations fare, and how far the tick has come: few items, read as a whole.

use std::collections::HashMap;

use dispatch::{DestinationState, DispatcherState, OutboxError, Written};

use super::TableOutbox;
use super::item::{document, readable, to_item, unavailable, version};
use crate::store::item::Item;

/// The partition of all destinations.
const DESTINATIONS: &str = "DESTINATION";
/// Where the tick keeps how far it has come.
const DISPATCHER: (&str, &str) = ("NOTIFIER", "DISPATCHER");

impl TableOutbox {
    pub(super) async fn read_destinations(&self) -> Result<HashMap<String, DestinationState>, OutboxError> {
        const OPERATION: &str = "read how destinations fare";
        let items = self.table.read_all(self.table.partition(DESTINATIONS), OPERATION).await;
        let items = items.map_err(unavailable(OPERATION))?;
        let states = items.iter().filter_map(|item| readable(state_of(item)));
        Ok(states.map(|state| (state.id.clone(), state)).collect())
    }

    pub(super) async fn read_destination(&self, id: &str) -> Result<Option<DestinationState>, OutboxError> {
        let item = self.table.item(DESTINATIONS.to_owned(), id).await;
        let item = item.map_err(unavailable("read how a destination fares"))?;
        // One that cannot be read is written anew, over what is there.
        Ok(item.map(|item| {
            readable(state_of(&item))
                .unwrap_or_else(|| DestinationState { version: version(&item), ..DestinationState::new(id) })
        }))
    }

    pub(super) async fn write_destination(
        &self,
        state: &mut DestinationState,
    ) -> Result<Written, OutboxError> {
        let item = to_item(DESTINATIONS.to_owned(), state.id.clone(), state)?;
        self.put_versioned(item, &mut state.version, "write how a destination fares").await
    }

    pub(super) async fn read_dispatcher(&self) -> Result<DispatcherState, OutboxError> {
        let item = self.table.item(DISPATCHER.0.to_owned(), DISPATCHER.1).await;
        let Some(item) = item.map_err(unavailable("read how far the tick has come"))? else {
            return Ok(DispatcherState::default());
        };
        let state = readable(document(&item)).unwrap_or_default();
        Ok(DispatcherState { version: version(&item), ..state })
    }

    pub(super) async fn write_dispatcher(&self, state: &mut DispatcherState) -> Result<Written, OutboxError> {
        let item = to_item(DISPATCHER.0.to_owned(), DISPATCHER.1.to_owned(), state)?;
        self.put_versioned(item, &mut state.version, "write how far the tick has come").await
    }
}

fn state_of(item: &Item) -> Result<DestinationState, OutboxError> {
    document(item).map(|state| DestinationState { version: version(item), ..state })
}
