//! Who was loudest on a day, in so much room and no more.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How many names a day of a source keeps.
pub const MOST_NAMES: usize = 50;
/// How many characters of a name are kept, and of what is shown of it.
const MOST_CHARACTERS: usize = 80;

/// How often each of the loudest names was heard on one day.
///
/// Exact while there are at most [`MOST_NAMES`] different ones. Beyond, it is Metwally's *Space-Saving*: a new name takes the
/// place of the least and takes over its count, which is noted as what may be too much. So a count is never too small, is too
/// large by what is noted at most, and a name that was heard more often than one time in [`MOST_NAMES`] is among them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Noisiest {
    names: BTreeMap<String, Heard>,
    /// Whether a name had to make room.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_full: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Heard {
    /// How often, at most.
    #[serde(rename = "n")]
    pub(super) count: u64,
    /// How much of that may have been somebody else.
    #[serde(rename = "o", default, skip_serializing_if = "is_zero")]
    pub(super) over: u64,
    /// What it was called last.
    #[serde(rename = "t", default, skip_serializing_if = "String::is_empty")]
    pub(super) title: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Noisiest {
    /// Counts `name`, which is called `title` now.
    pub fn add(&mut self, name: &str, title: &str) {
        let name = cut(name);
        let over = if self.names.contains_key(&name) { 0 } else { self.make_room() };
        let heard = self.names.entry(name).or_insert(Heard { count: over, over, title: String::new() });
        heard.count += 1;
        heard.title = cut(title);
    }

    /// Makes room for one more name; what it takes over.
    fn make_room(&mut self) -> u64 {
        if self.names.len() < MOST_NAMES {
            return 0;
        }
        self.is_full = true;
        let least = self.names.iter().min_by_key(|(_, heard)| heard.count).map(|(name, _)| name.clone());
        least.and_then(|name| self.names.remove(&name)).map_or(0, |heard| heard.count)
    }

    /// Its names and how often each was heard.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, &Heard)> {
        self.names.iter().map(|(name, heard)| (name.as_str(), heard))
    }

    /// How often a name may have been heard at most that is not among them.
    pub(super) fn unseen(&self) -> u64 {
        let least = self.names.values().map(|heard| heard.count).min();
        least.filter(|_| self.is_full).unwrap_or_default()
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn as_many_names_as_are_kept_are_counted_exactly() {
        let mut noisiest = Noisiest::default();
        for round in 0..3 {
            for name in 0..MOST_NAMES {
                noisiest.add(&name.to_string(), &format!("round {round}"));
            }
        }
        assert_eq!(noisiest.names.len(), MOST_NAMES);
        assert!(noisiest.names().all(|(_, heard)| (heard.count, heard.over) == (3, 0)));
        assert!(noisiest.names().all(|(_, heard)| heard.title == "round 2"));
        assert_eq!(noisiest.unseen(), 0);
    }

    #[test]
    fn a_name_of_any_length_takes_so_much_room_and_no_more() {
        let mut noisiest = Noisiest::default();
        for name in 0..1_000 {
            noisiest.add(&format!("{name}{}", "𝄞".repeat(10_000)), &"𝄞".repeat(10_000));
        }
        assert!(serde_json::to_vec(&noisiest).unwrap().len() < 40 * 1024);
    }

    proptest! {
        #[test]
        fn more_names_are_counted_within_what_is_noted(
            heard in prop::collection::vec(prop_oneof![0..5_u32, 0..200_u32], 0..600),
        ) {
            let (mut noisiest, mut exact) = (Noisiest::default(), BTreeMap::<String, u64>::new());
            for name in heard.iter().map(ToString::to_string) {
                noisiest.add(&name, "");
                *exact.entry(name).or_default() += 1;
            }
            prop_assert!(noisiest.names.len() <= MOST_NAMES);
            for (name, count) in exact {
                match noisiest.names.get(&name) {
                    Some(kept) => prop_assert!((kept.count - kept.over..=kept.count).contains(&count)),
                    None => prop_assert!(count <= noisiest.unseen() && count <= heard.len() as u64 / MOST_NAMES as u64),
                }
            }
        }
    }
}
