//! The keys and values of a webhook request, read as loosely as they are sent.

use std::collections::BTreeMap;

use alert::Labels;
use serde_json::{Map, Value};

use crate::value::{field, filled, text};

/// Keys that become labels; every other becomes an annotation.
const LABELS: [&str; 8] = [
    "MONITOR_ID",
    "MONITORNAME",
    "MONITORTYPE",
    "MONITOR_GROUPNAME",
    "TAGS",
    "GROUP_TAGS",
    "BU_NAME",
    "MSP_CUSTOMER_NAME",
];

/// The other keys that Site24x7 is known to send; its users add their own.
const OTHERS: [&str; 23] = [
    "STATUS",
    "MONITORURL",
    "FAILED_LOCATIONS",
    "MONITOR_DASHBOARD_LINK",
    "INCIDENT_REASON",
    "INCIDENT_DETAILS",
    "INCIDENT_TIME",
    "INCIDENT_TIME_ISO",
    "OUTAGE_TIME_UNIX_FORMAT",
    "POLLFREQUENCY",
    "SEARCH POLLFREQUENCY",
    "REASON",
    "ct",
    "FAILED_ATTRIBUTES",
    "STATUS_CHANGE_ATTRIBUTES",
    "RCA_LINK",
    "TIMEZONE",
    "OUTAGE_DURATION",
    "ALERT_TIME",
    "ALERT_TIME_IN_TEXT",
    "ALARM_CATEGORY",
    "FAILED_CHILD_RESOURCE",
    "ATTRIBUTE_NAMES",
];

/// Annotations that are lists, whichever way they were sent.
const LISTS: [&str; 3] = ["FAILED_LOCATIONS", "FAILED_ATTRIBUTES", "STATUS_CHANGE_ATTRIBUTES"];

/// What a request says, by key; only what is there: no null, no blank, no variable left unexpanded.
pub(super) struct Parameters {
    known: BTreeMap<&'static str, Value>,
    unknown: BTreeMap<String, Value>,
}

impl Parameters {
    /// Sorts `sent` by key. Keys match in any case; of two the one spelled exactly wins.
    pub(super) fn read(sent: Map<String, Value>) -> Self {
        let mut parameters = Self { known: [].into(), unknown: [].into() };
        let present = sent.into_iter().filter_map(|(key, value)| Some((key, present(value)?)));
        for (key, value) in present {
            parameters.insert(key.trim(), value);
        }
        parameters
    }

    fn insert(&mut self, key: &str, value: Value) {
        match known(key) {
            Some(exact) if exact == key => drop(self.known.insert(exact, value)),
            Some(loose) => drop(self.known.entry(loose).or_insert(value)),
            None => drop(self.unknown.entry(annotation_name(key)).or_insert(value)),
        }
    }

    /// The text of `key`; a list's entries are joined.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        match self.known.get(key)? {
            Value::Array(entries) => filled(&joined(entries)).map(str::to_owned),
            value => text(value),
        }
    }

    /// The entries of `key`, sent as an array, as a comma list or as JSON in a text.
    pub(super) fn list(&self, key: &str) -> Vec<String> {
        self.entries(key).iter().filter_map(text).collect()
    }

    /// The `reason` of the first object in the list `key` that has one.
    pub(super) fn first_reason(&self, key: &str) -> Option<String> {
        self.entries(key).iter().filter_map(Value::as_object).find_map(|entry| field(entry, "reason"))
    }

    fn entries(&self, key: &str) -> Vec<Value> {
        self.known.get(key).map(entries).unwrap_or_default()
    }

    /// All that is no label: known keys in lower case, unknown ones with `x_` before them.
    pub(super) fn annotations(&self) -> Labels {
        let known = self.known.iter().filter(|(key, _)| !LABELS.contains(key)).map(|(key, value)| {
            let text = if LISTS.contains(key) { joined(&entries(value)) } else { shown(value) };
            (annotation_name(key), text)
        });
        let unknown = self.unknown.iter().map(|(name, value)| (format!("x_{name}"), shown(value)));
        known.chain(unknown).collect()
    }
}

/// The entries of a list, as they are sent: an array, a comma list, or JSON in a text.
pub(super) fn entries(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(entries) => entries.iter().cloned().filter_map(present).collect(),
        Value::String(text) if text.starts_with(['[', '{']) => match serde_json::from_str(text) {
            Ok(Value::Array(list)) => list.into_iter().filter_map(present).collect(),
            Ok(single) => vec![single],
            Err(_) => comma_list(text),
        },
        Value::String(text) => comma_list(text),
        single => vec![single.clone()],
    }
}

fn comma_list(text: &str) -> Vec<Value> {
    text.split(',').filter_map(filled).map(Value::from).collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Array(entries) => joined(entries),
        value => text(value).unwrap_or_else(|| value.to_string()),
    }
}

fn joined(entries: &[Value]) -> String {
    let texts: Vec<_> =
        entries.iter().map(|entry| text(entry).unwrap_or_else(|| entry.to_string())).collect();
    texts.join(", ")
}

fn annotation_name(key: &str) -> String {
    key.to_lowercase().replace(' ', "_")
}

fn known(key: &str) -> Option<&'static str> {
    LABELS.into_iter().chain(OTHERS).find(|known| known.eq_ignore_ascii_case(key))
}

/// `value` trimmed and without entries that are absent; `None` if nothing is there.
fn present(value: Value) -> Option<Value> {
    match value {
        Value::String(text) => filled(&text).filter(|text| !is_unexpanded(text)).map(Value::from),
        Value::Array(entries) => {
            let entries: Vec<_> = entries.into_iter().filter_map(present).collect();
            (!entries.is_empty()).then_some(Value::Array(entries))
        }
        Value::Object(members) => (!members.is_empty()).then_some(Value::Object(members)),
        Value::Null => None,
        scalar => Some(scalar),
    }
}

/// Whether `text` is a variable such as `$MONITORNAME` that Site24x7 had no value for.
fn is_unexpanded(text: &str) -> bool {
    let Some(name) = text.strip_prefix('$') else {
        return false;
    };
    let is_variable = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | ' ');
    known(name).is_some()
        || (name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(is_variable))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site24x7::redaction::is_secret;

    #[test]
    fn no_known_key_is_taken_for_a_secret() {
        let secret: Vec<_> = LABELS.into_iter().chain(OTHERS).filter(|key| is_secret(key)).collect();
        assert!(secret.is_empty(), "{secret:?}");
    }

    #[test]
    fn a_dollar_sign_alone_makes_no_variable() {
        assert!(is_unexpanded("$INCIDENT_REASON"));
        assert!(is_unexpanded("$NEW_VARIABLE"));
        assert!(is_unexpanded("$ct"));
        assert!(!is_unexpanded("$100 charge failed"));
        assert!(!is_unexpanded("$"));
        assert!(!is_unexpanded("US$"));
    }
}
