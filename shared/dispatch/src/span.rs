//! Moments before and after others.

use jiff::{SignedDuration, Timestamp};

/// `secs` after `at`; the last moment there is, if that is later.
pub(crate) fn after(at: Timestamp, secs: impl Into<i64>) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(secs.into())).unwrap_or(Timestamp::MAX)
}

/// `secs` before `at`; the first moment there is, if that is earlier.
pub(crate) fn before(at: Timestamp, secs: impl Into<i64>) -> Timestamp {
    at.checked_sub(SignedDuration::from_secs(secs.into())).unwrap_or(Timestamp::MIN)
}

/// The earlier of both, where one may be missing.
pub(crate) fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
