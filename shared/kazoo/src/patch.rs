//! The settings of a hook that are to become others.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::hook::{Hook, NewHook};
use crate::redaction::{MASK, printable};
use crate::uri::HookUri;

/// The settings of one hook that are to change. It prints what becomes of each, addresses masked.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Patch(Vec<Difference>);

#[derive(Clone, PartialEq, Eq)]
struct Difference {
    key: String,
    from: Value,
    to: Value,
}

impl Patch {
    /// What to change for `found` to be as `wanted`, except whether it is enabled: that is decided apart.
    pub fn between(found: &Hook, wanted: &NewHook) -> Self {
        let mut patch = Self::from_settings(&found.settings(), wanted.settings());
        patch.0.retain(|difference| difference.key != "enabled");
        patch
    }

    /// What to change for `found` to call `uri`; nothing where it does.
    pub fn address(found: &Hook, uri: &HookUri) -> Self {
        let wanted = Map::from_iter([("uri".to_owned(), json!(uri.expose()))]);
        Self::from_settings(&found.settings(), wanted)
    }

    /// Switches a hook on, which also clears what KAZOO remembers of its failures.
    pub fn enable() -> Self {
        Self(vec![Difference { key: "enabled".to_owned(), from: json!(false), to: json!(true) }])
    }

    /// This patch with the hook switched on besides.
    #[must_use]
    pub fn and_enable(mut self) -> Self {
        self.0.extend(Self::enable().0);
        self
    }

    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What of it is still to be done to a hook that has meanwhile become `found`.
    pub(crate) fn remaining(&self, found: &Hook) -> Self {
        Self::from_settings(&found.settings(), self.settings())
    }

    /// The members to send.
    pub(crate) fn settings(&self) -> Map<String, Value> {
        self.0.iter().map(|difference| (difference.key.clone(), difference.to.clone())).collect()
    }

    fn from_settings(found: &Map<String, Value>, wanted: Map<String, Value>) -> Self {
        let differences = wanted.into_iter().filter_map(|(key, to)| {
            let from = found.get(&key).cloned().unwrap_or(Value::Null);
            (from != to).then_some(Difference { key, from, to })
        });
        let mut differences: Vec<_> = differences.collect();
        differences.sort_by(|one, other| one.key.cmp(&other.key));
        Self(differences)
    }
}

impl fmt::Display for Patch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, difference) in self.0.iter().enumerate() {
            write!(f, "{}{difference}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Patch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Patch({self})")
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (shown(&self.key, &self.from), shown(&self.key, &self.to));
        // Two addresses that look alike when masked differ in their token.
        if from == to {
            write!(f, "{}: another token", self.key)
        } else {
            write!(f, "{}: {from} -> {to}", self.key)
        }
    }
}

fn shown(key: &str, value: &Value) -> String {
    match (key, value) {
        ("uri", Value::String(uri)) => HookUri::new(uri).to_string(),
        ("custom_data", Value::Object(members)) => shown_custom_data(members),
        (_, Value::String(text)) => format!("`{}`", printable(text)),
        (_, value) => printable(&value.to_string()),
    }
}

// The modifiers are ours to show; anything else a person put there, perhaps as a secret.
fn shown_custom_data(members: &Map<String, Value>) -> String {
    let shown = |(name, value): (&String, &Value)| match name.as_str() {
        "type" | "action" => format!("{name}={}", value.as_str().unwrap_or(MASK)),
        _ => format!("{name}={MASK}"),
    };
    let mut shown: Vec<_> = members.iter().map(shown).collect();
    shown.sort_unstable();
    printable(&format!("{{{}}}", shown.join(" ")))
}
