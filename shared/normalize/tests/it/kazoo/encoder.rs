//! KAZOO's own form encoder: values are encoded, keys and brackets are not, an element that is an object becomes
//! JSON text, and an object or a list without members leaves an empty pair.

use normalize::InboundRequest;
use serde_json::Value;

use crate::post_json;

/// A POST of `body` as a form.
pub(super) fn form(body: &Value) -> InboundRequest {
    InboundRequest {
        content_type: Some("application/x-www-form-urlencoded".into()),
        ..post_json(encode("", body))
    }
}

/// A GET with `body` behind the query of the webhook's URI.
pub(super) fn get(uri_query: &str, body: &Value) -> InboundRequest {
    let query = format!("{uri_query}?{}", encode("", body));
    InboundRequest { method: "GET".into(), query, content_type: None, ..post_json("") }
}

fn encode(prefix: &str, value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let pairs = members.iter().map(|(key, value)| encode(&step(prefix, key), value));
            pairs.collect::<Vec<_>>().join("&")
        }
        Value::Array(elements) => {
            let pairs = elements.iter().map(|element| encode_element(&format!("{prefix}[]"), element));
            pairs.collect::<Vec<_>>().join("&")
        }
        Value::String(text) => pair(prefix, text),
        scalar => pair(prefix, &scalar.to_string()),
    }
}

fn encode_element(prefix: &str, element: &Value) -> String {
    if element.is_object() { pair(prefix, &element.to_string()) } else { encode(prefix, element) }
}

fn step(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}[{key}]") }
}

fn pair(key: &str, value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-~_".contains(&byte);
    let encoded = value.bytes().map(|byte| match byte {
        byte if plain(byte) => char::from(byte).to_string(),
        b' ' => "+".to_owned(),
        byte => format!("%{byte:02X}"),
    });
    format!("{key}={}", encoded.collect::<String>())
}
