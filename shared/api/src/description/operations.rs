//! What each operation is called and what it does, and how it may fail: the part of the description that no type says.

mod failures;
mod list;

use serde_json::{Map, Value, json};

use self::failures::{FAILURES, failures};
use self::list::{OPERATIONS, Operation, TAGS};
use super::pointer;

/// Examples of requests and answers, by the id of the operation.
const EXAMPLES: &str = include_str!("examples.json");

/// `description` with what each operation is called, does and may fail with.
pub(super) fn explained(mut description: Value) -> Value {
    description["tags"] =
        TAGS.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect();
    description["components"]["responses"] = failures().into();
    // Compiled in, and read by a test.
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap_or_default();
    for operation in OPERATIONS {
        let place = pointer(&["paths", operation.path, operation.method]);
        if let Some(Value::Object(known)) = description.pointer_mut(&place) {
            operation.explain(known, &examples[operation.id]);
        }
    }
    description
}

impl Operation {
    fn explain(&self, known: &mut Map<String, Value>, examples: &Value) {
        for (member, text) in
            [("operationId", self.id), ("summary", self.summary), ("description", self.description)]
        {
            known.insert(member.to_owned(), json!(text));
        }
        known.insert("tags".to_owned(), json!([self.tag]));
        let statuses = self.failures(known.contains_key("requestBody") || known.contains_key("parameters"));
        let responses = known.entry("responses").or_insert_with(|| json!({}));
        for (status, name, ..) in FAILURES.iter().filter(|(status, ..)| statuses.contains(status)) {
            responses[*status] = json!({ "$ref": format!("#/components/responses/{name}") });
        }
        for success in ["200", "201"] {
            if let Some(Value::Object(answer)) = responses.get_mut(success) {
                answer.insert("description".to_owned(), json!(self.summary));
                if self.method == "get" {
                    answer.insert("headers".to_owned(), etag());
                }
            }
            with_example(
                responses.pointer_mut(&format!("/{success}/content/application~1json")),
                &examples["answer"],
            );
        }
        if self.method == "get" {
            responses["304"] =
                json!({ "description": "`If-None-Match` names this answer: nothing has changed." });
        }
        let body = known.get_mut("requestBody");
        with_example(
            body.and_then(|body| body.pointer_mut("/content/application~1json")),
            &examples["request"],
        );
    }

    fn failures(&self, takes_something: bool) -> Vec<&'static str> {
        let mut statuses = vec!["401", "503"];
        statuses.extend(takes_something.then_some("400"));
        statuses.extend((self.method != "get").then_some("403"));
        statuses.extend(self.path.contains('{').then_some("404"));
        let is_about_one = self.path.starts_with("/v1/alerts/{");
        statuses.extend((is_about_one && self.method == "post" && self.tag == "alerts").then_some("409"));
        statuses.extend(self.id.starts_with("replay").then_some("422"));
        statuses
    }
}

fn with_example(content: Option<&mut Value>, example: &Value) {
    if let Some(Value::Object(content)) = content.filter(|_| !example.is_null()) {
        content.insert("example".to_owned(), example.clone());
    }
}

fn etag() -> Value {
    json!({ "ETag": {
        "description": "Names this answer; `If-None-Match` with it is answered 304 for as long as nothing changes.",
        "schema": { "type": "string" },
    } })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_says_what_it_is_called_and_does_and_how_it_may_fail() {
        let (_, description) = super::super::described(crate::routes::described());
        let mut ids = BTreeSet::<String>::new();
        for (path, methods) in description["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let place = format!("{method} {path}");
                for member in ["operationId", "summary", "description"] {
                    assert!(
                        operation[member].as_str().is_some_and(|text| !text.is_empty()),
                        "{place}: {member}"
                    );
                }
                assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{place}");
                assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{place}");
                for status in ["401", "503"] {
                    assert!(operation["responses"][status].is_object(), "{place}: {status}");
                }
                let answers = operation["responses"].as_object().unwrap();
                let has_example =
                    |status: &str| answers[status]["content"]["application/json"]["example"].is_object();
                assert!(
                    answers.contains_key("204")
                        || ["200", "201"]
                            .iter()
                            .any(|status| { answers.contains_key(*status) && has_example(status) }),
                    "{place}: give an example of its answer in examples.json"
                );
                if let Some(body) = operation["requestBody"]["content"].get("application/json") {
                    assert!(
                        body["example"].is_object(),
                        "{place}: give an example of its body in examples.json"
                    );
                }
            }
        }
        assert_eq!(ids.len(), OPERATIONS.len());
        let examples: Map<String, Value> = serde_json::from_str(EXAMPLES).unwrap();
        assert!(examples.keys().all(|id| ids.contains(id)), "an example of no operation");
    }
}
