//! The current status: what the webhook missed is opened, what is up again is resolved.

use alert::{Clock, Fingerprint, Signal};
use jiff::Timestamp;
use normalize::site24x7::{StatusRow, current_status, reconcile};

use crate::site24x7::recording::inbound;
use crate::site24x7::report::{Counts, PartError};
use crate::site24x7::visit::Visit;

impl<C: Clock> Visit<'_, C> {
    /// Reads how every monitor is; `scheduled_at` stands in for the time of a check that is not stated.
    pub(crate) async fn read_status(&self, scheduled_at: Timestamp) -> Result<Vec<StatusRow>, PartError> {
        let data = self.calls.current_status().await?;
        Ok(current_status(&data, self.name(), self.account.api_root(), scheduled_at))
    }

    /// Records in what `rows` differ from what is stored; what people did about it stays as it is.
    pub(crate) async fn record_status(&self, rows: &[StatusRow]) -> Result<Counts, PartError> {
        let stored = self.table.alerts_of(fingerprints(rows)).await.map_err(PartError::Store)?;
        let mut counts = Counts::default();
        for row in rows {
            let Some(event) = reconcile(row, stored.get(&row.event.fingerprint), self.now) else {
                continue;
            };
            let inbound = inbound(row.raw.to_string().into_bytes(), self.now);
            counts.add(self.record(event, &inbound).await?);
        }
        Ok(counts)
    }
}

/// The alerts that a row could say something of.
fn fingerprints(rows: &[StatusRow]) -> impl Iterator<Item = Fingerprint> {
    rows.iter().filter(|row| row.event.signal != Signal::Notice).map(|row| row.event.fingerprint)
}
