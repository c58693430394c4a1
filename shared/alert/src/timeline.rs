//! What is remembered of an alert's events so that their order of arrival does not matter.
//!
//! Condition, severity and times are a function of the *set* of events, so an alert keeps that set, in the order of
//! `arrangement` and thinned where thinning loses nothing: of a named episode one firing and one resolved [`Mark`]
//! suffice. Beyond [`MOST_MARKS`] the oldest marks melt into their successors; only an event that is overtaken by more
//! than that many others can then be placed less exactly than in a full history.

mod arrangement;
mod mark;
mod reading;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) use self::mark::Mark;
pub(crate) use self::reading::TimelineState;
use crate::Source;
use crate::order::Timing;

/// How many marks an alert keeps.
const MOST_MARKS: usize = 16;
/// A time so long before its reception is that of a clock that is behind, where a newer event came in time.
const NEVER_SO_OLD: SignedDuration = SignedDuration::from_hours(24);
/// How long after its time an event comes that comes in time.
const IN_TIME: SignedDuration = SignedDuration::from_hours(1);

/// The newest lifecycle events of one alert, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timeline {
    marks: Vec<Mark>,
}

impl Timeline {
    /// Whether nothing newer than `mark` is known, and its episode is not over.
    pub(crate) fn is_newest(&self, mark: &Mark) -> bool {
        self.marks.last().is_none_or(|newest| newest.at <= mark.at) && !self.has_ended(mark)
    }

    /// Whether everything that is known was before `at`.
    pub(crate) fn is_older_than(&self, at: Timestamp) -> bool {
        self.marks.last().is_none_or(|newest| newest.at < at)
    }

    /// When the run began that was last said to fire, if its source said so.
    pub(crate) fn newest_start(&self) -> Option<Timestamp> {
        self.marks.iter().rev().find(|mark| mark.firing)?.started_at
    }

    /// Whether the episode of a firing `mark` is over.
    pub(crate) fn has_ended(&self, mark: &Mark) -> bool {
        mark.firing
            && mark.episode.is_some()
            && self.marks.iter().any(|other| !other.firing && other.episode == mark.episode)
    }

    /// Whether the sender's clock must be behind: `mark`, reported as it happened, is older than what is known, and so much
    /// older than its reception that no late request explains it.
    pub(crate) fn is_behind(&self, mark: &Mark, source: Source, timing: Timing) -> bool {
        let Some(newest) = self.marks.last().filter(|newest| mark.at < newest.at) else {
            return false;
        };
        let (Some(received_at), Some(newest_received_at)) = (mark.received_at, newest.received_at) else {
            return false;
        };
        let came_after = received_at.duration_since(newest_received_at);
        let came_long_after = source.never_so_late().is_some_and(|never| never <= came_after);
        let newest_was_in_time = newest_received_at.duration_since(newest.at) <= IN_TIME;
        let is_too_old = newest.at.duration_since(mark.at) >= NEVER_SO_OLD;
        timing == Timing::Live
            && !self.has_ended(mark)
            && (came_long_after || (newest_was_in_time && is_too_old))
    }

    /// `mark`, which counts as of its reception, in the second of that, and not before what is known from the same second:
    /// most sources count whole seconds, and what an honest clock says of the same second later is not older.
    pub(crate) fn at_reception(&self, mark: Mark) -> Mark {
        let received_at = mark.received_at.unwrap_or(mark.at);
        let newest = self.marks.last().map(|newest| newest.at).filter(|newest| *newest <= received_at);
        let second = second_of(received_at);
        mark.moved_to(newest.map_or(second, |newest| newest.max(second)))
    }

    /// `mark` as one that comes right after everything that is known, whatever its time.
    pub(crate) fn right_after_all(&self, mark: Mark) -> Mark {
        match self.marks.last() {
            Some(newest) => mark.right_after(newest),
            None => mark,
        }
    }

    /// Puts `mark` in its place.
    pub(crate) fn insert(&mut self, mark: Mark) {
        match self.same_run(&mark) {
            Some(known) => known.absorb(&mark),
            None => self.marks.push(mark),
        }
        arrangement::arrange(&mut self.marks);
        while self.marks.len() > MOST_MARKS {
            self.melt_oldest();
        }
    }

    /// The mark that `mark` only adds to: that of its episode, or what was re-stated last, if it says the same.
    fn same_run(&mut self, mark: &Mark) -> Option<&mut Mark> {
        if mark.restated {
            return self.marks.last_mut().filter(|newest| newest.is_stated_again_by(mark));
        }
        mark.episode.as_ref()?;
        self.marks.iter_mut().find(|known| known.is_of_run(mark))
    }

    /// Drops the oldest mark and leaves what it knows to its successor.
    fn melt_oldest(&mut self) {
        let oldest = self.marks.remove(0);
        if let Some(next) = self.marks.first_mut() {
            next.inherit(&oldest);
        }
    }
}

fn second_of(at: Timestamp) -> Timestamp {
    let beyond = i64::from(at.subsec_nanosecond()).rem_euclid(1_000_000_000);
    at.checked_sub(SignedDuration::from_nanos(beyond)).unwrap_or(at)
}

fn earliest(times: impl IntoIterator<Item = Option<Timestamp>>) -> Option<Timestamp> {
    times.into_iter().flatten().min()
}
