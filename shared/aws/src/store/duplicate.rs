//! Requests that are known: what they still say, and what many of them cost.
//!
//! A duplicate changes nothing but counts, and says that its source still means what it said, which puts the alert's
//! expiry off. What says something new all the same is recorded once more: see `record_known`.

use std::time::Duration;

use alert::{Alert, Clock};
use aws_sdk_dynamodb::types::AttributeValue;
use futures::{FutureExt, StreamExt, stream};
use intake::{Entry, Recorded};
use jiff::{SignedDuration, Timestamp};

use super::Table;
use super::definition::PK;
use super::item::{STATE, alert_pk, key, number, sortable, string};
use super::state::{State, UNTOLD};

/// How long a reply may wait for the count of a duplicate, which is best effort.
const COUNT_WAIT: Duration = Duration::from_millis(50);
/// How late a request that is known may be and still say something of its alert now.
const LIVE: SignedDuration = SignedDuration::from_mins(5);
/// How many duplicates of one notification are counted at a time.
const AT_A_TIME: usize = 16;

impl Table {
    /// The present moment.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether what came in at `received_at` says something of now; what was stored and is only read again does not.
    pub(super) fn is_live(&self, received_at: Timestamp) -> bool {
        self.now().duration_since(received_at) <= LIVE
    }

    /// Counts requests that were known, so many at a time.
    pub(super) async fn count_duplicates(&self, duplicates: Vec<(Entry<'_>, State)>) {
        let counts = duplicates.iter().map(|(entry, state)| self.count_duplicate(*entry, state).boxed());
        let counts: Vec<_> = counts.collect();
        stream::iter(counts).buffer_unordered(AT_A_TIME).for_each(|_| std::future::ready(())).await;
    }

    /// Counts a request that was known, and notes that its source still says so. The reply waits a moment at most, and a
    /// failure is only logged.
    pub(super) async fn count_duplicate(&self, entry: Entry<'_>, state: &State) -> Recorded {
        if state.is_absent() || state.spares_count(self.now()) {
            return Recorded::Duplicate;
        }
        let counting = tokio::spawn(self.count(entry, state));
        // Dropped, the handle leaves the count to go on by itself.
        let _ = tokio::time::timeout(COUNT_WAIT, counting).await;
        Recorded::Duplicate
    }

    fn count(&self, Entry { event, inbound }: Entry<'_>, state: &State) -> impl Future<Output = ()> + use<> {
        let mut assigned = vec![format!("{UNTOLD} = :untold")];
        let mut values =
            vec![(":one".to_owned(), number(1)), (":untold".to_owned(), AttributeValue::Bool(true))];
        if self.is_live(inbound.received_at) {
            assigned.push("heard_at = :heard_at".to_owned());
            values.push((":heard_at".to_owned(), string(sortable(inbound.received_at))));
            let renewed_until = event.expires_at.filter(|until| state.expires_before(*until));
            if let Some(until) = renewed_until {
                assigned.push("renewed_until = :renewed_until".to_owned());
                values.push((":renewed_until".to_owned(), string(until.to_string())));
            }
        }
        let count = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key(alert_pk(event.fingerprint), STATE)))
            .update_expression(format!("SET {} ADD duplicates :one", assigned.join(", ")))
            .condition_expression(format!("attribute_exists({PK})"))
            .set_expression_attribute_values(Some(values.into_iter().collect()));
        async move {
            if let Err(error) = count.send().await {
                tracing::debug!(error = intake::chain(&error), "duplicate not counted");
            }
        }
    }
}

impl State {
    /// Whether the alert, by its source's last word, expires before `until`.
    fn expires_before(&self, until: Timestamp) -> bool {
        let expires_at = |alert: &Alert| alert.expires_at.is_some_and(|expires_at| expires_at < until);
        self.alert.as_ref().is_some_and(expires_at)
    }
}
