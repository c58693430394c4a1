//! A regex in RE2's sense: compiled when it is first needed, once for all clones, and small.

use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder};

/// Most memory, in bytes, that a compiled regex may take: whoever may read may ask with some of them.
const PROGRAM_BYTES: usize = 64 * 1024;
/// Most memory, in bytes, that a regex may take while it is matched.
const CACHE_BYTES: usize = 256 * 1024;

/// A regex that is compiled when it is first needed; none where it cannot be.
#[derive(Debug, Clone, Default)]
pub(super) struct Pattern(Arc<OnceLock<Option<Regex>>>);

impl Pattern {
    /// Whether `regex` can be used.
    pub(super) fn compiles(&self, regex: &str) -> bool {
        self.of(regex).is_some()
    }

    /// Whether `regex` matches the whole `value`; `None` if it cannot be used.
    pub(super) fn matches(&self, regex: &str, value: &str) -> Option<bool> {
        self.of(regex).map(|regex| regex.is_match(value))
    }

    fn of(&self, regex: &str) -> Option<&Regex> {
        self.0.get_or_init(|| compile(regex)).as_ref()
    }
}

fn compile(regex: &str) -> Option<Regex> {
    RegexBuilder::new(&format!("^(?:{})$", with_ascii_classes(regex)))
        .size_limit(PROGRAM_BYTES)
        .dfa_size_limit(CACHE_BYTES)
        .build()
        .ok()
}

/// `regex` with `\w`, `\d` and `\s` as RE2 knows them, which is ASCII; in all of Unicode they are large.
fn with_ascii_classes(regex: &str) -> String {
    let mut written = String::with_capacity(regex.len());
    let mut chars = regex.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            written.push(char);
            continue;
        }
        match chars.next() {
            Some('w') => written.push_str("[0-9A-Za-z_]"),
            Some('W') => written.push_str("[^0-9A-Za-z_]"),
            Some('d') => written.push_str("[0-9]"),
            Some('D') => written.push_str("[^0-9]"),
            Some('s') => written.push_str(r"[\t\n\f\r ]"),
            Some('S') => written.push_str(r"[^\t\n\f\r ]"),
            Some(other) => written.extend(['\\', other]),
            None => written.push('\\'),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(regex: &str, value: &str) -> Option<bool> {
        Pattern::default().matches(regex, value)
    }

    #[test]
    fn classes_are_those_of_re2() {
        assert_eq!(matches(r"\w+-\d+", "db-17"), Some(true));
        assert_eq!(matches(r"[\w.]+", "db.example"), Some(true));
        assert_eq!(matches(r"[^\W]+", "db"), Some(true));
        assert_eq!(matches(r"\w+", "é"), Some(false));
        assert_eq!(matches(r"\\w", r"\w"), Some(true));
        assert_eq!(matches(r"\S+\s\D", "é b"), Some(true));
    }

    #[test]
    fn twenty_word_characters_are_small_and_twenty_letters_of_any_script_are_not() {
        assert_eq!(matches(r"\w{20}", &"a".repeat(20)), Some(true));
        assert_eq!(matches(r"\pL{200}", &"a".repeat(200)), None);
        assert_eq!(matches("(", "("), None);
    }
}
