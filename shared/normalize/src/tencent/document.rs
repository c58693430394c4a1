//! A body as loosely typed JSON: numbers keep the digits they were sent with, and a key is found in any case.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use crate::value::{field, object, text};

/// How deep objects and lists may nest. Real bodies have five levels; every level is read once more.
const DEEPEST: usize = 64;

/// Why a body is not a JSON object that can be read.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// It is not JSON.
    Syntax(serde_json::Error),
    /// It is JSON, but a list or a scalar.
    NotAnObject,
    /// It nests deeper than any real body.
    TooDeep,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) => write!(f, "{error}"),
            Self::NotAnObject => f.write_str("it is a list or a bare value"),
            Self::TooDeep => write!(f, "it nests deeper than {DEEPEST} levels"),
        }
    }
}

/// Reads `body` without rounding: a number that `serde_json` would print otherwise than it came (`1.50`, a
/// 25-digit id, `1e400`) becomes a string of its own digits, so that text taken from it is always exact.
pub(super) fn read(body: &[u8]) -> Result<Map<String, Value>, Unreadable> {
    let raw = serde_json::from_slice::<&RawValue>(body).map_err(Unreadable::Syntax)?;
    match value(raw, 0)? {
        Value::Object(document) => Ok(document),
        _ => Err(Unreadable::NotAnObject),
    }
}

fn value(raw: &RawValue, depth: usize) -> Result<Value, Unreadable> {
    let text = raw.get();
    if depth > DEEPEST {
        return Err(Unreadable::TooDeep);
    }
    match text.as_bytes().first() {
        Some(b'{') => {
            let members: BTreeMap<String, &RawValue> = parse(text)?;
            let read = members.into_iter().map(|(key, raw)| Ok((key, value(raw, depth + 1)?)));
            Ok(Value::Object(read.collect::<Result<_, _>>()?))
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = parse(text)?;
            let read = items.into_iter().map(|raw| value(raw, depth + 1));
            Ok(Value::Array(read.collect::<Result<_, _>>()?))
        }
        Some(b'-' | b'0'..=b'9') => Ok(number(text)),
        _ => parse(text),
    }
}

fn parse<'a, T: serde::Deserialize<'a>>(text: &'a str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(Unreadable::Syntax)
}

fn number(digits: &str) -> Value {
    match serde_json::from_str::<Number>(digits) {
        Ok(number) if number.to_string() == digits => Value::Number(number),
        _ => Value::String(digits.to_owned()),
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
