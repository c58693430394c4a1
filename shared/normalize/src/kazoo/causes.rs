//! Why a call ended, and whether that is anybody's worry.

use alert::Severity;

/// Causes that say that the platform or a carrier fails.
const FAILURES: [&str; 13] = [
    "PROGRESS_TIMEOUT",
    "NORMAL_TEMPORARY_FAILURE",
    "NETWORK_OUT_OF_ORDER",
    "DESTINATION_OUT_OF_ORDER",
    "NORMAL_CIRCUIT_CONGESTION",
    "SWITCH_CONGESTION",
    "SERVICE_UNAVAILABLE",
    "GATEWAY_DOWN",
    "MEDIA_TIMEOUT",
    "EXCHANGE_ROUTING_ERROR",
    "SYSTEM_SHUTDOWN",
    "CRASH",
    "MANAGER_REQUEST",
];

/// Causes with which calls end every day.
const NORMAL: [&str; 9] = [
    "ALLOTTED_TIMEOUT",
    "ATTENDED_TRANSFER",
    "LOSE_RACE",
    "NORMAL_CLEARING",
    "NO_ANSWER",
    "NO_USER_RESPONSE",
    "ORIGINATOR_CANCEL",
    "USER_BUSY",
    "PICKED_OFF",
];

/// Causes that point at a number, a device or a configuration; any cause that is on no list counts as one.
const REFUSALS: [&str; 9] = [
    "CALL_REJECTED",
    "NO_ROUTE_DESTINATION",
    "UNALLOCATED_NUMBER",
    "SUBSCRIBER_ABSENT",
    "USER_NOT_REGISTERED",
    "INCOMPATIBLE_DESTINATION",
    "MANDATORY_IE_MISSING",
    "WRONG_CALL_STATE",
    "RECOVERY_ON_TIMER_EXPIRE",
];

/// How bad `cause` is; `None` if it is normal.
pub(super) fn severity(cause: &str) -> Option<Severity> {
    if is_among(&FAILURES, cause) {
        Some(Severity::High)
    } else if is_among(&NORMAL, cause) {
        None
    } else {
        Some(Severity::Warning)
    }
}

/// Whether `word` is a cause that we know.
pub(super) fn is_known(word: &str) -> bool {
    [&FAILURES[..], &NORMAL, &REFUSALS].into_iter().any(|causes| is_among(causes, word))
}

fn is_among(causes: &[&str], word: &str) -> bool {
    causes.iter().any(|cause| cause.eq_ignore_ascii_case(word))
}
