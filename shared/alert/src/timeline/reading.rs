//! What a timeline says about its alert.

use jiff::Timestamp;

use super::{Mark, Timeline, earliest};
use crate::{Condition, Severity};

/// Condition, severity and times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TimelineState {
    pub condition: Condition,
    pub condition_since: Timestamp,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub severity: Option<Severity>,
    pub episode: Option<String>,
}

impl Timeline {
    /// What the marks together mean; `None` where there are none.
    pub(crate) fn read(&self) -> Option<TimelineState> {
        let decisive = self.marks.iter().rposition(|mark| !self.has_ended(mark))?;
        let mark = self.marks.get(decisive)?;
        Some(match (mark.firing, mark.restated) {
            (true, false) => self.read_firing(mark),
            (true, true) => self.read_restated_firing(decisive, mark),
            (false, _) => self.read_resolved(decisive, mark),
        })
    }

    fn read_firing(&self, decisive: &Mark) -> TimelineState {
        let last_end = self.marks.iter().rposition(|mark| !mark.firing);
        let run: Vec<_> = self
            .marks
            .iter()
            .enumerate()
            .filter(|(_, mark)| mark.firing && !self.has_ended(mark))
            .filter(|(_, mark)| mark.episode.is_none() || mark.episode == decisive.episode)
            .filter(|(index, mark)| mark.episode.is_some() || last_end < Some(*index))
            .map(|(_, mark)| mark)
            .collect();
        let since = run.iter().map(|mark| mark.since).min().unwrap_or(decisive.since);
        TimelineState {
            condition: Condition::Firing,
            condition_since: since,
            started_at: earliest(run.iter().map(|mark| mark.started_at)).or(Some(since)),
            ended_at: None,
            severity: decisive.severity,
            episode: decisive.episode.clone(),
        }
    }

    /// What is re-stated has the earliest start of all that overlap: those since the last end, and those before an end
    /// that came after that start.
    fn read_restated_firing(&self, decisive: usize, mark: &Mark) -> TimelineState {
        let mut since = mark.since;
        for earlier in self.marks.iter().take(decisive).rev() {
            if earlier.firing {
                since = since.min(earlier.since);
            } else if earlier.since <= since {
                break;
            }
        }
        TimelineState {
            condition: Condition::Firing,
            condition_since: since,
            started_at: Some(since),
            ended_at: None,
            severity: mark.severity,
            episode: None,
        }
    }

    fn read_resolved(&self, decisive: usize, mark: &Mark) -> TimelineState {
        let last_firing = self.marks.iter().take(decisive).rposition(|mark| mark.firing);
        let fired_at = last_firing.and_then(|index| self.marks.get(index)).map(|mark| mark.at);
        let ends: Vec<_> = self
            .marks
            .iter()
            .filter(|mark| !mark.firing && fired_at.is_none_or(|fired_at| fired_at <= mark.at))
            .collect();
        let since = ended_at(mark, &ends);
        let began = self.run_before(decisive, mark, last_firing).map(Mark::began_at);
        let stated = ends.iter().chain([&mark]).filter_map(|mark| mark.started_at);
        TimelineState {
            condition: Condition::Resolved,
            condition_since: since,
            started_at: began.chain(stated).min().map(|started_at| started_at.min(since)),
            ended_at: Some(since),
            severity: self.marks.iter().rev().find_map(|mark| mark.severity),
            episode: mark.episode.clone(),
        }
    }

    /// The firing marks of the run that `end` ended: those of its episode, and those without one since the
    /// end before.
    fn run_before<'a>(
        &'a self,
        end_index: usize,
        end: &'a Mark,
        last_firing: Option<usize>,
    ) -> impl Iterator<Item = &'a Mark> {
        let previous_end =
            last_firing.and_then(|firing| self.marks.iter().take(firing).rposition(|mark| !mark.firing));
        self.marks.iter().enumerate().filter_map(move |(index, mark)| {
            let of_episode = mark.episode.is_some() && mark.episode == end.episode;
            let since_previous_end = index < end_index
                && (mark.episode.is_none() || end.episode.is_none())
                && previous_end.is_none_or(|previous| previous < index);
            (mark.firing && (of_episode || since_previous_end)).then_some(mark)
        })
    }
}

/// When a run was over: with the first of its ends, as every later one only repeats it; of what several re-state, with
/// the last.
fn ended_at(decisive: &Mark, ends: &[&Mark]) -> Timestamp {
    let ends = ends.iter().map(|mark| mark.since);
    if decisive.restated {
        ends.fold(decisive.since, Timestamp::max)
    } else {
        ends.fold(decisive.since, Timestamp::min)
    }
}
