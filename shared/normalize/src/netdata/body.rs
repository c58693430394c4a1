//! The notification's JSON object, read by dotted paths that also name what is missing.

use serde_json::{Map, Value};

use crate::value::{filled, object, plain, text};
use crate::{Rejection, json};

/// The JSON object of one notification.
pub(super) struct Body {
    fields: Map<String, Value>,
    warning: Option<&'static str>,
}

impl Body {
    /// The object that `bytes` hold.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Rejection> {
        if plain(bytes).is_empty() {
            return Err(Rejection::new("not_json", "the body is empty: check what sends to this URL"));
        }
        let document = json::read(bytes).map_err(|error| not_json(&error))?;
        let warning = document.warning();
        match document.value {
            Value::Object(fields) => Ok(Self { fields, warning }),
            other => Err(not_an_object(&other)),
        }
    }

    /// What the operator should know of how the body was read.
    pub(super) fn warning(&self) -> Option<&'static str> {
        self.warning
    }

    /// The value at `path`, such as `alert.state.status`.
    pub(super) fn get(&self, path: &str) -> Option<&Value> {
        let mut keys = path.split('.');
        let first = self.fields.get(keys.next()?)?;
        keys.try_fold(first, |parent, key| parent.get(key))
    }

    /// The scalar at `path` as trimmed text; `None` for null, blank, objects and lists.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        self.get(path).and_then(text)
    }

    /// The first text that is present among `paths`.
    pub(super) fn first_text<const N: usize>(&self, paths: [&str; N]) -> Option<String> {
        paths.into_iter().find_map(|path| self.text(path))
    }

    /// The text at `path`, without which the notification means nothing.
    pub(super) fn required(&self, path: &str) -> Result<String, Rejection> {
        self.text(path).ok_or_else(|| missing(path))
    }

    /// Whether there is an object under `key`.
    pub(super) fn is_object(&self, key: &str) -> bool {
        object(&self.fields, key).is_some()
    }

    /// Whether there is a string under `key` that is not blank.
    pub(super) fn is_filled_string(&self, key: &str) -> bool {
        self.get(key).and_then(Value::as_str).and_then(filled).is_some()
    }
}

fn not_json(error: &json::Unreadable) -> Rejection {
    Rejection::new(
        "not_json",
        format!(
            "the body is not JSON ({error}): check that Netdata Cloud itself sends to this URL and that nothing in \
             between rewrites the body"
        ),
    )
}

fn not_an_object(value: &Value) -> Rejection {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    Rejection::new(
        "not_an_object",
        format!(
            "the body is {kind}, and every notification of Netdata Cloud is a JSON object: check what sends to this \
             URL"
        ),
    )
}

/// The rejection of a notification in which nothing stands at `path`.
fn missing(path: &str) -> Rejection {
    Rejection::new(
        format!("missing:{path}"),
        format!(
            "`{path}` is absent or blank, and nothing else may stand in for it: compare the body with Netdata \
             Cloud's webhook format and replay the request once this form is understood"
        ),
    )
}

/// The rejection of a notification that has another word than the `known` ones at `path`.
pub(super) fn unknown_word(path: &str, known: &str) -> Rejection {
    Rejection::new(
        format!("unknown:{path}"),
        format!(
            "`{path}` is none of {known}, and a guess could close a real alert: replay the request \
             once the word is understood"
        ),
    )
}
