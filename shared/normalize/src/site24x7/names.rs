//! The names of an account's monitors, and where they stand in a text.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use serde_json::Value;

use super::StatusRow;
use super::monitor_id::is_whole;
use super::redaction::without_userinfo;
use super::status::Status;
use crate::value::{field, filled};

/// Names to monitor ids. Several monitors may share a name, and one that was renamed may have two.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MonitorNames {
    ids_by_name: HashMap<String, BTreeSet<String>>,
    /// Length of the longest name, in bytes.
    longest: usize,
}

impl MonitorNames {
    /// Learns that `monitor_id` is called `name`; blank names and ids that are no digits are passed over.
    pub fn insert(&mut self, monitor_id: &str, name: &str) {
        let (Some(name), true) = (filled(name), is_whole(monitor_id)) else {
            return;
        };
        let name = without_userinfo(name).unwrap_or_else(|| name.to_owned());
        self.longest = self.longest.max(name.len());
        self.ids_by_name.entry(name).or_default().insert(monitor_id.to_owned());
    }

    /// Learns from the answer of `GET /monitors`, whole or its `data`.
    pub fn learn_monitors(&mut self, body: &Value) {
        let data = body.get("data").unwrap_or(body);
        for monitor in data.as_array().into_iter().flatten().filter_map(Value::as_object) {
            if let (Some(id), Some(name)) = (field(monitor, "monitor_id"), field(monitor, "display_name")) {
                self.insert(&id, &name);
            }
        }
    }

    /// Learns from rows of current status.
    pub fn learn_status(&mut self, rows: &[StatusRow]) {
        for row in rows {
            if let Some(name) = &row.name {
                self.insert(&row.monitor_id, name);
            }
        }
    }

    /// Whether a monitor is called `name`.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.ids_by_name.contains_key(name)
    }

    /// The id of the one monitor that is called `name`.
    pub(super) fn only_id(&self, name: &str) -> Option<&str> {
        let ids = self.ids_by_name.get(name)?;
        if ids.len() == 1 { ids.first().map(String::as_str) } else { None }
    }

    /// Where names stand in `text` as whole words; not those inside a longer one, nor those that are words for a
    /// state.
    pub(super) fn found_in(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = self.all_found_in(text);
        found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        let mut reach = 0;
        found.retain(|range| {
            let is_outside = range.end > reach;
            reach = reach.max(range.end);
            is_outside
        });
        found
    }

    /// Looks up what stands between any two ends of words, no longer than the longest name, so that the number of
    /// names costs nothing.
    fn all_found_in(&self, text: &str) -> Vec<Range<usize>> {
        let starts = word_starts(text);
        let ends = word_ends(text);
        let mut found = Vec::new();
        for start in starts {
            let first = ends.partition_point(|end| *end <= start);
            let near = ends.iter().skip(first).take_while(|end| **end - start <= self.longest);
            found.extend(near.map(|end| start..*end).filter(|range| self.is_candidate(text, range)));
        }
        found
    }

    fn is_candidate(&self, text: &str, range: &Range<usize>) -> bool {
        text.get(range.clone()).is_some_and(|name| self.contains(name) && Status::stated_by(name).is_none())
    }
}

impl FromIterator<(String, String)> for MonitorNames {
    /// From pairs of monitor id and name.
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Self {
        let mut names = Self::default();
        pairs.into_iter().for_each(|(id, name)| names.insert(&id, &name));
        names
    }
}

/// Where a name could begin: after anything that is neither letter nor digit.
fn word_starts(text: &str) -> Vec<usize> {
    let after = text.char_indices().filter(|(_, c)| !c.is_alphanumeric()).map(|(at, c)| at + c.len_utf8());
    std::iter::once(0).chain(after).collect()
}

/// Where a name could end: before anything that is neither letter nor digit.
fn word_ends(text: &str) -> Vec<usize> {
    let before = text.char_indices().filter(|(_, c)| !c.is_alphanumeric()).map(|(at, _)| at);
    before.chain(std::iter::once(text.len())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(names: &[&str], text: &str) -> Vec<String> {
        let pairs = names.iter().zip(1..).map(|(name, id)| (id.to_string(), (*name).to_owned()));
        let names: MonitorNames = pairs.collect();
        names.found_in(text).into_iter().map(|range| text[range].to_owned()).collect()
    }

    #[test]
    fn a_name_is_found_as_whole_words() {
        assert_eq!(found(&["web"], "web is Down"), ["web"]);
        assert_eq!(found(&["web"], "monitor (web), is Down"), ["web"]);
        assert_eq!(found(&["web"], "webshop and cobweb are Down"), [""; 0]);
        assert_eq!(found(&["Müller & Söhne"], "»Müller & Söhne« ist Down"), ["Müller & Söhne"]);
        assert_eq!(found(&["(eu) web!"], "monitor (eu) web! is Up"), ["(eu) web!"]);
    }

    #[test]
    fn a_name_inside_a_longer_one_is_not_meant() {
        assert_eq!(found(&["web", "web eu"], "web eu is Down"), ["web eu"]);
        assert_eq!(found(&["eu", "web eu"], "web eu is Down"), ["web eu"]);
        assert_eq!(found(&["web", "web eu"], "web is Down, web eu is Up"), ["web", "web eu"]);
    }

    #[test]
    fn a_monitor_called_like_a_state_is_not_found_by_that_word() {
        assert_eq!(found(&["Down", "shop"], "shop is Down"), ["shop"]);
        assert_eq!(found(&["critical"], "critical is Up"), [""; 0]);
        assert_eq!(found(&["Critical DB"], "Critical DB is Up"), ["Critical DB"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_search_panic(text in ".*", name in ".*") {
            let names: MonitorNames = [("1".to_owned(), name)].into_iter().collect();
            for range in names.found_in(&text) {
                prop_assert!(names.contains(&text[range]));
            }
        }

        #[test]
        fn a_name_between_blanks_is_always_found(name in "[a-zA-Z0-9äöü]{1,8}( [a-zA-Z0-9]{1,8}){0,2}") {
            prop_assume!(Status::stated_by(&name).is_none());
            let text = format!("the monitor {name} is slow");
            prop_assert!(found(&[&name], &text).contains(&name));
        }
    }
}
