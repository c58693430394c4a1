//! Crossbar's ids, which become path segments.

use std::fmt;
use std::str::FromStr;

/// Longest id taken. KAZOO's own have 32 characters.
const LONGEST: usize = 63;

/// An account of KAZOO.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

/// A webhook of an account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HookId(String);

/// A text that is no id of KAZOO.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id of KAZOO: give its letters and digits, 32 as a rule")]
pub struct ParseIdError(String);

macro_rules! id {
    ($name:ident) => {
        impl $name {
            /// The id as KAZOO writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if is_id(text) { Ok(Self(text.to_owned())) } else { Err(ParseIdError(beginning_of(text))) }
            }
        }
    };
}

id!(AccountId);
id!(HookId);

// An id is put into a path, so nothing that a path gives a meaning to may be in it.
fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(fits)
}

fn beginning_of(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_change_a_path_is_no_id() {
        for text in ["", "..", "a/b", "a?b", "a b", "a%2f", &"a".repeat(64)] {
            assert!(text.parse::<HookId>().is_err(), "{text}");
        }
        assert_eq!(
            "a/b".parse::<AccountId>().unwrap_err().to_string(),
            "`a/b` is not an id of KAZOO: give its letters and digits, 32 as a rule"
        );
    }

    #[test]
    fn an_id_survives_its_text() {
        let text = "c8c75d13eccbf803ca789e2ef83c0e11";
        assert_eq!(text.parse::<AccountId>().unwrap().to_string(), text);
    }
}
