//! KAZOO's own form encoding, read back into the object it was made of.
//!
//! It differs from what form decoders expect: keys and their brackets are not percent-encoded, an empty object
//! or list leaves nothing but its separators, a list of objects is one JSON text per element, and a GET appends
//! the form with `?` even to a query. All scalars come back as text.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::json::read_text;

/// Deepest nesting of one key; real payloads stay below ten.
const MOST_STEPS: usize = 32;

/// Why a text is not a form of KAZOO's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FormError {
    /// It holds no pair at all.
    Empty,
    /// Nothing in it is `key=value`.
    NoPairs,
    /// A key is nested too deep.
    TooDeep,
}

/// The pairs of a body, without the empty ones.
pub(super) fn body_pairs(form: &str) -> impl Iterator<Item = &str> {
    form.split('&').filter(|pair| !pair.is_empty())
}

/// The pairs of a query, to which KAZOO may have appended its own with a further `?`.
pub(super) fn query_pairs(query: &str) -> impl Iterator<Item = &str> {
    query.split(['&', '?']).filter(|pair| !pair.is_empty())
}

/// The object that `pairs` stand for; of two values for one key the later counts.
pub(super) fn decode<'a>(pairs: impl IntoIterator<Item = &'a str>) -> Result<Map<String, Value>, FormError> {
    let mut pairs = pairs.into_iter().peekable();
    pairs.peek().ok_or(FormError::Empty)?;
    let mut whole = Value::Object(Map::new());
    for (path, value) in pairs.filter_map(read_pair) {
        if path.len() > MOST_STEPS {
            return Err(FormError::TooDeep);
        }
        let leaf = leaf(&path, value);
        insert(&mut whole, &path, leaf);
    }
    match whole {
        Value::Object(members) if !members.is_empty() => Ok(members),
        _ => Err(FormError::NoPairs),
    }
}

/// The decoded text after the `=` of `pair`.
pub(super) fn value_of(pair: &str) -> String {
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// The steps that `key` names: `a[b][]` are `a`, `b` and the empty step of a list. Brackets that do not pair
/// up are part of the name. Some proxies encode the brackets of a query, hence `%5B`.
pub(super) fn path(key: &str) -> Vec<String> {
    let key = with_literal_brackets(key);
    nested_path(&key).unwrap_or_else(|| vec![key.into_owned()])
}

fn with_literal_brackets(key: &str) -> Cow<'_, str> {
    if !key.contains('%') {
        return Cow::Borrowed(key);
    }
    let opened = key.replace("%5B", "[").replace("%5b", "[");
    Cow::Owned(opened.replace("%5D", "]").replace("%5d", "]"))
}

fn nested_path(key: &str) -> Option<Vec<String>> {
    let (first, rest) = key.split_once('[')?;
    let inner = rest.strip_suffix(']')?;
    let steps = || inner.split("][");
    let is_clean = !first.is_empty() && steps().all(|step| !step.contains(['[', ']']));
    is_clean.then(|| std::iter::once(first).chain(steps()).map(str::to_owned).collect())
}

fn read_pair(pair: &str) -> Option<(Vec<String>, String)> {
    let (key, _) = pair.split_once('=')?;
    (!key.is_empty()).then(|| (path(key), value_of(pair)))
}

fn leaf(path: &[String], text: String) -> Value {
    let is_element = path.last().is_some_and(String::is_empty);
    if is_element && text.starts_with('{') {
        read_text(&text).unwrap_or(Value::String(text))
    } else {
        Value::String(text)
    }
}

fn insert(node: &mut Value, path: &[String], leaf: Value) {
    let Some((step, rest)) = path.split_first() else {
        *node = leaf;
        return;
    };
    *node = match (node.take(), step.is_empty()) {
        (Value::Array(elements), true) => with_element(elements, rest, leaf),
        (_, true) => with_element(Vec::new(), rest, leaf),
        (Value::Object(members), false) => with_member(members, step, rest, leaf),
        (_, false) => with_member(Map::new(), step, rest, leaf),
    };
}

fn with_element(mut elements: Vec<Value>, rest: &[String], leaf: Value) -> Value {
    let mut element = Value::Null;
    insert(&mut element, rest, leaf);
    elements.push(element);
    Value::Array(elements)
}

fn with_member(mut members: Map<String, Value>, step: &str, rest: &[String], leaf: Value) -> Value {
    insert(members.entry(step).or_insert(Value::Null), rest, leaf);
    Value::Object(members)
}

#[cfg(test)]
mod tests;
