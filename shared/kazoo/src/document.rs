//! Reading Crossbar's JSON leniently: a member of an unexpected type is a member that is not there.

use std::collections::BTreeMap;

use serde_json::Value;

/// A text member; numbers and flags are read as their text.
pub(crate) fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(scalar)
}

/// A flag, also as the text `true` or `false`.
pub(crate) fn flag(value: &Value, key: &str) -> Option<bool> {
    text(value, key)?.parse().ok()
}

/// A whole number, also as text.
pub(crate) fn whole(value: &Value, key: &str) -> Option<i64> {
    text(value, key)?.parse().ok()
}

/// The members of an object as texts, whatever they are.
pub(crate) fn texts(value: &Value, key: &str) -> BTreeMap<String, String> {
    value.get(key).map(members).unwrap_or_default()
}

/// The members of `object` as texts, whatever they are.
pub(crate) fn members(object: &Value) -> BTreeMap<String, String> {
    let members = object.as_object().into_iter().flatten();
    members
        .map(|(name, member)| (name.clone(), scalar(member).unwrap_or_else(|| member.to_string())))
        .collect()
}

/// The elements of a list; `{}` is how Crossbar may write an empty one.
pub(crate) fn list(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Array(elements) => Some(elements),
        Value::Object(members) if members.is_empty() => Some(&[]),
        _ => None,
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
