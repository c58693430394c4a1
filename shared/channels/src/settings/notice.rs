//! What is said about settings that are, or will be, wrong.

use std::fmt;

/// Something that is wrong in the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct Mistake {
    /// The field, like `destinations[2].settings.webhook_url`.
    pub path: String,
    /// What is wrong with it and what to do.
    pub problem: String,
}

/// Something in the settings that works now and will not for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The field it is about.
    pub path: String,
    /// What will happen and what to do.
    pub text: String,
}

impl Mistake {
    /// A mistake at `path`; of the whole document where the path is empty.
    pub fn new(path: String, problem: impl Into<String>) -> Self {
        let path = if path.is_empty() { "the document".to_owned() } else { path };
        Self { path, problem: problem.into() }
    }

    /// A document that is not JSON; what it holds is not shown.
    pub fn syntax(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        Self::new(
            String::new(),
            format!("is not JSON at line {line}, column {column}: write {{\"destinations\":[…]}}"),
        )
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.text)
    }
}
