//! The order of marks: time, and within one moment what the sources say of it.
//!
//! Marks of one moment are those of a source that counts whole seconds. They are ordered
//! 1. by names: the end of one episode never beats the firing of another; and an end without an episode that says it follows a
//!    firing beats a firing that says nothing of the kind, whichever was received first,
//! 2. else by reception; at one reception an end without an episode beats everything, a firing of another episode beats
//!    an end, and an end beats a firing without an episode. What is re-stated keeps the order in which it came,
//! 3. and the last of them is the one that the others lead to by what the source says was before each.

use jiff::Timestamp;

use super::Mark;
use crate::Severity;
use crate::order::PriorState;

/// Sorts `marks`, oldest first.
pub(super) fn arrange(marks: &mut [Mark]) {
    marks.sort_by_key(|mark| mark.at);
    let mut before = None;
    for moment in marks.chunk_by_mut(|one, other| one.at == other.at) {
        if moment.len() > 1 {
            arrange_moment(moment, before);
        }
        // A source goes on from what it said itself, whatever people say.
        before = moment.iter().rfind(|mark| !mark.by_person).map(Mark::state).or(before);
    }
}

/// Sorts marks of one moment; `before` is the state of the alert until then.
fn arrange_moment(moment: &mut [Mark], before: Option<PriorState>) {
    let bounds = Bounds {
        first_named_firing: first_named_firing(moment),
        last_plain_firing: last_plain_firing(moment),
    };
    moment.sort_by(|one, other| key(one, bounds).cmp(&key(other, bounds)));
    let Some(last_state) = last_state(moment, before) else {
        return;
    };
    if let Some(last) = moment.iter().rposition(|mark| mark.state() == last_state) {
        moment[last..].rotate_left(1);
    }
}

/// When the first firing of an episode was received that has no end among these.
fn first_named_firing(moment: &[Mark]) -> Option<Timestamp> {
    let has_end = |mark: &Mark| moment.iter().any(|other| !other.firing && other.episode == mark.episode);
    let firing = moment.iter().filter(|mark| mark.firing && mark.episode.is_some() && !has_end(mark));
    firing.filter_map(|mark| mark.received_at).min()
}

/// When the last firing was received that names neither an episode nor what was before.
fn last_plain_firing(moment: &[Mark]) -> Option<Timestamp> {
    let is_plain =
        |mark: &&Mark| mark.firing && !mark.restated && mark.episode.is_none() && mark.follows.is_none();
    moment.iter().filter(is_plain).filter_map(|mark| mark.received_at).max()
}

/// What bounds the reception of ends.
#[derive(Clone, Copy)]
struct Bounds {
    first_named_firing: Option<Timestamp>,
    last_plain_firing: Option<Timestamp>,
}

type Key<'a> = (Option<Timestamp>, u8, Option<Severity>, Option<&'a str>, Option<Timestamp>);

fn key(mark: &Mark, bounds: Bounds) -> Key<'_> {
    if mark.restated {
        return (mark.received_at, 0, None, None, None);
    }
    let is_named = mark.episode.is_some();
    let rank = match (mark.firing, is_named) {
        (false, false) => 3,
        (true, true) => 2,
        (false, true) => 1,
        (true, false) => 0,
    };
    let follows_firing = matches!(mark.follows, Some(PriorState::Firing(_)));
    let received_at = match (mark.firing, is_named) {
        (false, true) => match bounds.first_named_firing {
            Some(first) => mark.received_at.min(Some(first)),
            None => mark.received_at,
        },
        (false, false) if follows_firing => mark.received_at.max(bounds.last_plain_firing),
        _ => mark.received_at,
    };
    (received_at, rank, mark.severity, mark.episode.as_deref(), Some(mark.since))
}

/// The state that a walk ends in which takes each mark once, from what it follows to what it says: the one that more
/// marks lead to than leave. Where none is, the walk ends where it began.
fn last_state(moment: &[Mark], before: Option<PriorState>) -> Option<PriorState> {
    if moment.iter().any(|mark| mark.follows.is_none() || mark.restated) {
        return None;
    }
    let led_to = |state: PriorState| moment.iter().filter(|mark| mark.state() == state).count();
    let left = |state: PriorState| moment.iter().filter(|mark| mark.follows == Some(state)).count();
    let mut ends = moment.iter().map(Mark::state).filter(|state| led_to(*state) > left(*state));
    match ends.next() {
        Some(end) => ends.all(|other| other == end).then_some(end),
        None => before,
    }
}
