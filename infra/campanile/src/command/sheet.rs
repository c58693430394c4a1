//! One thing for people: a title, some text, and named fields below.

use std::fmt;

use super::plain::plain;

/// How wide the names of fields are.
const NAME_WIDTH: usize = 12;

/// What is known of one thing.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    lines: Vec<String>,
}

impl Sheet {
    /// A sheet about what is called `title`.
    pub(super) fn titled(title: &str) -> Self {
        Self { lines: vec![plain(title)] }
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
        let lines = names.zip(texts).map(|(name, text)| format!("{name:<NAME_WIDTH$} {}", plain(&text)));
        self.lines.extend(lines);
    }
}

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join("\n"))
    }
}
