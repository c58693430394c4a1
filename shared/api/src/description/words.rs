//! Words of which one is meant, as generators of clients understand them best: one list of texts.

use serde_json::{Map, Value, json};

/// `description`, in which every choice between constant texts is an `enum` of them; what each means goes into the
/// description.
pub(super) fn listed(mut description: Value) -> Value {
    list(&mut description);
    description
}

fn list(value: &mut Value) {
    match value {
        Value::Array(members) => members.iter_mut().for_each(list),
        Value::Object(members) => {
            members.values_mut().for_each(list);
            if let Some(choices) = members.get("oneOf").and_then(Value::as_array).and_then(|all| words(all)) {
                replace(members, &choices);
            }
        }
        _ => {}
    }
}

/// The texts, each with what it means; `None` where any of the choices is something else.
fn words(choices: &[Value]) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    for choice in choices {
        let meaning = choice["description"].as_str().unwrap_or_default();
        let listed = choice["enum"].as_array().cloned().unwrap_or_default();
        let texts: Vec<_> = choice.get("const").into_iter().chain(&listed).collect();
        if texts.is_empty() {
            return None;
        }
        for text in texts {
            found.push((text.as_str()?.to_owned(), meaning.to_owned()));
        }
    }
    Some(found)
}

fn replace(schema: &mut Map<String, Value>, choices: &[(String, String)]) {
    let meanings = choices.iter().filter(|(_, meaning)| !meaning.is_empty());
    let meanings: Vec<_> = meanings.map(|(word, meaning)| format!("- `{word}`: {meaning}")).collect();
    let about = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = format!("{about}\n\n{}", meanings.join("\n"));
    schema.remove("oneOf");
    schema.insert("type".to_owned(), json!("string"));
    schema.insert("enum".to_owned(), choices.iter().map(|(word, _)| json!(word)).collect());
    schema.insert("description".to_owned(), json!(description.trim()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_between_texts_is_a_list_and_any_other_stays() {
        let schema = json!({ "a": { "description": "How bad.", "oneOf": [
            { "const": "info", "type": "string", "description": "Nothing." },
            { "enum": ["low", "high"], "type": "string" },
        ] } });
        let expected = json!({ "a": { "description": "How bad.\n\n- `info`: Nothing.", "type": "string", "enum": ["info", "low", "high"] } });
        assert_eq!(listed(schema), expected);
        let other = json!({ "oneOf": [{ "const": "info" }, { "type": "object" }] });
        assert_eq!(listed(other.clone()), other);
    }
}
