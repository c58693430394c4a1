//! Texts of others without characters that do something instead of standing for something: controls, and marks that
//! turn the direction of writing, with which a text can pretend to be another.

use std::collections::BTreeMap;

/// `raw` as one trimmed line: line breaks and tabs are blanks.
pub fn line(raw: &str) -> String {
    let one_line = raw.chars().map(|character| match character {
        '\n' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        other => other,
    });
    one_line.filter(|character| is_harmless(*character)).collect::<String>().trim().to_owned()
}

/// `raw` with its line breaks and tabs, trimmed.
pub fn lines(raw: &str) -> String {
    text(raw).trim().to_owned()
}

/// `raw` with its line breaks, tabs and surrounding blanks: for values that are compared elsewhere.
pub fn text(raw: &str) -> String {
    let with_breaks = raw.chars().map(|character| match character {
        '\u{2028}' | '\u{2029}' => '\n',
        other => other,
    });
    with_breaks.filter(|character| is_harmless(*character)).collect()
}

/// `raw` with names and values sanitized as [`text`].
pub fn map(raw: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    raw.iter().map(|(name, value)| (text(name), text(value))).collect()
}

/// Whether `character` stands for itself or for a line break or tab.
pub fn is_harmless(character: char) -> bool {
    match character {
        '\n' | '\t' => true,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => false,
        other => !other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every bidi control of Unicode.
    const BIDI: &str =
        "\u{61C}\u{200E}\u{200F}\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}\u{2066}\u{2067}\u{2068}\u{2069}";

    #[test]
    fn each_form_keeps_what_it_may() {
        for (raw, one, several, whole) in [
            (" db-1 ", "db-1", "db-1", " db-1 "),
            ("a\r\nb\tc", "a b c", "a\nb\tc", "a\nb\tc"),
            ("a\u{0}b\u{7f}c\u{9b}d\u{1b}[31m", "abcd[31m", "abcd[31m", "abcd[31m"),
            ("a\u{2028}b\u{2029}c", "a b c", "a\nb\nc", "a\nb\nc"),
            ("é字🔔👨\u{200D}👩", "é字🔔👨\u{200D}👩", "é字🔔👨\u{200D}👩", "é字🔔👨\u{200D}👩"),
            (BIDI, "", "", ""),
            ("\u{202E}nwod\u{2069} is", "nwod is", "nwod is", "nwod is"),
        ] {
            assert_eq!((&*line(raw), &*lines(raw), &*text(raw)), (one, several, whole), "{raw:?}");
        }
    }

    #[test]
    fn maps_are_sanitized_in_names_and_values() {
        let raw = BTreeMap::from([("a\u{0}b".to_owned(), "c\u{202E}\u{0}d\ne".to_owned())]);
        assert_eq!(map(&raw), BTreeMap::from([("ab".to_owned(), "cd\ne".to_owned())]));
    }
}
