//! What routing remembers of one alert for one destination, and what the alert inhibits: items beside the alert's state.

use alert::Fingerprint;
use dispatch::{Inhibits, Known, OutboxError, RoutingState, Written};
use jiff::{SignedDuration, Timestamp};

use super::TableOutbox;
use super::item::{document, expire, index, readable, shards, to_item, unavailable, version};
use crate::store::definition::{PK, SK};
use crate::store::item::{Item, alert_pk, shard, sortable, string, text};

/// What stands before the destination in the sort key.
const ROUTING: &str = "ROUTING#";
/// How long what waits is kept beyond its time, should nobody decide.
const KEPT_AFTER_WAIT: SignedDuration = SignedDuration::from_hours(24);
/// The sort key of what an alert inhibits.
const INHIBITS: &str = "INHIBITS";

impl TableOutbox {
    pub(super) async fn read_known(&self, fingerprint: Fingerprint) -> Result<Known, OutboxError> {
        let query = self
            .table
            .partition(alert_pk(fingerprint))
            .key_condition_expression(format!("{PK} = :pk AND {SK} BETWEEN :from AND :to"))
            .expression_attribute_values(":from", string(INHIBITS))
            // `$` sorts directly behind `#`.
            .expression_attribute_values(":to", string("ROUTING$"));
        // Those that are due to expire are read as well: while they are there, their version guards the next write.
        let items = self.table.read_with_expired(query, "read what routing remembers").await;
        let items = items.map_err(unavailable("read what routing remembers"))?;
        let mut known = Known::default();
        for item in &items {
            match text(item, SK) {
                Some(INHIBITS) => known.inhibits = readable(inhibits_of(item)),
                Some(sk) if sk.starts_with(ROUTING) => {
                    let state = readable(routing_of(item));
                    known.routing.extend(state.map(|state| (state.destination.clone(), state)));
                }
                _ => {}
            }
        }
        Ok(known)
    }

    pub(super) async fn write_routing(&self, state: &mut RoutingState) -> Result<Written, OutboxError> {
        let mut item =
            to_item(alert_pk(state.fingerprint), format!("{ROUTING}{}", state.destination), state)?;
        if let Some(waiting) = &state.waiting {
            let partition = waiting_shard(&state.destination, shard(state.fingerprint));
            index(&mut item, partition, format!("{}#{}", sortable(waiting.until), state.fingerprint));
            // What is over by then is decided by nobody any more.
            let forgotten_at =
                state.expires_at.unwrap_or(waiting.until).max(waiting.until).checked_add(KEPT_AFTER_WAIT);
            expire(&mut item, forgotten_at.unwrap_or(waiting.until).as_second());
        } else if let Some(expires_at) = state.expires_at {
            expire(&mut item, expires_at.as_second());
        }
        self.put_versioned(item, &mut state.version, "write what routing remembers").await
    }

    pub(super) async fn read_waiting(
        &self,
        destination: &str,
        after: Option<Timestamp>,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<RoutingState>, OutboxError> {
        let partitions = shards(|shard| waiting_shard(destination, shard));
        // `$` sorts directly behind `#`, with which what follows the time begins.
        let from = after.map(|after| format!("{}$", sortable(after)));
        let keys = self.index_span(&partitions, from, Some(format!("{}$", sortable(until))), limit).await?;
        let items = self.table.items(&keys).await.map_err(unavailable("read what waits"))?;
        let states = items.iter().filter_map(|item| readable(routing_of(item)));
        // The index may lag behind the table.
        let is_waiting = |state: &RoutingState| {
            state.waiting.as_ref().is_some_and(|waiting| {
                waiting.until <= until && after.is_none_or(|after| waiting.until > after)
            })
        };
        Ok(states.filter(is_waiting).collect())
    }

    pub(super) async fn write_inhibits(&self, inhibits: &mut Inhibits) -> Result<Written, OutboxError> {
        let mut item = to_item(alert_pk(inhibits.fingerprint), INHIBITS.to_owned(), inhibits)?;
        if let Some(expires_at) = inhibits.expires_at {
            expire(&mut item, expires_at.as_second());
        }
        self.put_versioned(item, &mut inhibits.version, "write what an alert inhibits").await
    }
}

fn waiting_shard(destination: &str, shard: u8) -> String {
    format!("waiting#{destination}#{shard}")
}

fn routing_of(item: &Item) -> Result<RoutingState, OutboxError> {
    document(item).map(|state| RoutingState { version: version(item), ..state })
}

fn inhibits_of(item: &Item) -> Result<Inhibits, OutboxError> {
    document(item).map(|inhibits| Inhibits { version: version(item), ..inhibits })
}
