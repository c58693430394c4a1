//! What is counted for metrics.
//!
//! A count is a tracing event of the target [`COUNTS`] and of the lowest level, so that an ordinary log leaves it out; a
//! layer makes metrics of it. Each has a `measure`, the `destination` and a `count`.

/// The target of all counts.
pub const COUNTS: &str = "campanile::counts";

/// Notifications that a destination took.
pub(crate) const SENT: &str = "NotificationsSent";
/// Attempts that failed.
pub(crate) const FAILED: &str = "NotificationsFailed";
/// Notifications that a destination refused for good, or did not take for a day.
pub(crate) const DEAD_LETTERED: &str = "NotificationsDeadLettered";
/// How long the oldest notification is overdue; once a tick.
pub const OLDEST_PENDING_SECONDS: &str = "OldestPendingSeconds";

/// Counts `count` of `measure` for `destination`.
pub(crate) fn count(measure: &'static str, destination: &str, count: i64) {
    tracing::trace!(target: COUNTS, measure, destination, count);
}
