//! Which alerts a destination is notified of, and which changes of them.

use std::collections::BTreeSet;

use alert::Source;
use alert::matcher::{Matcher, MatcherError};
use channels::settings::{Fields, shown};
use serde_json::Value;

use crate::select::slug;
use crate::{EventType, Filter, Level, NotifyOn};

pub(super) fn read_filter(fields: &mut Fields) -> Filter {
    Filter {
        sources: fields.texts("sources", read_source).into_iter().collect(),
        rooms: fields.texts("rooms", read_room).into_iter().collect(),
        labels: fields.texts("labels", read_matcher),
    }
}

/// Reads `notify`: a level, or a list of types.
pub(super) fn read_notify_on(fields: &mut Fields) -> Option<NotifyOn> {
    if !fields.peek("notify").is_some_and(Value::is_array) {
        return fields.word_or("notify", &NotifyOn::LEVELS, Level::AllAndUnreachable).map(NotifyOn::Level);
    }
    let types: BTreeSet<_> = fields.texts("notify", read_event_type).into_iter().collect();
    if types.is_empty() {
        fields.mistake("notify", format!("names no type: use {}, or leave it out", type_words()));
    }
    Some(NotifyOn::Types(types))
}

pub(super) fn read_matcher(text: &str) -> Result<Matcher, String> {
    text.parse().map_err(|error: MatcherError| error.to_string())
}

fn read_source(word: &str) -> Result<Source, String> {
    word.trim().to_lowercase().parse().map_err(|error: alert::UnknownWord| error.to_string())
}

fn read_room(name: &str) -> Result<String, String> {
    let slug = slug(name);
    if slug.is_empty() { Err("is empty: give a room's name, or remove it".to_owned()) } else { Ok(slug) }
}

fn read_event_type(word: &str) -> Result<EventType, String> {
    let found = NotifyOn::TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(word.trim()));
    found
        .map(|(_, kind)| *kind)
        .ok_or_else(|| format!("`{}` is not a type: use {}", shown(word), type_words()))
}

fn type_words() -> String {
    NotifyOn::TYPES.map(|(word, _)| word).join(", ")
}
