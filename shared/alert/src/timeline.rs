//! What is remembered of an alert's events so that their order of arrival does not matter.
//!
//! Condition, severity and times are a function of the *set* of events, so an alert keeps that set, sorted by
//! the source's time and thinned where thinning loses nothing: of a named episode one firing and one resolved
//! [`Mark`] suffice. Beyond [`MOST_MARKS`] the oldest marks melt into their successors; only an event that is
//! overtaken by more than that many others can then be placed less exactly than in a full history.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AlertEvent, Condition, Severity, Signal};

/// How many marks an alert keeps.
const MOST_MARKS: usize = 16;

/// The newest lifecycle events of one alert, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timeline {
    marks: Vec<Mark>,
}

/// One or several events that say the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// When the newest of them happened.
    at: Timestamp,
    /// Whether they say that it fires, or that it is over.
    firing: bool,
    /// The earliest moment from which they say it.
    since: Timestamp,
    /// When the run began, as far as they know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    started_at: Option<Timestamp>,
    /// Severity of the newest firing event among them or melted into them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
    /// The run they belong to, where the source names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    episode: Option<String>,
}

/// What a timeline says about its alert now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    pub condition: Condition,
    pub condition_since: Timestamp,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub severity: Option<Severity>,
    pub episode: Option<String>,
}

impl Mark {
    /// The mark of a lifecycle event; a notice leaves none.
    pub(crate) fn of(event: &AlertEvent) -> Option<Self> {
        let firing = match event.signal {
            Signal::Firing => true,
            Signal::Resolved => false,
            Signal::Notice => return None,
        };
        let own_time = if firing { event.started_at } else { event.ended_at };
        Some(Self {
            at: event.occurred_at,
            firing,
            since: own_time.map_or(event.occurred_at, |time| time.min(event.occurred_at)),
            started_at: event.started_at,
            severity: firing.then_some(event.severity),
            episode: event.episode.clone(),
        })
    }

    /// What orders marks: time, and at one time a recovery without an episode beats everything, a firing of
    /// another episode beats a recovery, and a recovery beats a firing without an episode.
    fn order(&self) -> (Timestamp, u8, Option<Severity>) {
        let rank = match (self.firing, self.episode.is_some()) {
            (false, false) => 3,
            (true, true) => 2,
            (false, true) => 1,
            (true, false) => 0,
        };
        (self.at, rank, self.severity)
    }

    fn is_of_run(&self, other: &Self) -> bool {
        self.firing == other.firing && self.episode == other.episode
    }

    /// Takes in what `older` knows about the same run.
    fn absorb(&mut self, older: &Self) {
        if older.order() > self.order() {
            self.severity = older.severity.or(self.severity);
            self.at = older.at;
        }
        self.since = self.since.min(older.since);
        self.started_at = earliest([self.started_at, older.started_at]);
    }
}

impl Timeline {
    /// Whether `mark` says something new: nothing newer is known, and its episode is not over.
    pub(crate) fn is_news(&self, mark: &Mark) -> bool {
        self.marks.last().is_none_or(|newest| newest.at <= mark.at) && !self.has_ended(mark)
    }

    /// Puts `mark` in its place.
    pub(crate) fn insert(&mut self, mark: Mark) {
        match self.same_named_run(&mark) {
            Some(known) => known.absorb(&mark),
            None => self.marks.push(mark),
        }
        self.marks.sort_by(|a, b| (a.order(), &a.episode, a.since).cmp(&(b.order(), &b.episode, b.since)));
        while self.marks.len() > MOST_MARKS {
            self.melt_oldest();
        }
    }

    fn same_named_run(&mut self, mark: &Mark) -> Option<&mut Mark> {
        mark.episode.as_ref()?;
        self.marks.iter_mut().find(|known| known.is_of_run(mark))
    }

