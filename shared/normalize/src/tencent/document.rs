//! A body as loosely typed JSON: numbers keep the digits they were sent with, and a key is found in any case.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use crate::json::{self, Unreadable};
use crate::value::{field, object, text};

/// A body that is a JSON object.
pub(super) struct Document {
    /// Its members.
    pub(super) members: Map<String, Value>,
    /// What the operator should know of how it was read.
    pub(super) warning: Option<&'static str>,
}

/// Why a body is not a JSON object that can be read.
#[derive(Debug)]
pub(super) enum NoDocument {
    /// It is not JSON.
    Syntax(Unreadable),
    /// It is JSON, but a list or a scalar.
    NotAnObject,
}

impl fmt::Display for NoDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) => write!(f, "{error}"),
            Self::NotAnObject => f.write_str("it is a list or a bare value"),
        }
    }
}

/// Reads `body`, whose numbers keep their digits.
pub(super) fn read(body: &[u8]) -> Result<Document, NoDocument> {
    let document = json::read(body).map_err(NoDocument::Syntax)?;
    let warning = document.warning();
    match document.value {
        Value::Object(members) => Ok(Document { members, warning }),
        _ => Err(NoDocument::NotAnObject),
    }
}

/// An object that may be absent; an absent one has no members.
///
/// Keys are matched exactly, then in any ASCII case, because `sessionID` and `policyID` occur.
#[derive(Debug, Clone, Copy)]
pub(super) struct Section<'a>(Option<&'a Map<String, Value>>);

impl<'a> From<&'a Map<String, Value>> for Section<'a> {
    fn from(object: &'a Map<String, Value>) -> Self {
        Self(Some(object))
    }
}

impl<'a> Section<'a> {
    pub(super) fn is_empty(self) -> bool {
        self.0.is_none_or(Map::is_empty)
    }

    /// Whether there is anything but null under `key`.
    pub(super) fn has(self, key: &str) -> bool {
        self.get(key).is_some_and(|value| !value.is_null())
    }

    /// The scalar under `key` as trimmed text, unless nothing is left of it.
    pub(super) fn scalar(self, key: &str) -> Option<String> {
        field(self.0?, key).or_else(|| self.alike(key).and_then(text))
    }

    /// The first of `keys` that has a scalar.
    pub(super) fn first_scalar(self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| self.scalar(key))
    }

    /// What is under `key` as text, an object or a list as compact JSON.
    pub(super) fn flat(self, key: &str) -> Option<String> {
        self.get(key).and_then(flat).filter(|text| !text.is_empty())
    }

    /// The object under `key`.
    pub(super) fn section(self, key: &str) -> Self {
        Self(self.0.and_then(|members| object(members, key).or_else(|| self.alike(key)?.as_object())))
    }

    /// The objects in the list under `key`, or the one object there.
    pub(super) fn sections(self, key: &str) -> Vec<Self> {
        match self.get(key) {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_object).map(Self::from).collect(),
            Some(Value::Object(only)) => vec![Self::from(only)],
            _ => Vec::new(),
        }
    }

    /// Every member but nulls, as text, sorted by key.
    pub(super) fn entries(self) -> Vec<(String, String)> {
        let members = self.0.into_iter().flatten();
        let mut entries: Vec<_> =
            members.filter_map(|(key, value)| Some((key.clone(), flat(value)?))).collect();
        entries.sort();
        entries
    }

    /// What is under `key` as pairs: a list of `{"key": …, "value": …}`, or an object.
    pub(super) fn pairs(self, key: &str) -> Vec<(String, String)> {
        let Some(Value::Array(_)) = self.get(key) else {
            return self.section(key).entries();
        };
        let pair = |item: Self| Some((item.scalar("key")?, item.flat("value")?));
        self.sections(key).into_iter().filter_map(pair).collect()
    }

    fn get(self, key: &str) -> Option<&'a Value> {
        self.0?.get(key).or_else(|| self.alike(key))
    }

    fn alike(self, key: &str) -> Option<&'a Value> {
        let others = self.0?.iter().filter(|(other, _)| *other != key && other.eq_ignore_ascii_case(key));
        // The order of a map depends on how serde_json was built, the choice must not.
        others.min_by_key(|(other, _)| *other).map(|(_, value)| value)
    }
}

/// A scalar as trimmed text, anything nested as compact JSON; `None` for null.
fn flat(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Array(_) | Value::Object(_) => Some(compact(value)),
        scalar => Some(text(scalar).unwrap_or_default()),
    }
}

/// JSON without white space and with sorted keys, however serde_json was built.
fn compact(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(compact).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.iter().collect();
            let written = members
                .into_iter()
                .map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), compact(value)));
            format!("{{{}}}", written.collect::<Vec<_>>().join(","))
        }
        scalar => scalar.to_string(),
    }
}
