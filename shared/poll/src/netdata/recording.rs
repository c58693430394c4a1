//! Recording one change the way its webhook is recorded.

use intake::{Kept, Netdata, StoreError};
use jiff::SignedDuration;
use netdata::Transition;
use normalize::netdata::normalize;
use normalize::{InboundRequest, SourceConfiguration};
use serde_json::{Value, json};

use crate::netdata::access::Polled;
use crate::netdata::changes::later;
use crate::netdata::keeper::Visit;
use crate::netdata::memory::SpaceMemory;
use crate::netdata::report::{Changes, NetdataPartError};

impl Visit<'_> {
    /// Records `row`, of which nobody was notified where `is_untold`. What is in the table is left alone: it would be counted
    /// as a duplicate each time.
    pub(crate) async fn record(
        &self,
        memory: &SpaceMemory,
        changes: &mut Changes,
        row: &Transition,
        is_untold: bool,
    ) -> Result<(), NetdataPartError> {
        let is_unannounced = is_untold && self.polled == Polled::History;
        let inbound = self.inbound(memory, row, is_unannounced);
        if self.is_recorded(&inbound).await? {
            changes.known += 1;
            return Ok(());
        }
        let webhook = self.platform.webhook::<Netdata>();
        match Box::pin(webhook.take(inbound)).await.map_err(NetdataPartError::Record)? {
            Kept::Recorded { recorded, duplicates, .. } => {
                changes.recorded += recorded;
                changes.known += duplicates;
                changes.unannounced += if is_unannounced { recorded } else { 0 };
            }
            Kept::Quarantined(_) => changes.unreadable += 1,
        }
        Ok(())
    }

    async fn is_recorded(&self, inbound: &InboundRequest) -> Result<bool, StoreError> {
        let Ok(normalized) = normalize(inbound, &SourceConfiguration::default()) else { return Ok(false) };
        for event in normalized.events {
            if !self.platform.table.is_recorded(event, inbound).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The row, as if it had come right after it happened.
    fn inbound(&self, memory: &SpaceMemory, row: &Transition, is_unannounced: bool) -> InboundRequest {
        let mut body = json!({
            "space": { "id": self.space.id, "name": self.space.name, "slug": self.space.slug },
            "node": { "id": row.node_id, "hostname": memory.names.get(&row.node_id) },
            "url": self.space.page_of(row), "transition": row.row,
        });
        if row.notified_at.is_none() {
            body["notified"] = Value::from("no");
        }
        if is_unannounced {
            body["unannounced"] = Value::from("yes");
        }
        // Later than it happened: what came at the very moment would count as an event whose source names no time.
        let received_at = later(row.at, SignedDuration::from_secs(1)).min(self.api.clock.now());
        InboundRequest::json("POST", body.to_string(), received_at)
    }
}