    /// Drops the oldest mark and leaves what it knows to its successor.
    fn melt_oldest(&mut self) {
        let oldest = self.marks.remove(0);
        let Some(next) = self.marks.first_mut() else {
            return;
        };
        if next.is_of_run(&oldest) {
            next.since = next.since.min(oldest.since);
            next.started_at = earliest([next.started_at, oldest.started_at]);
        } else if oldest.firing && !next.firing {
            next.started_at = earliest([next.started_at, Some(oldest.since)]);
            next.severity = next.severity.or(oldest.severity);
        }
    }

    /// Whether the episode of a firing `mark` is over.
    fn has_ended(&self, mark: &Mark) -> bool {
        mark.firing
            && mark.episode.is_some()
            && self.marks.iter().any(|other| !other.firing && other.episode == mark.episode)
    }

    /// What the marks together mean; `None` where there are none.
    pub(crate) fn read(&self) -> Option<Reading> {
        let decisive = self.marks.iter().rev().find(|mark| !self.has_ended(mark))?;
        Some(if decisive.firing { self.read_firing(decisive) } else { self.read_resolved(decisive) })
    }

    fn read_firing(&self, decisive: &Mark) -> Reading {
        let last_end = self.marks.iter().rev().find(|mark| !mark.firing).map(Mark::order);
        let run: Vec<_> = self
            .marks
            .iter()
            .filter(|mark| mark.firing && !self.has_ended(mark))
            .filter(|mark| mark.episode.is_none() || mark.episode == decisive.episode)
            .filter(|mark| mark.episode.is_some() || last_end < Some(mark.order()))
            .collect();
        let since = run.iter().map(|mark| mark.since).min().unwrap_or(decisive.since);
        Reading {
            condition: Condition::Firing,
            condition_since: since,
            started_at: earliest(run.iter().map(|mark| mark.started_at)).or(Some(since)),
            ended_at: None,
            severity: decisive.severity,
            episode: decisive.episode.clone(),
        }
    }

    fn read_resolved(&self, decisive: &Mark) -> Reading {
        let last_firing = self.firing_before(decisive);
        let ends: Vec<_> = self
            .marks
            .iter()
            .filter(|mark| !mark.firing && last_firing.is_none_or(|f| f.at <= mark.at))
            .collect();
        let since = ends.iter().map(|mark| mark.since).fold(decisive.since, Timestamp::min);
        let began = self.run_before(decisive, last_firing).map(|mark| mark.started_at.unwrap_or(mark.since));
        let told = ends.iter().chain([&decisive]).filter_map(|mark| mark.started_at);
        Reading {
            condition: Condition::Resolved,
            condition_since: since,
            started_at: began.chain(told).min().map(|started_at| started_at.min(since)),
            ended_at: Some(since),
            severity: self.newest_severity(),
            episode: decisive.episode.clone(),
        }
    }

    fn firing_before(&self, end: &Mark) -> Option<&Mark> {
        self.marks.iter().rev().find(|mark| mark.firing && mark.order() < end.order())
    }

    /// The firing marks of the run that `end` ended: those of its episode, and those without one since the
    /// end before.
    fn run_before<'a>(
        &'a self,
        end: &'a Mark,
        last_firing: Option<&'a Mark>,
    ) -> impl Iterator<Item = &'a Mark> {
        let previous_end =
            self.marks.iter().rev().find(|mark| !mark.firing && last_firing.is_some_and(|f| mark.at < f.at));
        self.marks.iter().filter(move |mark| {
            let of_episode = mark.episode.is_some() && mark.episode == end.episode;
            let since_previous_end = mark.order() < end.order()
                && (mark.episode.is_none() || end.episode.is_none())
                && previous_end.is_none_or(|previous| previous.order() < mark.order());
            mark.firing && (of_episode || since_previous_end)
        })
    }

    fn newest_severity(&self) -> Option<Severity> {
        let told = self.marks.iter().filter(|mark| mark.severity.is_some());
        told.max_by_key(|mark| (mark.at, mark.severity)).and_then(|mark| mark.severity)
    }
}

fn earliest(times: impl IntoIterator<Item = Option<Timestamp>>) -> Option<Timestamp> {
    times.into_iter().flatten().min()
}
