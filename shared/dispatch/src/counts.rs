//! What is counted for metrics.
//!
//! A count is a tracing event of the target [`COUNTS`] and of the lowest level, so that an ordinary log leaves it out; a
//! layer makes metrics of it. Each has a `measure`, a `count`, and the `destination` unless it is about all.

/// The target of all counts.
pub const COUNTS: &str = "campanile::counts";

/// Notifications that a destination took.
pub(crate) const SENT: &str = "NotificationsSent";
/// Attempts that failed.
pub(crate) const FAILED: &str = "NotificationsFailed";
/// Notifications that a destination refused for good, or did not take for a day.
pub(crate) const DEAD_LETTERED: &str = "NotificationsDeadLettered";
/// Destinations that are notified nothing until they are repaired; once a tick.
pub(crate) const SUSPENDED: &str = "DestinationsSuspended";
/// How long the oldest notification is overdue; once a tick.
pub const OLDEST_PENDING_SECONDS: &str = "OldestPendingSeconds";

/// The names of all that is counted here.
pub const MEASURES: [&str; 5] = [SENT, FAILED, DEAD_LETTERED, SUSPENDED, OLDEST_PENDING_SECONDS];

/// Counts `count` of `measure` over all destinations.
pub(crate) fn count_all(measure: &'static str, count: usize) {
    tracing::trace!(target: COUNTS, measure, count);
}

/// Counts `count` of `measure` for `destination`.
pub(crate) fn count(measure: &'static str, destination: &str, count: i64) {
    tracing::trace!(target: COUNTS, measure, destination, count);
}
