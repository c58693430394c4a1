//! KAZOO's keys: documents and payloads spell one key as `Caller-ID-Number`, `caller_id_Number` and
//! `caller_id_number`; past this file there is only the last.

use serde_json::{Map, Value};

/// `key` in lower case, with `_` for `-`.
pub(super) fn canonical(key: &str) -> String {
    key.to_ascii_lowercase().replace('-', "_")
}

/// `members` with canonical keys at every depth; a key that was canonical as sent wins over one that was not.
pub(super) fn canonical_members(members: Map<String, Value>) -> Map<String, Value> {
    let mut all = Map::new();
    for (key, value) in members {
        let value = canonical_value(value);
        let name = canonical(&key);
        if name == key {
            all.insert(key, value);
        } else {
            all.entry(name).or_insert(value);
        }
    }
    all
}

fn canonical_value(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(canonical_members(members)),
        Value::Array(elements) => Value::Array(elements.into_iter().map(canonical_value).collect()),
        scalar => scalar,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(sent: &Value, expected: &Value) {
        assert_eq!(&canonical_value(sent.clone()), expected);
    }

    #[test]
    fn every_spelling_of_a_key_is_one_key() {
        check(
            &json!({ "caller_id_Number": 1, "Custom-Channel-Vars": [{ "Account-ID": "A" }] }),
            &json!({ "caller_id_number": 1, "custom_channel_vars": [{ "account_id": "A" }] }),
        );
    }

    #[test]
    fn an_exact_key_wins_wherever_it_stands() {
        check(&json!({ "Call-ID": "x", "call_id": "y" }), &json!({ "call_id": "y" }));
        check(&json!({ "a_b": "y", "a-b": "x" }), &json!({ "a_b": "y" }));
    }
}
