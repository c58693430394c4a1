//! One thing for people: a title, some text, and named fields below.

use std::fmt;

use super::terminal_text::sanitize_for_terminal;

/// How wide the names of fields are.
const NAME_WIDTH: usize = 12;

/// What is known of one thing.
#[derive(Debug, Default)]
pub(super) struct DetailView {
    lines: Vec<String>,
}

impl DetailView {
    /// The view of what is called `title`.
    pub(super) fn titled(title: &str) -> Self {
        Self { lines: vec![sanitize_for_terminal(title)] }
    }

    /// Some lines, which are shown as they are.
    pub(super) fn text(&mut self, lines: &str) {
        self.lines.extend(lines.lines().map(str::to_owned));
    }

    /// A field; nothing where there is nothing to say.
    pub(super) fn field(&mut self, name: &'static str, text: &str) {
        self.fields(name, Some(text.to_owned()).filter(|text| !text.is_empty()));
    }

    /// A field of several lines.
    pub(super) fn fields(&mut self, name: &'static str, texts: impl IntoIterator<Item = String>) {
        let names = std::iter::once(name).chain(std::iter::repeat(""));
        let lines = names
            .zip(texts)
            .map(|(name, text)| format!("{name:<NAME_WIDTH$} {}", sanitize_for_terminal(&text)));
        self.lines.extend(lines);
    }
}

impl fmt::Display for DetailView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join("\n"))
    }
}
