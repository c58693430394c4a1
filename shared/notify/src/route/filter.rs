//! Which alerts a destination is told of.

use std::collections::BTreeSet;

use alert::matcher::{self, Matcher, MatcherError};
use alert::{Alert, Source, served_labels};

use crate::settings::Fields;

/// What must hold of an alert, all of it; what is empty holds always.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The alert comes from one of these.
    pub sources: BTreeSet<Source>,
    /// It lies in one of these Netdata rooms, or its rooms are not known; in lower case, blanks as `-`.
    pub rooms: BTreeSet<String>,
    /// Its labels, as the Alertmanager API serves them, satisfy every one of these.
    pub labels: Vec<Matcher>,
}

impl Filter {
    /// Reads `sources`, `rooms` and `labels`.
    pub(crate) fn read(fields: &mut Fields) -> Self {
        Self {
            sources: fields.texts("sources", read_source).into_iter().collect(),
            rooms: fields.texts("rooms", read_room).into_iter().collect(),
            labels: fields.texts("labels", read_matcher),
        }
    }

    /// Whether all of it holds of `alert`.
    pub fn holds(&self, alert: &Alert) -> bool {
        self.holds_of_source(alert.source)
            && self.holds_of_rooms(alert)
            && (self.labels.is_empty() || matcher::all_match(&self.labels, &served_labels(alert)))
    }

    fn holds_of_source(&self, source: Source) -> bool {
        self.sources.is_empty() || self.sources.contains(&source)
    }

    fn holds_of_rooms(&self, alert: &Alert) -> bool {
        let known = alert.labels.get("rooms").filter(|rooms| !rooms.trim().is_empty());
        let Some(rooms) = known.filter(|_| !self.rooms.is_empty()) else {
            return true;
        };
        rooms.split(',').any(|room| self.rooms.contains(&slug(room)))
    }
}

fn read_source(word: &str) -> Result<Source, String> {
    word.trim().to_lowercase().parse().map_err(|error: alert::UnknownWord| error.to_string())
}

fn read_room(name: &str) -> Result<String, String> {
    let slug = slug(name);
    if slug.is_empty() { Err("is empty: give a room's name, or remove it".to_owned()) } else { Ok(slug) }
}

fn read_matcher(text: &str) -> Result<Matcher, String> {
    text.parse().map_err(|error: MatcherError| error.to_string())
}

/// A room's name and its slug compare equal in this form.
fn slug(room: &str) -> String {
    room.trim().to_lowercase().replace(' ', "-")
}
