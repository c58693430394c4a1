//! The headers that a webhook's settings add.

use http::{HeaderName, HeaderValue};
use serde_json::Value;

use crate::settings::{Fields, shown};

/// Headers that are ours to set, or that could make one request two.
const REFUSED: [&str; 4] = ["authorization", "host", "connection", "transfer-encoding"];
/// The same, by their beginning.
const REFUSED_PREFIXES: [&str; 4] = ["content-", "webhook-", "ce-", "campanile-"];

/// Extra headers; their values are secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Headers(Vec<(HeaderName, HeaderValue)>);

impl Headers {
    /// Reads `headers`, an object of name and value.
    pub(super) fn read(fields: &mut Fields) -> Self {
        let members = match fields.value("headers") {
            None => return Self::default(),
            Some(Value::Object(members)) => members,
            Some(_) => {
                fields.mistake("headers", "is not an object: write {\"name\":\"value\"}");
                return Self::default();
            }
        };
        let mut headers = Vec::new();
        for (name, value) in members {
            match header(&name, &value) {
                Ok(header) => headers.push(header),
                Err(problem) => fields.mistake(&format!("headers.{}", shown(&name)), problem),
            }
        }
        Self(headers)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        self.0.iter().cloned()
    }

    /// What an answer must not repeat.
    pub(super) fn secrets(&self) -> Vec<String> {
        self.0.iter().map(|(_, value)| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
    }
}

fn header(name: &str, value: &Value) -> Result<(HeaderName, HeaderValue), &'static str> {
    let name: HeaderName =
        name.parse().map_err(|_| "is not a header's name: use letters, digits and - without blanks")?;
    let is_refused = REFUSED.contains(&name.as_str())
        || REFUSED_PREFIXES.iter().any(|prefix| name.as_str().starts_with(prefix));
    if is_refused {
        return Err("is set by Campanile or by HTTP itself: remove it");
    }
    let value = value.as_str().ok_or("is not a text: put it in quotes")?;
    let mut value = HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| "has a line break or another control character: remove it")?;
    value.set_sensitive(true);
    Ok((name, value))
}
