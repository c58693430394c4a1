//! Text from outside, made so that a terminal shows it and does not obey it.

use std::fmt::Write;

/// `text` on one line: line breaks and tabs become blanks, what a terminal would obey becomes `\u{fffd}`.
pub(super) fn sanitize_for_terminal(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { shown(c) }).collect()
}

/// The same, but lines stay lines.
pub(super) fn sanitize_lines_for_terminal(text: &str) -> String {
    text.replace("\r\n", "\n").chars().map(|c| if matches!(c, '\n' | '\t') { c } else { shown(c) }).collect()
}

/// The same JSON, in which what a terminal would obey is escaped; such characters stand in strings only.
pub(super) fn sanitize_json_for_terminal(json: &str) -> String {
    let mut plain = String::with_capacity(json.len());
    for c in json.chars() {
        if is_obeyed(c) && !matches!(c, '\n' | '\r' | '\t') {
            let _ = write!(plain, "\\u{:04x}", u32::from(c));
        } else {
            plain.push(c);
        }
    }
    plain
}

fn shown(c: char) -> char {
    if is_obeyed(c) { char::REPLACEMENT_CHARACTER } else { c }
}

/// Control characters, and those that turn the direction of writing.
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a\u{1b}[2J\u{9b}31m\u{7}\u{7f}\u{202e}\u{61c}\r\nb\tc é";

    #[test]
    fn a_text_cannot_steer_the_terminal() {
        let obeyed = "a\u{fffd}[2J\u{fffd}31m\u{fffd}\u{fffd}\u{fffd}\u{fffd}";
        assert_eq!(sanitize_for_terminal(HOSTILE), format!("{obeyed}  b c é"));
        assert_eq!(sanitize_lines_for_terminal(HOSTILE), format!("{obeyed}\nb\tc é"));
    }

    #[test]
    fn json_stays_the_same_value() {
        let json = serde_json::to_string_pretty(&serde_json::json!({ "title": HOSTILE })).unwrap();
        let plain = sanitize_json_for_terminal(&json);
        assert!(!plain.chars().any(|c| is_obeyed(c) && c != '\n'), "{plain}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&plain).unwrap()["title"], HOSTILE);
    }
}
