//! Which alerts a destination is notified of.

use std::collections::BTreeSet;

use alert::matcher::{self, Matcher};
use alert::{Alert, Source, served_labels};

/// Which alerts a destination is notified of: every member holds, and an empty one always does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Any of these sources.
    pub sources: BTreeSet<Source>,
    /// Any of these Netdata rooms, as slugs; an alert that names no room passes.
    pub rooms: BTreeSet<String>,
    /// All of these matchers, of the served labels.
    pub labels: Vec<Matcher>,
}

/// The member of the settings by which an alert is not selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unselected {
    /// `enabled` is false.
    Disabled,
    /// `sources` does not name its source.
    Source,
    /// `rooms` names none of its rooms.
    Room,
    /// This matcher of `labels` does not match.
    Label(Matcher),
    /// `notify` does not name what happened.
    NotifyOn,
}

impl Filter {
    /// Whether the destination is notified of `alert`.
    pub fn holds(&self, alert: &Alert) -> bool {
        self.refusal(alert).is_none()
    }

    /// The member by which it is not.
    pub fn refusal(&self, alert: &Alert) -> Option<Unselected> {
        if !self.sources.is_empty() && !self.sources.contains(&alert.source) {
            return Some(Unselected::Source);
        }
        if !self.holds_of_rooms(alert) {
            return Some(Unselected::Room);
        }
        if self.labels.is_empty() {
            return None;
        }
        let served = served_labels(alert);
        let unmatched =
            self.labels.iter().find(|matcher| !matcher::all_match(std::slice::from_ref(matcher), &served));
        unmatched.cloned().map(Unselected::Label)
    }

    fn holds_of_rooms(&self, alert: &Alert) -> bool {
        let known = alert.labels.get("rooms").filter(|rooms| !rooms.trim().is_empty());
        let Some(rooms) = known.filter(|_| !self.rooms.is_empty()) else {
            return true;
        };
        rooms.split(',').any(|room| self.rooms.contains(&slug(room)))
    }
}

/// A room's name as Netdata writes it in addresses.
pub(crate) fn slug(room: &str) -> String {
    room.trim().to_lowercase().replace(' ', "-")
}
