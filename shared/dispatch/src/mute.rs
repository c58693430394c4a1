//! What withholds the beginning of something: a silence, another alert, the hours of the destination.

use alert::{Alert, Silence, SilenceId, SilenceState, served_labels};
use jiff::Timestamp;

use crate::span::{after, earlier};
use crate::{Destination, InhibitorKey, Waiting, WaitingReason};

/// After how long an inhibited alert is looked at again by itself, in seconds: what mutes it wakes it when it ends.
const LOOK_AGAIN_SECS: u32 = 600;

/// What holds for an alert at a moment, whatever the destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutingContext {
    /// The moment.
    pub now: Timestamp,
    /// The silences that cover the alert.
    pub silenced_by: Vec<SilenceId>,
    /// When the first of them ends.
    pub silenced_until: Option<Timestamp>,
    /// What mutes it.
    pub inhibited_by: Vec<InhibitorKey>,
}

impl RoutingContext {
    /// A moment at which nothing mutes.
    pub const fn audible(now: Timestamp) -> Self {
        Self { now, silenced_by: Vec::new(), silenced_until: None, inhibited_by: Vec::new() }
    }

    /// What holds for `alert` at `now`.
    pub fn of(alert: &Alert, silences: &[Silence], inhibited_by: Vec<InhibitorKey>, now: Timestamp) -> Self {
        let mut context = Self { inhibited_by, ..Self::audible(now) };
        let is_active = |silence: &&Silence| silence.state(now) == SilenceState::Active;
        let mut active = silences.iter().filter(is_active).peekable();
        if active.peek().is_none() {
            return context;
        }
        let served = served_labels(alert);
        for silence in active.filter(|silence| silence.matches(&served)) {
            context.silenced_by.push(silence.id);
            let until = silence.occurrence(now).map(|occurrence| occurrence.ends_at);
            context.silenced_until = earlier(context.silenced_until, until);
        }
        context
    }

    /// Why `destination` is not notified now of what begins, and when to ask again.
    pub fn mutes(&self, destination: &Destination) -> Option<(WaitingReason, Timestamp)> {
        if !self.silenced_by.is_empty() {
            let until = self.silenced_until.unwrap_or_else(|| after(self.now, LOOK_AGAIN_SECS));
            return Some((WaitingReason::Silenced(self.silenced_by.clone()), until));
        }
        if !self.inhibited_by.is_empty() {
            let until = after(self.now, LOOK_AGAIN_SECS);
            return Some((WaitingReason::Inhibited(self.inhibited_by.clone()), until));
        }
        destination.hours.opens_at(self.now).map(|until| (WaitingReason::Hours, until))
    }

    /// Whether `waiting` still says why and until when, so that it need not be written again.
    pub(crate) fn keeps(&self, waiting: &Waiting, reason: &WaitingReason) -> bool {
        waiting.reason == *reason && waiting.until > self.now
    }
}
