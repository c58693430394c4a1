//! The hooks that an operator chooses, as written after `--hooks`.

use std::fmt;
use std::str::FromStr;

use crate::redaction::printable;
use crate::uri::is_hook_name;

/// What stands for every value of a modifier.
pub(crate) const ALL: &str = "all";

/// A chosen hook: `HOOK`, `HOOK:TYPE` or `HOOK:TYPE:ACTION`, where a modifier left out or `all` means all
/// of its values. Examples: `channel_destroy`, `notifications:low_balance`, `object:user:doc_edited`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    pub(crate) hook: String,
    pub(crate) kind: Option<String>,
    pub(crate) action: Option<String>,
}

/// A text that chooses no hook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` chooses no hook: write it like `channel_destroy`, `notifications` or `object:user:doc_edited`"
)]
pub struct SelectionError(String);

impl Selection {
    /// What becomes alerts: ended calls and all notifications.
    pub fn defaults() -> Vec<Self> {
        ["channel_destroy", "notifications"].map(Self::of_hook).to_vec()
    }

    fn of_hook(hook: &str) -> Self {
        Self { hook: hook.to_owned(), kind: None, action: None }
    }
}

impl FromStr for Selection {
    type Err = SelectionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words: Vec<_> = text.trim().split(':').collect();
        if !words.iter().all(|word| is_hook_name(word)) {
            return Err(SelectionError(printable(text)));
        }
        let word = |word: &&str| (*word).to_owned();
        match words.as_slice() {
            [hook] => Ok(Self::of_hook(hook)),
            [hook, kind] => Ok(Self { kind: Some(word(kind)), ..Self::of_hook(hook) }),
            [hook, kind, action] => {
                Ok(Self { kind: Some(word(kind)), action: Some(word(action)), ..Self::of_hook(hook) })
            }
            _ => Err(SelectionError(printable(text))),
        }
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [Some(&self.hook), self.kind.as_ref(), self.action.as_ref()];
        f.pad(&words.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(":"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_that_chooses_no_hook_is_named_with_the_remedy() {
        for text in ["", "channel destroy", "object:", "a:b:c:d", "Object", "hook?x=1"] {
            assert!(text.parse::<Selection>().is_err(), "{text}");
        }
        assert_eq!(
            "object:".parse::<Selection>().unwrap_err().to_string(),
            "`object:` chooses no hook: write it like `channel_destroy`, `notifications` or `object:user:doc_edited`"
        );
    }

    proptest! {
        #[test]
        fn a_selection_survives_its_text(text in "[a-z_]{1,9}(:[a-z_]{1,9}){0,2}") {
            prop_assert_eq!(text.parse::<Selection>().unwrap().to_string(), text);
        }
    }
}
