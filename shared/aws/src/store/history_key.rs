//! Where a history entry stands, and what keeps it from standing there twice.
//!
//! The sort key is the source's time as sent and the event id: it orders an alert's history by itself, and because the
//! same request always says the same, it is the guard against duplicates, too. An event whose source names no time
//! stands at the moment it came in, which another request of it does not share: a second item, named by the event id
//! alone, is its guard.

use intake::Entry;

use super::item::{EVENT, alert_pk, sortable};

/// What stands before an event id in the sort key of a guard.
const SEEN: &str = "SEEN#";

/// The sort keys of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HistoryKey {
    /// Of the history entry.
    pub(crate) entry: String,
    /// Of the guard, where the entry is not its own.
    pub(crate) guard: Option<String>,
}

impl HistoryKey {
    /// The keys of `entry`.
    pub(crate) fn of(Entry { event, inbound }: Entry<'_>) -> Self {
        let sent_at = event.time_as_sent();
        let names_no_time = sent_at == inbound.received_at;
        Self {
            entry: format!("{EVENT}{}#{}", sortable(sent_at), event.event_id),
            guard: names_no_time.then(|| format!("{SEEN}{}", event.event_id)),
        }
    }

    /// The key of the item by which the event is known.
    pub(crate) fn known_by(&self, entry: Entry<'_>) -> (String, String) {
        let sort_key = self.guard.as_ref().unwrap_or(&self.entry);
        (alert_pk(entry.event.fingerprint), sort_key.clone())
    }
}

/// The key of the history entry of the first format.
pub(crate) fn first_format(entry: Entry<'_>) -> (String, String) {
    (alert_pk(entry.event.fingerprint), format!("{EVENT}{}", entry.event.event_id))
}

/// The place of an entry in its alert's history, by its sort key; `None` if it is none of the present format.
pub(crate) fn place(sort_key: &str) -> Option<&str> {
    let place = sort_key.strip_prefix(EVENT)?;
    place.contains('#').then_some(place)
}

#[cfg(test)]
mod tests {
    use alert::{AlertEvent, Heartbeat, Source};
    use jiff::Timestamp;
    use normalize::InboundRequest;
    use proptest::prelude::*;

    use super::*;

    fn event(occurred_at: Timestamp, source_time: Option<Timestamp>) -> AlertEvent {
        let heartbeat = Heartbeat {
            source: Source::Netdata,
            account: String::new(),
            last_event_at: Timestamp::UNIX_EPOCH,
        };
        let event = heartbeat.fell_silent(std::time::Duration::from_secs(1));
        AlertEvent { occurred_at, order: alert::Order { sent_at: source_time, ..event.order }, ..event }
    }

    fn inbound(received_at: Timestamp) -> InboundRequest {
        InboundRequest {
            method: "POST".into(),
            query: String::new(),
            content_type: None,
            headers: [].into(),
            body: Vec::new(),
            received_at,
        }
    }

    /// The key of an event that says `sent`, whose time is bounded by the moment it comes in.
    fn known_by(sent: Option<i64>, received: i64) -> (String, String) {
        let [sent, received] =
            [sent.unwrap_or(received), received].map(|n| Timestamp::from_millisecond(n).unwrap());
        let source_time = (sent > received).then_some(sent);
        let (event, inbound) = (event(sent.min(received), source_time), inbound(received));
        let entry = Entry { event: &event, inbound: &inbound };
        HistoryKey::of(entry).known_by(entry)
    }

    proptest! {
        #[test]
        fn a_request_is_known_by_the_same_key_whenever_it_comes(
            sent in prop::option::of(0_i64..4_000_000_000_000),
            received in prop::array::uniform2(0_i64..4_000_000_000_000),
        ) {
            prop_assume!(sent.is_none_or(|sent| !received.contains(&sent)));
            prop_assert_eq!(known_by(sent, received[0]), known_by(sent, received[1]));
        }

        #[test]
        fn keys_sort_as_the_times_do(times in prop::array::uniform2(0_i64..4_000_000_000_000)) {
            let keys = times.map(|sent| known_by(Some(sent), 4_100_000_000_000).1);
            prop_assert_eq!(keys[0].cmp(&keys[1]), times[0].cmp(&times[1]));
        }
    }
}
