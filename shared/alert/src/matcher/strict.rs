//! The newer grammar: name and value are bare words or quoted like Go's strings.

use super::{Operator, Parts, quoted};

/// Reads `text` by the newer grammar.
pub(super) fn parse(text: &str) -> Option<Parts> {
    let (name, rest) = word(text.trim_start())?;
    let (operator, rest) = Operator::split_from(rest.trim_start())?;
    let (value, rest) = word(rest.trim_start())?;
    rest.trim_start().is_empty().then_some(Parts { name, operator, value })
}

/// The word that `text` begins with, and what follows it.
fn word(text: &str) -> Option<(String, &str)> {
    if text.starts_with('"') {
        return quoted::read(text);
    }
    let end = text.find(is_reserved).unwrap_or(text.len());
    (end > 0).then(|| (text[..end].to_owned(), &text[end..]))
}

/// What a bare word may not hold.
pub(super) fn is_reserved(character: char) -> bool {
    character.is_whitespace() || r#"{}!=~,\"'`"#.contains(character)
}
