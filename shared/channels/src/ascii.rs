//! Texts for what takes ASCII alone.

/// `text`, in which what is ours has a likeness and any other character beyond ASCII is a `?`.
pub(crate) fn of(text: &str) -> String {
    text.chars().map(likeness).collect()
}

fn likeness(character: char) -> String {
    match character {
        '→' => "->".to_owned(),
        '…' => "...".to_owned(),
        '·' | '•' => "-".to_owned(),
        ' '..='~' => character.to_string(),
        _ => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_but_printable_ascii_is_left() {
        assert_eq!(super::of("[WARNING → HIGH] Straße 字\n…"), "[WARNING -> HIGH] Stra?e ??...");
    }
}
