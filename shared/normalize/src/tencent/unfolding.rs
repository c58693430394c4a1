//! Dimensions and tags that came as a text or as a list, as the object that they stand for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::dimensions::{DIMENSIONS, TAGS};
use super::document::Section;
use crate::value::filled;

/// Where a named pair of a list has its name and its value.
const PAIR_NAMES: [&str; 2] = ["key", "name"];
const PAIR_VALUE: &str = "value";

/// Gives `document` the objects that its dimensions and tags stand for, where they came as a text or a list.
pub(super) fn unfold(document: &mut Map<String, Value>) {
    for (parent, key) in [("alarmObjInfo", DIMENSIONS), ("alarmObjInfo", TAGS), ("data", DIMENSIONS)] {
        let place = alike_mut(document, parent).and_then(Value::as_object_mut);
        if let Some(value) = place.and_then(|parent| alike_mut(parent, key)) {
            *value = unfolded(key, value.take());
        }
    }
}

fn alike_mut<'a>(members: &'a mut Map<String, Value>, key: &str) -> Option<&'a mut Value> {
    if members.contains_key(key) {
        return members.get_mut(key);
    }
    members.iter_mut().find(|(other, _)| other.eq_ignore_ascii_case(key)).map(|(_, value)| value)
}

/// `value` as an object; what has no names of its own goes by `key`.
fn unfolded(key: &str, value: Value) -> Value {
    let members = match value {
        Value::Object(members) => members,
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(nested @ (Value::Object(_) | Value::Array(_))) => return unfolded(key, nested),
            _ => members_of_text(key, &text),
        },
        Value::Array(items) => merged(key, items),
        Value::Null => Map::new(),
        scalar @ (Value::Bool(_) | Value::Number(_)) => [(key.to_owned(), scalar)].into_iter().collect(),
    };
    Value::Object(members)
}

/// The members of `pod=p-1;namespace=shop`, or all of `text` as one.
fn members_of_text(key: &str, text: &str) -> Map<String, Value> {
    let parts = text.split([',', ';', '|', '\n']).filter_map(filled);
    let pairs: Option<Map<_, _>> = parts.map(pair_in_text).collect();
    let whole = || filled(text).map(|text| (key.to_owned(), text.into())).into_iter().collect();
    pairs.unwrap_or_else(whole)
}

fn pair_in_text(part: &str) -> Option<(String, Value)> {
    let (name, value) = part.split_once(['=', ':'])?;
    let (name, value) = (filled(name)?, filled(value)?);
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    is_name.then(|| (name.to_owned(), value.into()))
}

/// The members of all `items`, those of one name sorted and joined: the order of a list means nothing.
fn merged(key: &str, items: Vec<Value>) -> Map<String, Value> {
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for item in items {
        let Value::Object(members) = named(unfolded(key, item)) else {
            continue;
        };
        for (name, value) in Section::from(&members).entries() {
            texts.entry(name).or_default().insert(value);
        }
    }
    let joined = |values: BTreeSet<String>| Value::from(Vec::from_iter(values).join(","));
    texts.into_iter().map(|(name, values)| (name, joined(values))).collect()
}

/// `{"key": "pod", "value": "p-1"}` as `{"pod": "p-1"}`.
fn named(item: Value) -> Value {
    let Value::Object(members) = &item else {
        return item;
    };
    let pair = Section::from(members);
    match (pair.first_scalar(&PAIR_NAMES), pair.flat(PAIR_VALUE)) {
        (Some(name), Some(value)) => Value::Object([(name, value.into())].into_iter().collect()),
        _ => item,
    }
}
