//! When a queue is due because of what is pending in it.

use alert::Severity;
use channels::Deliver;
use jiff::Timestamp;

use crate::span::after;
use crate::{Destination, Entry, Queue};

/// When a queue is due at the latest, and how urgent it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// When.
    pub at: Timestamp,
    /// How bad it is.
    pub priority: Severity,
}

/// When `queue` is due because of `entry`: the first alert of a group after `group_wait_secs`, what is worse than what
/// was notified at once, all else `group_interval_secs` after the last notification.
pub fn due(destination: &Destination, queue: Option<&Queue>, entry: &Entry, now: Timestamp) -> Due {
    Due { at: moment(destination, queue, entry, now), priority: entry.severity }
}

fn moment(destination: &Destination, queue: Option<&Queue>, entry: &Entry, now: Timestamp) -> Timestamp {
    if destination.deliver == Deliver::Changes {
        return now;
    }
    let worst_notified = queue.and_then(Queue::worst_notified);
    match worst_notified {
        None => after(entry.at, destination.group_wait_secs).max(now),
        Some(worst) if !entry.is_over && entry.severity > worst => now,
        Some(_) => {
            let last = queue.and_then(|queue| queue.last_sent_at).unwrap_or(now);
            after(last, destination.group_interval_secs).max(now)
        }
    }
}
