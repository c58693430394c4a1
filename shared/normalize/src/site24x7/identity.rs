//! Which alert and which request: the fields that the two ids are made of.

use alert::{EventId, Fingerprint};
use jiff::Timestamp;

use super::time::to_seconds;

const VERSION: &str = "v1";
const SOURCE: &str = "site24x7";

/// What stands in the place of a monitor's id in test notifications.
pub(super) const TEST: &str = "test";
/// What stands in the place of a monitor's id in rows that name no monitor.
pub(super) const NO_MONITOR: &str = "alert_logs";

/// One alert for each monitor of an account, however we hear of it.
pub(super) fn fingerprint(account: &str, monitor_id: &str) -> Fingerprint {
    Fingerprint::of([VERSION, SOURCE, account, monitor_id])
}

/// One event for each state, moment and reason that a webhook states; `occurred_at` as the caller has written it.
pub(super) fn of_webhook(
    account: &str,
    monitor_id: &str,
    word: &str,
    occurred_at: &str,
    reason: &str,
) -> EventId {
    EventId::of([VERSION, SOURCE, "webhook", account, monitor_id, word, occurred_at, reason])
}

/// One event for each state and check of a monitor.
pub(super) fn of_status(account: &str, monitor_id: &str, word: &str, occurred_at: Timestamp) -> EventId {
    EventId::of([VERSION, SOURCE, "status", account, monitor_id, word, &to_seconds(occurred_at)])
}

/// One event for each hour in which an open alert is reported once more, although its monitor was not checked since.
pub(super) fn of_renewal(
    account: &str,
    monitor_id: &str,
    word: &str,
    occurred_at: Timestamp,
    now: Timestamp,
) -> EventId {
    let hour = now.as_second().div_euclid(3600).to_string();
    EventId::of([VERSION, SOURCE, "renewal", account, monitor_id, word, &to_seconds(occurred_at), &hour])
}

/// One event for each state and minute, however many people were notified of it; a row without a state or a monitor gives its
/// message for the state.
pub(super) fn of_log(account: &str, monitor_id: &str, word_or_message: &str, minute: Timestamp) -> EventId {
    EventId::of([VERSION, SOURCE, "log", account, monitor_id, word_or_message, &to_seconds(minute)])
}
