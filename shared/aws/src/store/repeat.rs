//! Which events only repeat what a reader of an alert already sees.

use alert::{Alert, AlertEvent, Condition, Signal, Transition};

/// An event that changes nothing of an alert but its texts, its counts and when it was last heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Repeat {
    /// Whether it is the newest that is known, so that the alert takes its texts.
    pub(crate) is_newest: bool,
    /// Whether nothing is lost where two of them are written at once: of a named episode the newest says it all. Without
    /// one, a recovery that comes late may lie between them.
    pub(crate) is_of_episode: bool,
    /// Whether the alert's texts stay as they are, too.
    pub(crate) is_in_the_same_words: bool,
}

impl Repeat {
    /// What `event`, which made `after` of `before` with this transition, repeats.
    pub(crate) fn of(
        before: &Alert,
        after: &Alert,
        event: &AlertEvent,
        transition: Option<Transition>,
    ) -> Option<Self> {
        let is_known = event.signal == Signal::Firing && event.severity == before.severity;
        if !is_known || before.condition != Condition::Firing || !is_seen_alike(before, after) {
            return None;
        }
        let is_newest = match transition? {
            Transition::Repeated => true,
            Transition::Late => false,
            Transition::Opened
            | Transition::Escalated
            | Transition::Deescalated
            | Transition::Resolved
            | Transition::Expired
            | Transition::Reopened => return None,
        };
        let is_of_episode = event.episode.is_some() && event.episode == before.episode;
        Some(Self { is_newest, is_of_episode, is_in_the_same_words: is_worded_alike(before, after) })
    }

    /// Whether nothing at all is lost where many of them are counted at once.
    pub(crate) const fn is_nothing_new(self) -> bool {
        self.is_of_episode && self.is_in_the_same_words
    }
}

/// Whether two states of one alert differ in nothing by which people and destinations go.
fn is_seen_alike(one: &Alert, other: &Alert) -> bool {
    let axes =
        |alert: &Alert| (alert.condition, alert.handling, alert.severity, alert.auto_resolve, alert.flaps);
    let times = |alert: &Alert| (alert.condition_since, alert.started_at, alert.ended_at, alert.first_seen);
    axes(one) == axes(other)
        && times(one) == times(other)
        && one.episode == other.episode
        && one.acknowledgement == other.acknowledgement
        && one.is_unannounced() == other.is_unannounced()
}

/// Whether two states of one alert say the same, in the same words.
fn is_worded_alike(one: &Alert, other: &Alert) -> bool {
    let texts = |alert: &Alert| (alert.summary.clone(), alert.value.clone(), alert.url.clone());
    let names = |alert: &Alert| (alert.title.clone(), alert.resource.clone(), alert.service.clone());
    texts(one) == texts(other)
        && names(one) == names(other)
        && one.severity_raw == other.severity_raw
        && one.labels == other.labels
        && one.annotations == other.annotations
}
