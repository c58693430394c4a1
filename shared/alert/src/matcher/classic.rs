//! The older grammar: what follows the operator is the value, whatever it holds.

use super::{Operator, Parts};

/// Reads `text` by the older grammar.
pub(super) fn parse(text: &str) -> Option<Parts> {
    let text = text.trim_matches(is_blank);
    let end = text.find(|c: char| !is_name(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if !name.starts_with(|c: char| is_name(c) && !c.is_ascii_digit()) {
        return None;
    }
    let (operator, rest) = Operator::split_from(rest.trim_start_matches(is_blank))?;
    let value = unescape(rest.trim_start_matches(is_blank))?;
    Some(Parts { name: name.to_owned(), operator, value })
}

fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | ':')
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

/// The value behind `raw`, which may stand in quotes. Only `\"`, `\n` and `\\` are escapes; a quote anywhere but
/// at both ends needs one.
fn unescape(raw: &str) -> Option<String> {
    let (raw, is_quoted) = match raw.strip_prefix('"') {
        Some(rest) => (rest, true),
        None => (raw, false),
    };
    let mut value = String::with_capacity(raw.len());
    let mut is_closed = false;
    let mut characters = raw.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\\', Some('n')) => value.push('\n'),
            ('\\', Some(&escaped @ ('"' | '\\'))) => value.push(escaped),
            ('"', None) if is_quoted => {
                is_closed = true;
                continue;
            }
            ('"', _) => return None,
            (other, _) => {
                value.push(other);
                continue;
            }
        }
        characters.next();
    }
    (is_closed == is_quoted).then_some(value)
}
