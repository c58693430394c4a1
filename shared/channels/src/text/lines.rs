//! Lines that a Markdown reader would take for items of a list.

/// What keeps a line from beginning a list.
const ZERO_WIDTH_SPACE: char = '\u{200B}';

/// `text` whose lines begin no list.
pub(crate) fn guard_lines(text: &str) -> String {
    let guard = |line: &str| {
        if begins_list(line.trim_start()) { format!("{ZERO_WIDTH_SPACE}{line}") } else { line.to_owned() }
    };
    text.split('\n').map(guard).collect::<Vec<_>>().join("\n")
}

/// Whether Markdown takes `line` for an item: `- `, `+ `, `1.`.
fn begins_list(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = rest.len() < line.len() && rest.starts_with(['.', ')']);
    is_numbered || line.starts_with(['-', '+'])
}
