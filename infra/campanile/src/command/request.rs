//! A request that brought something, as people read it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::terminal_text::{sanitize_for_terminal, sanitize_lines_for_terminal};

/// A request without its body.
#[derive(Deserialize)]
pub(super) struct RequestHead {
    method: String,
    query: String,
    content_type: Option<String>,
    headers: BTreeMap<String, String>,
}

/// A body: text, or what is none in base64.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Body {
    Text(String),
    Binary { base64: String },
}

impl RequestHead {
    /// The request with `body`, as it would stand in a file.
    pub(super) fn describe(&self, body: &Body) -> String {
        let query = if self.query.is_empty() { String::new() } else { format!("?{}", self.query) };
        let content_type = self.content_type.iter().map(|value| ("content-type".to_owned(), value.clone()));
        let headers = self.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        let headers: BTreeMap<_, _> = headers.chain(content_type).collect();
        let head = std::iter::once(format!("{} {query}", self.method).trim_end().to_owned());
        let lines = head.chain(headers.iter().map(|(name, value)| format!("{name}: {value}")));
        let head = lines.map(|line| sanitize_for_terminal(&line)).collect::<Vec<_>>().join("\n");
        format!("{head}\n\n{}", body.describe())
    }
}

impl Body {
    fn describe(&self) -> String {
        match self {
            Self::Text(text) => sanitize_lines_for_terminal(text.trim_end()),
            Self::Binary { base64 } => format!("(not a text; in base64:)\n{}", sanitize_for_terminal(base64)),
        }
    }
}
