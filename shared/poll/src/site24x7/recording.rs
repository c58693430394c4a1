//! Recording one event, the way a webhook's events are.

use alert::{AlertEvent, Clock, Source};
use intake::{Quarantined, Recorded, Store, chain, record_event};
use jiff::Timestamp;
use normalize::{InboundRequest, Rejection};
use serde_json::Value;

use crate::site24x7::report::PartError;
use crate::site24x7::visit::Visit;

/// Most bytes of rows that are kept with their event; a table item holds 400 KiB of them, deflated.
const MOST_BYTES: usize = 1024 * 1024;

impl<C: Clock> Visit<'_, C> {
    /// Records `event` once, however often it is read. One that the table can never take is quarantined, so that the
    /// poll goes on: `None`.
    pub(crate) async fn record(
        &self,
        event: AlertEvent,
        inbound: &InboundRequest,
    ) -> Result<Option<Recorded>, PartError> {
        let sent_at = event.time_as_sent();
        match record_event(self.table, event, inbound).await {
            Ok((_, recorded)) => Ok(Some(recorded)),
            Err(error) if error.is_final() => {
                let source = Source::Site24x7;
                tracing::error!(%source, error = chain(&error), "event cannot be stored, its rows quarantined");
                let rejection = Rejection::new("not_storable", format!("{}: see the log", chain(&error)));
                // Under the event's time, so that it is one entry however often the rows are read.
                let inbound = InboundRequest { received_at: sent_at, ..inbound.clone() };
                let quarantined = Quarantined::new(source, rejection, inbound);
                self.table.quarantine(&quarantined).await.map_err(PartError::Store)?;
                Ok(None)
            }
            Err(error) => Err(PartError::Store(error)),
        }
    }
}

/// What was read, as if it had been sent.
pub(crate) fn inbound(body: Vec<u8>, received_at: Timestamp) -> InboundRequest {
    InboundRequest::json("GET", body, received_at)
}

/// Rows as a JSON list; the first ones, where all of them are more than an item holds.
pub(crate) fn raw_rows(rows: &[Value]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for row in rows {
        let row = row.to_string();
        if bytes.len() + row.len() > MOST_BYTES {
            break;
        }
        bytes.push(if bytes.is_empty() { b'[' } else { b',' });
        bytes.extend(row.as_bytes());
    }
    if bytes.is_empty() {
        bytes.push(b'[');
    }
    bytes.push(b']');
    bytes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_a_list_whatever_their_number() {
        for rows in [vec![], vec![json!({ "msg": "a" })], vec![json!(1), json!(2)]] {
            assert_eq!(serde_json::from_slice::<Value>(&raw_rows(&rows)).unwrap(), Value::Array(rows));
        }
    }

    #[test]
    fn rows_that_no_item_holds_are_kept_as_far_as_it_does() {
        let rows = vec![json!({ "msg": "x".repeat(MOST_BYTES / 4) }); 9];
        let kept: Vec<Value> = serde_json::from_slice(&raw_rows(&rows)).unwrap();
        assert_eq!(kept.len(), 3);
    }
}
