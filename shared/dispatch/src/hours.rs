//! When a destination may be notified of what begins.

use alert::time_interval::{TimeInterval, any_contains, next_moment};
use jiff::Timestamp;

/// When a destination may be notified of what begins: inside of one of `active`, if there is any, and outside of all of `mute`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hours {
    /// The intervals that `active` names.
    pub active: Option<Vec<TimeInterval>>,
    /// The intervals that `mute` names.
    pub mute: Vec<TimeInterval>,
}

impl Hours {
    /// Whether it may be notified at `at`.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.active.as_deref().is_none_or(|active| any_contains(active, at)) && !any_contains(&self.mute, at)
    }

    /// When it may be notified again, if it may not at `at`; at the latest when that is to be asked again.
    pub fn opens_at(&self, at: Timestamp) -> Option<Timestamp> {
        if self.is_open(at) {
            return None;
        }
        let all = self.active.iter().flatten().chain(&self.mute);
        Some(next_moment(all, at, |at| self.is_open(at)))
    }
}
