//! What a webhook as it is lacks to be as it should be.

use std::fmt;

use serde_json::{Map, Value};

use super::spec::{HEADER, WebhookSpec};

/// Compared by themselves: the header may be masked, and the status has its own call.
const APART: [&str; 2] = ["custom_headers", "service_status"];

/// In what a webhook differs. It names keys, never values: either url may hold a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// The keys whose values differ, but for the header.
    pub keys: Vec<String>,
    /// What is wrong with the header.
    pub header: Option<HeaderDifference>,
}

/// What is wrong with the header that carries our token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderDifference {
    /// The vendor does not show it, or it is not there.
    Absent,
    /// The vendor shows it masked.
    Masked,
    /// It has another value.
    Other,
}

impl Differences {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.header.is_none()
    }

    /// Whether nothing is known to be wrong: all that differs is a header whose value we are not shown.
    pub fn is_only_unseen_header(&self) -> bool {
        let unseen = matches!(self.header, Some(HeaderDifference::Absent | HeaderDifference::Masked));
        self.keys.is_empty() && unseen
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = self.header.map(|header| match header {
            HeaderDifference::Absent => "header `X-API-KEY` (not shown)",
            HeaderDifference::Masked => "header `X-API-KEY` (shown masked)",
            HeaderDifference::Other => "header `X-API-KEY` (another value)",
        });
        let keys = self.keys.iter().map(|key| format!("`{key}`"));
        f.write_str(&keys.chain(header.map(str::to_owned)).collect::<Vec<_>>().join(", "))
    }
}

/// Compares what the vendor shows of our keys; what it does not show is taken to be right, but for the header.
pub(crate) fn compare(current: &Map<String, Value>, spec: &WebhookSpec) -> Differences {
    let body = spec.body();
    let wanted = body.as_object().into_iter().flatten();
    let keys = wanted
        .filter(|(key, _)| !APART.contains(&key.as_str()))
        .filter(|(key, wanted)| current.get(*key).is_some_and(|value| !are_equal(value, wanted)))
        .map(|(key, _)| key.clone())
        .collect();
    Differences { keys, header: header_difference(current.get("custom_headers"), spec.key().expose()) }
}

/// Numbers and booleans may come as strings, and an empty list as nothing.
fn are_equal(left: &Value, right: &Value) -> bool {
    match (text(left), text(right)) {
        (Some(left), Some(right)) => left == right,
        (None, None) => is_nothing(left) && is_nothing(right) || left == right,
        _ => false,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

fn header_difference(headers: Option<&Value>, key: &str) -> Option<HeaderDifference> {
    let headers = headers.and_then(Value::as_array).into_iter().flatten();
    let ours: Vec<_> =
        headers.filter(|header| is_ours(header)).map(|header| member(header, "value")).collect();
    match ours.as_slice() {
        [] => Some(HeaderDifference::Absent),
        values if values.iter().all(|value| *value == key) => None,
        values if values.iter().all(|value| is_masked(value)) => Some(HeaderDifference::Masked),
        _ => Some(HeaderDifference::Other),
    }
}

fn is_ours(header: &Value) -> bool {
    member(header, "name").eq_ignore_ascii_case(HEADER)
}

fn member<'a>(header: &'a Value, name: &str) -> &'a str {
    header.get(name).and_then(Value::as_str).map_or("", str::trim)
}

/// Stars, dots or nothing, perhaps with a few characters left to recognise the value by.
fn is_masked(value: &str) -> bool {
    value.is_empty() || value.contains("***") || value.contains(['•', '●'])
}

#[cfg(test)]
mod tests {
    use net::Secret;
    use serde_json::json;

    use super::*;

    fn spec() -> WebhookSpec {
        WebhookSpec::new("Campanile", "https://alerts.example.com/site24x7", Secret::new("hook-key")).unwrap()
    }

    fn differences(changes: &Value) -> String {
        let mut current = spec().body();
        for (key, value) in changes.as_object().unwrap() {
            current[key] = value.clone();
        }
        compare(current.as_object().unwrap(), &spec()).to_string()
    }

    #[test]
    fn our_own_body_does_not_differ() {
        assert_eq!(differences(&json!({})), "");
    }

    #[test]
    fn numbers_and_booleans_as_strings_an_empty_list_as_null_and_a_blank_do_not_differ() {
        let shown = json!({"type": "8", "timeout": "30", "down_alert": "true", "alert_tags_id": null, "name": "Campanile "});
        assert_eq!(differences(&shown), "");
    }

    #[test]
    fn keys_that_the_vendor_adds_or_leaves_out_do_not_differ() {
        let current = json!({"service_id": "7", "url": "https://alerts.example.com/site24x7",
            "custom_headers": [{"name": "x-api-key", "value": "hook-key"}, {"name": "X-Team", "value": "ops"}]});
        assert!(compare(current.as_object().unwrap(), &spec()).is_empty());
    }

    #[test]
    fn what_differs_is_named_without_its_value() {
        let shown = json!({"url": "https://old.example.com/site24x7/old-token", "trouble_alert": false, "alert_tags_id": ["1"]});
        assert_eq!(differences(&shown), "`alert_tags_id`, `trouble_alert`, `url`");
    }

    #[test]
    fn a_masked_an_absent_and_another_header_differ() {
        let header = |value: &str| json!({"custom_headers": [{"name": "X-API-KEY", "value": value}]});
        assert_eq!(differences(&json!({"custom_headers": []})), "header `X-API-KEY` (not shown)");
        assert_eq!(differences(&json!({"custom_headers": null})), "header `X-API-KEY` (not shown)");
        for masked in ["*****", "ho****", "•••", ""] {
            assert_eq!(differences(&header(masked)), "header `X-API-KEY` (shown masked)", "{masked}");
        }
        assert_eq!(differences(&header("old-key")), "header `X-API-KEY` (another value)");
    }
}
