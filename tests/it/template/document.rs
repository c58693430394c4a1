//! The template as JSON, with CloudFormation's short tags written out.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;

/// One resource: its logical id and its body.
pub(super) type Resource = (String, Value);

/// The repository.
pub(super) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// `infra/template.yaml`.
pub(super) fn template() -> Value {
    let text = std::fs::read_to_string(root().join("infra/template.yaml")).unwrap();
    to_json(serde_yaml_ng::from_str(&text).unwrap())
}

/// The resources of one type.
pub(super) fn resources(kind: &str) -> Vec<Resource> {
    let template = template();
    let resources = template["Resources"].as_object().unwrap().iter();
    let of_kind = resources.filter(|(_, resource)| resource["Type"] == kind);
    of_kind.map(|(id, resource)| (id.clone(), resource.clone())).collect()
}

/// The properties of each function, by the name of its folder.
pub(super) fn functions() -> BTreeMap<String, Value> {
    let functions = resources("AWS::Serverless::Function").into_iter();
    functions.map(|(_, function)| (folder(&function), function["Properties"].clone())).collect()
}

fn folder(function: &Value) -> String {
    let uri = function["Properties"]["CodeUri"].as_str().unwrap();
    uri.strip_prefix("../target/lambda/").unwrap().trim_end_matches('/').to_owned()
}

/// The elements of a list.
pub(super) fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn to_json(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => value.into(),
        Yaml::Number(value) => serde_json::to_value(value).unwrap(),
        Yaml::String(value) => value.into(),
        Yaml::Sequence(values) => values.into_iter().map(to_json).collect(),
        Yaml::Mapping(entries) => {
            let entries = entries.into_iter().map(|(key, value)| (name(&key), to_json(value)));
            entries.collect::<Map<_, _>>().into()
        }
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let function = tag.trim_start_matches('!');
            let plain = ["Ref", "Condition"].contains(&function);
            let key = if plain { function.to_owned() } else { format!("Fn::{function}") };
            json!({ key: to_json(tagged.value) })
        }
    }
}

fn name(key: &Yaml) -> String {
    key.as_str().unwrap().to_owned()
}
