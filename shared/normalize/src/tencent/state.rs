//! What the sender's words for state and level mean.

use alert::{AutoResolve, Severity, Signal};

use super::time::integer;

/// The signal of a numbered state: 1 alarm, 0 recovered. A third one, for events without a state, exists in
/// EventBridge under a value that no page gives, so whatever is not 0 fires.
pub(super) fn numbered(status: Option<&str>) -> Signal {
    match status.and_then(integer) {
        Some(0) => Signal::Resolved,
        _ => Signal::Firing,
    }
}

/// The signal of a state in words; those that are not known fire (`Trigger`, `触发`, `持续`, `升级`, `降级`).
pub(super) fn worded(status: &str) -> Signal {
    let words = ["recovery", "recover", "recovered", "resolved", "resolve", "ok", "恢复", "0"];
    if words.contains(&status.to_lowercase().as_str()) { Signal::Resolved } else { Signal::Firing }
}

/// How an event of a product may end.
///
/// One that fires with the state 1 has a counterpart with the state 0 (an unreachable host is reached again).
/// One with any other state or none is a fact such as a reboot: nothing will ever take it back, and it must not
/// fire until the long silence that is meant for lost recoveries.
pub(super) fn ends_of_event(status: Option<&str>) -> AutoResolve {
    match status.and_then(integer) {
        Some(0 | 1) => AutoResolve::Recovery,
        _ => AutoResolve::Quiet,
    }
}

/// Whether `word` is one of the levels that a graded policy has.
pub(super) fn is_level(word: &str) -> bool {
    ["remind", "warn", "serious"].contains(&word.to_ascii_lowercase().as_str())
}

/// The severity of a level; `None` for the level `None` and for unknown words.
pub(super) fn severity(level: &str) -> Option<Severity> {
    match level.to_lowercase().as_str() {
        "serious" | "严重" => Some(Severity::Critical),
        "warn" | "警告" => Some(Severity::Warning),
        "note" | "remind" | "提示" => Some(Severity::Info),
        _ => None,
    }
}
