//! No time of a sender's counts as later than the moment at which we received it.

use jiff::{SignedDuration, Timestamp};

use crate::AlertEvent;

/// How far a sender's clock may be ahead without a remark: clocks that are set by the network differ by less.
const UNREMARKED: SignedDuration = SignedDuration::from_secs(1);

/// An event none of whose times lies after its reception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The event. Its ids are those of the times as sent.
    pub event: AlertEvent,
    /// How far its sender's clock is ahead, where that is worth a warning.
    pub ahead: Option<SignedDuration>,
}

impl AlertEvent {
    /// Takes each time after `received_at` for `received_at`; the time as sent stays as an annotation such as
    /// `original_occurred_at`. Until when a firing counts may lie ahead, as may what a source announces.
    #[must_use]
    pub fn received(mut self, received_at: Timestamp) -> Received {
        let sent_at = self.occurred_at;
        let began = self.started_at.as_mut().map(|time| ("original_started_at", time));
        let ended = self.ended_at.as_mut().map(|time| ("original_ended_at", time));
        let happened = Some(("original_occurred_at", &mut self.occurred_at));
        let mut ahead = None;
        for (name, time) in [happened, began, ended].into_iter().flatten() {
            let by = time.duration_since(received_at);
            if by > UNREMARKED {
                self.annotations.insert(name.to_owned(), time.to_string());
                ahead = ahead.max(Some(by));
            }
            *time = (*time).min(received_at);
        }
        if self.occurred_at < sent_at {
            self.order.sent_at.get_or_insert(sent_at);
        }
        Received { event: self, ahead }
    }

    /// The time of the event as its source sent it: the same in every request of the event, whatever the time of its
    /// reception.
    pub fn time_as_sent(&self) -> Timestamp {
        self.order.sent_at.unwrap_or(self.occurred_at)
    }
}
