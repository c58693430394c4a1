//! JSON without what is empty.

use serde_json::Value;

/// `value` without members that are null, at any depth.
pub(crate) fn pruned(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(name, member)| (name, pruned(member)))
            .collect(),
        Value::Array(items) => items.into_iter().map(pruned).collect(),
        other => other,
    }
}

/// `members` without those that are null; null if none is left.
pub(crate) fn unless_empty(members: Value) -> Value {
    let pruned = pruned(members);
    let is_empty = pruned.as_object().is_some_and(serde_json::Map::is_empty)
        || pruned.as_array().is_some_and(Vec::is_empty);
    if is_empty { Value::Null } else { pruned }
}
