//! The hooks that a server offers.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::text;

/// A hook that a server offers, and by which modifiers its events can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvailableHook {
    /// The name that a webhook's `hook` takes.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it reports.
    pub description: String,
    /// The values that each modifier may have, by the modifier's name (`type`, `action`).
    pub modifiers: BTreeMap<String, Vec<String>>,
}

impl AvailableHook {
    pub(crate) fn read(entry: &Value) -> Option<Self> {
        let modifiers = entry.get("modifiers").and_then(Value::as_object).into_iter().flatten();
        Some(Self {
            id: text(entry, "id")?,
            name: text(entry, "name").unwrap_or_default(),
            description: text(entry, "description").unwrap_or_default(),
            modifiers: modifiers.map(|(name, modifier)| (name.clone(), items(modifier))).collect(),
        })
    }
}

// `object` lists its values; `notifications` has an object whose keys they are.
fn items(modifier: &Value) -> Vec<String> {
    match modifier.get("items") {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::Object(items)) => items.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn modifiers_are_read_from_a_list_and_from_an_object() {
        let hook = AvailableHook::read(&json!({
            "id": "object",
            "name": "Object",
            "description": "Changes",
            "modifiers": {
                "type": {"type": "object", "items": {"all": {"friendly_name": "All"}, "user": {}}},
                "action": {"type": "array", "items": ["doc_created", "doc_edited"]},
                "odd": 7
            }
        }))
        .unwrap();
        assert_eq!(hook.modifiers["type"], ["all", "user"]);
        assert_eq!(hook.modifiers["action"], ["doc_created", "doc_edited"]);
        assert!(hook.modifiers["odd"].is_empty());
    }
}
