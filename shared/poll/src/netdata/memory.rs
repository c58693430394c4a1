//! What a process remembers from run to run, so that an idle run asks little. Lost, it is found anew at some cost.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use netdata::{Access, Room, Space};

/// How long spaces, rooms and the names of nodes are taken for what they were.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// What is remembered of the account of one token.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Whose account it is.
    pub(crate) access: Option<Access>,
    /// The spaces, each with its room of all nodes, and when that was asked.
    directory: Option<(Timestamp, Vec<(Space, Room)>)>,
    spaces: BTreeMap<String, SpaceMemory>,
    /// When alerts were last compared with what notifications list.
    pub(crate) listed_at: Option<Timestamp>,
}

/// What is remembered of one space.
#[derive(Debug, Default)]
pub(crate) struct SpaceMemory {
    /// Changes that are dealt with, and when they happened.
    pub(crate) done: BTreeMap<String, Timestamp>,
    /// The host names of nodes.
    pub(crate) names: BTreeMap<String, String>,
    /// When the names were asked for.
    pub(crate) named_at: Option<Timestamp>,
    /// When the states were last looked at.
    pub(crate) looked_at: Option<Timestamp>,
    /// The nodes whose flood is an alert that fires; `None` before the table was asked.
    pub(crate) flooding: Option<BTreeSet<String>>,
}

impl Memory {
    /// Forgets what belongs to another token.
    pub(crate) fn of(&mut self, access: &Access) {
        if self.access.as_ref() != Some(access) {
            *self = Self { access: Some(access.clone()), ..Self::default() };
        }
    }

    /// The spaces, unless they are to be asked for.
    pub(crate) fn directory(&self, now: Timestamp) -> Option<Vec<(Space, Room)>> {
        let (asked_at, spaces) = self.directory.as_ref()?;
        is_fresh(*asked_at, now).then(|| spaces.clone())
    }

    pub(crate) fn keep_directory(&mut self, now: Timestamp, spaces: &[(Space, Room)]) {
        self.directory = Some((now, spaces.to_vec()));
    }

    pub(crate) fn space(&mut self, space: &Space) -> &mut SpaceMemory {
        self.spaces.entry(space.id.clone()).or_default()
    }
}

impl SpaceMemory {
    /// Forgets what is so old that it is not read again.
    pub(crate) fn forget_before(&mut self, time: Timestamp) {
        self.done.retain(|_, at| *at >= time);
    }

    /// Whether the names of nodes are to be asked for once more.
    pub(crate) fn has_old_names(&self, now: Timestamp) -> bool {
        self.named_at.is_none_or(|asked_at| !is_fresh(asked_at, now))
    }
}

/// Whether what was asked at `asked_at` is good enough at `now`.
pub(crate) fn is_fresh(asked_at: Timestamp, now: Timestamp) -> bool {
    now >= asked_at && now.duration_since(asked_at) < FRESH
}
