//! What is to be done to an account's webhooks, decided but not yet done.

use std::fmt;

use crate::hook::{Hook, NewHook};
use crate::id::HookId;
use crate::patch::Patch;

/// The changes that lead to what is wanted, and what there is to say about the rest. It prints one line
/// for each, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlannedChanges {
    /// What is to be done, in this order.
    pub changes: Vec<Change>,
    /// What is left as it is, and why.
    pub notes: Vec<Note>,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Create a webhook.
    Create(NewHook),
    /// Change settings of a webhook.
    Patch {
        /// Which one.
        id: HookId,
        /// Hook and modifiers in the words of `--hooks`.
        label: String,
        /// What becomes of it.
        patch: Patch,
    },
    /// Delete a webhook.
    Delete {
        /// Which one.
        id: HookId,
        /// Hook and modifiers in the words of `--hooks`.
        label: String,
    },
}

/// One webhook that is left as it is, at least in one respect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Which one.
    pub id: HookId,
    /// Hook and modifiers in the words of `--hooks`.
    pub label: String,
    /// Why.
    pub reason: NoteReason,
}

/// Why a webhook is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteReason {
    /// It is as wanted.
    AsWanted,
    /// A person switched it off.
    DisabledByPerson,
    /// Another webhook does the same and is kept.
    Duplicate {
        /// The one that is kept.
        of: HookId,
    },
    /// It is ours, but not among those that are wanted now.
    NotChosen,
}

impl PlannedChanges {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    pub(crate) fn note(&mut self, hook: &Hook, reason: NoteReason) {
        self.notes.push(Note { id: hook.id.clone(), label: hook.label(), reason });
    }
}

impl Change {
    pub(crate) fn patch(hook: &Hook, patch: Patch) -> Self {
        Self::Patch { id: hook.id.clone(), label: hook.label(), patch }
    }

    pub(crate) fn delete(hook: &Hook) -> Self {
        Self::Delete { id: hook.id.clone(), label: hook.label() }
    }
}

impl fmt::Display for PlannedChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            writeln!(f, "nothing to change")?;
        }
        self.changes.iter().try_for_each(|change| writeln!(f, "{change}"))?;
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create(hook) => write!(f, "create {}: {}", hook.label(), hook.uri),
            Self::Patch { id, label, patch } => write!(f, "change {label} ({id}): {patch}"),
            Self::Delete { id, label } => write!(f, "delete {label} ({id})"),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, label, reason } = self;
        match reason {
            NoteReason::AsWanted => write!(f, "keep {label} ({id}): as wanted"),
            NoteReason::DisabledByPerson => {
                write!(
                    f,
                    "leave {label} ({id}) disabled: a person switched it off; install --enable switches it on"
                )
            }
            NoteReason::Duplicate { of } => {
                write!(f, "leave {label} ({id}): the same as {of}; install --prune deletes it")
            }
            NoteReason::NotChosen => write!(f, "leave {label} ({id}): ours, but not among the hooks chosen"),
        }
    }
}
