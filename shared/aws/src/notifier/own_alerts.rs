//! Events about Campanile's own health are recorded like any other source's.

use std::sync::Arc;

use alert::{AlertEvent, Clock};
use async_trait::async_trait;
use dispatch::{OutboxError, OwnAlerts};
use intake::{Entry, OWN_METHOD, Store};
use normalize::InboundRequest;

use crate::Table;

/// Records them in the table.
pub(super) struct RecordedAlerts {
    table: Arc<Table>,
    clock: Arc<dyn Clock>,
}

impl RecordedAlerts {
    pub(super) fn new(table: Arc<Table>, clock: Arc<dyn Clock>) -> Self {
        Self { table, clock }
    }
}

#[async_trait]
impl OwnAlerts for RecordedAlerts {
    async fn record(&self, event: AlertEvent) -> Result<(), OutboxError> {
        let inbound = InboundRequest::empty(OWN_METHOD, self.clock.now());
        let recorded = self.table.record(Entry { event: &event, inbound: &inbound }).await;
        recorded.map(drop).map_err(|error| OutboxError::Unavailable {
            operation: "record an alert of Campanile's own",
            source: Box::new(error),
        })
    }
}
