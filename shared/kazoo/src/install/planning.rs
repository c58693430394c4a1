//! The decision: what there is, what is wanted, and therefore what to do.

use crate::hook::{Hook, NewHook, State};
use crate::patch::Patch;
use crate::plan::{Change, NoteReason, PlannedChanges};
use crate::receiver::Receiver;

use super::wanted::Wanted;

/// How to install.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Where KAZOO is to deliver.
    pub receiver: Receiver,
    /// Whose events.
    pub subaccounts: Subaccounts,
    /// What to do where one hook is there several times.
    pub duplicates: Duplicates,
    /// What to do with a hook that a person switched off.
    pub disabled_by_person: DisabledByPerson,
}

/// Whose events are delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subaccounts {
    /// The account's own only.
    #[default]
    Exclude,
    /// Those of its subaccounts as well.
    Include,
}

/// What to do where one hook is there several times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Duplicates {
    /// Only say so.
    #[default]
    Report,
    /// Delete all but one.
    Prune,
}

/// What to do with a hook that a person switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DisabledByPerson {
    /// Only say so.
    #[default]
    Report,
    /// Switch it on.
    Enable,
}

/// What to do so that every `wanted` hook is there once, on and as it should be. `existing` are the
/// account's hooks; those that are not ours are not looked at.
pub fn plan(options: &Options, wanted: &[Wanted], existing: &[Hook]) -> PlannedChanges {
    let location = options.receiver.location();
    let ours: Vec<_> = existing.iter().filter(|hook| location.owns(&hook.hook, &hook.uri)).collect();
    let mut plan = PlannedChanges::default();
    for one in wanted {
        let mut equal: Vec<_> = ours.iter().copied().filter(|hook| one.is(hook)).collect();
        equal.sort_by_key(|hook| (preference(&hook.state()), &hook.id));
        let new = one.new_hook(&options.receiver, options.subaccounts);
        match equal.split_first() {
            None => plan.changes.push(Change::Create(new)),
            Some((kept, others)) => {
                correct(&mut plan, options, kept, &new);
                for other in others {
                    part_with(&mut plan, options, other, kept);
                }
            }
        }
    }
    for hook in ours.into_iter().filter(|hook| !wanted.iter().any(|one| one.is(hook))) {
        plan.note(hook, NoteReason::NotChosen);
    }
    plan
}

// Of several the one that works is kept; before one that a person wanted off comes one that KAZOO put off.
fn preference(state: &State) -> u8 {
    match state {
        State::Enabled => 0,
        State::AutoDisabled { .. } => 1,
        State::DisabledByPerson => 2,
    }
}

fn correct(plan: &mut PlannedChanges, options: &Options, kept: &Hook, wanted: &NewHook) {
    let patch = Patch::between(kept, wanted);
    let patch = match (kept.state(), options.disabled_by_person) {
        (State::Enabled, _) => patch,
        (State::AutoDisabled { .. }, _) | (State::DisabledByPerson, DisabledByPerson::Enable) => {
            patch.and_enable()
        }
        (State::DisabledByPerson, DisabledByPerson::Report) => {
            plan.note(kept, NoteReason::DisabledByPerson);
            patch
        }
    };
    if !patch.is_empty() {
        plan.changes.push(Change::patch(kept, patch));
    } else if kept.enabled {
        plan.note(kept, NoteReason::AsWanted);
    }
}

fn part_with(plan: &mut PlannedChanges, options: &Options, other: &Hook, kept: &Hook) {
    match options.duplicates {
        Duplicates::Prune => plan.changes.push(Change::delete(other)),
        Duplicates::Report => plan.note(other, NoteReason::Duplicate { of: kept.id.clone() }),
    }
}
