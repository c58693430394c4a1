//! Ids as people type them: as much of a prefix as distinguishes them from all others, as git does.

use std::fmt;

/// Fewest characters of a prefix.
const FEWEST: usize = 4;
/// How many ids an error names.
const NAMED: usize = 4;

/// The prefix of an id, or all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IdPrefix {
    text: String,
    /// What else the id ends with.
    end: String,
    is_whole: bool,
}

/// A text with which no id begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write {FEWEST} to {most} characters of the id, as the lists show it")]
pub(super) struct NotAnIdPrefix {
    most: usize,
}

/// A text that is no notification's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write the id of a notification, as `campanile notifications` shows it, like 3f2a91c0-7-ops-slack")]
pub(super) struct NotANotification;

/// A prefix that is not one of exactly one id.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum FindError {
    #[error("there is no {what} `{id_prefix}`: `{command}` lists them")]
    Unknown { what: &'static str, id_prefix: String, command: &'static str },
    #[error(
        "none of the newest begins with `{id_prefix}`, and there are older ones: write the whole id of the {what}"
    )]
    TooOld { what: &'static str, id_prefix: String },
    #[error("`{id_prefix}` is the prefix of {}: type more of it", enumerated(.ids))]
    Ambiguous { id_prefix: String, ids: Vec<String> },
}

impl FindError {
    /// Nothing begins like `meant` among all there are, or among the newest only; `command` lists them.
    pub(super) fn unknown(what: &'static str, meant: &IdPrefix, command: &'static str, is_all: bool) -> Self {
        let id_prefix = meant.to_string();
        // A whole id was asked for by itself.
        if is_all || meant.is_whole {
            Self::Unknown { what, id_prefix, command }
        } else {
            Self::TooOld { what, id_prefix }
        }
    }
}

impl IdPrefix {
    /// Of a fingerprint or the id of an event: 32 hex digits.
    pub(super) fn of_hash(text: &str) -> Result<Self, NotAnIdPrefix> {
        Self::read(text, 32, |character| character.is_ascii_hexdigit())
    }

    /// Of a UUID.
    pub(super) fn of_uuid(text: &str) -> Result<Self, NotAnIdPrefix> {
        Self::read(text, 36, |character| character.is_ascii_hexdigit() || character == '-')
    }

    /// Of a notification: a group, of which a prefix is enough, a number and a destination.
    pub(super) fn of_notification(text: &str) -> Result<Self, NotANotification> {
        let text = text.trim();
        let (fingerprint, _) = text.split_once('-').ok_or(NotANotification)?;
        let end = &text[fingerprint.len()..];
        let mut parts = end.trim_start_matches('-').splitn(2, '-');
        let number = parts.next().filter(|number| number.parse::<u64>().is_ok());
        let is_word = |word: &&str| {
            word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        let destination = parts.next().filter(|word| !word.is_empty()).filter(is_word);
        number.zip(destination).ok_or(NotANotification)?;
        let id_prefix = Self::of_hash(fingerprint).map_err(|_| NotANotification)?;
        Ok(Self { end: end.to_owned(), ..id_prefix })
    }

    fn read(text: &str, most: usize, is_part: fn(char) -> bool) -> Result<Self, NotAnIdPrefix> {
        let text = text.trim().to_ascii_lowercase();
        if !(FEWEST..=most).contains(&text.len()) || !text.chars().all(is_part) {
            return Err(NotAnIdPrefix { most });
        }
        Ok(Self { is_whole: text.len() == most, end: String::new(), text })
    }

    /// The id, where it is there whole.
    pub(super) fn whole(&self) -> Option<String> {
        self.is_whole.then(|| self.to_string())
    }

    /// The one of `ids` that begins like this; none where none does.
    pub(super) fn find(&self, ids: impl IntoIterator<Item = String>) -> Result<Option<String>, FindError> {
        let is_meant = |id: &String| id.starts_with(&self.text) && id.ends_with(&self.end);
        let mut found: Vec<_> = ids.into_iter().filter(is_meant).collect();
        found.sort_unstable();
        found.dedup();
        if found.len() > 1 {
            return Err(FindError::Ambiguous { id_prefix: self.to_string(), ids: found });
        }
        Ok(found.pop())
    }
}

impl fmt::Display for IdPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.text, self.end)
    }
}

fn enumerated(ids: &[String]) -> String {
    let named = ids.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match ids.len().checked_sub(NAMED) {
        Some(more @ 1..) => format!("{named} and {more} more"),
        _ => named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(id_prefix: &str, ids: &[&str]) -> Result<Option<String>, FindError> {
        IdPrefix::of_hash(id_prefix).unwrap().find(ids.iter().map(|id| (*id).to_owned()))
    }

    #[test]
    fn an_id_is_found_by_its_prefix_in_any_case() {
        assert_eq!(found("ABCD", &["abcd1", "abce1", "abcd1"]), Ok(Some("abcd1".to_owned())));
        assert_eq!(found("abcf", &["abcd1"]), Ok(None));
    }

    #[test]
    fn several_are_named() {
        let ids: Vec<_> = (1..=6).map(|digit| format!("abcd{digit}")).collect();
        let error = found("abcd", &ids.iter().map(String::as_str).collect::<Vec<_>>()).unwrap_err();
        let expected = "`abcd` is the prefix of abcd1, abcd2, abcd3, abcd4 and 2 more: type more of it";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn what_no_id_begins_with_is_refused() {
        for text in ["", "abc", "wxyz", "../alerts", &"a".repeat(33), "abcd-"] {
            assert_eq!(IdPrefix::of_hash(text), Err(NotAnIdPrefix { most: 32 }), "{text}");
        }
        assert_eq!(IdPrefix::of_hash(&"A".repeat(32)).unwrap().whole(), Some("a".repeat(32)));
        assert_eq!(IdPrefix::of_uuid("6f1c2a34-5b").unwrap().whole(), None);
        assert!(IdPrefix::of_uuid("6f1c2a34-5b67-489a-abcd-0123456789ab").unwrap().whole().is_some());
    }

    #[test]
    fn a_notification_is_found_by_the_prefix_of_its_group() {
        let meant = IdPrefix::of_notification("ABCD-7-ops-slack").unwrap();
        let ids = ["abcd1-7-ops-slack", "abcd1-17-ops-slack", "abcd2-7-slack"].map(str::to_owned);
        assert_eq!(meant.find(ids), Ok(Some("abcd1-7-ops-slack".to_owned())));
        let whole = format!("{}-7-ops", "a".repeat(32));
        assert_eq!(IdPrefix::of_notification(&whole).unwrap().whole(), Some(whole));
        for text in [
            "",
            "abcd",
            "abcd-7",
            "abcd--ops",
            "abcd-x-ops",
            "abcd-7-",
            "xyz-7-ops",
            "abcd-7-../x",
            "abcd-7-ops?x",
        ] {
            assert_eq!(IdPrefix::of_notification(text), Err(NotANotification), "{text}");
        }
    }
}
