//! A webhook of KAZOO: as it is listed, as it is stored, and as we would have it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::document::{flag, text, texts, whole};
use crate::id::HookId;
use crate::redaction::printable;
use crate::uri::HookUri;

/// How many tries KAZOO makes for one delivery whose connection fails.
const RETRIES: i64 = 3;

/// A webhook as the list of an account shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookSummary {
    /// Its id.
    pub id: HookId,
    /// The event it is called for, such as `channel_destroy`.
    pub hook: String,
    /// Its name for people.
    pub name: String,
    /// The address it calls.
    pub uri: HookUri,
    /// The group that the list puts it in, if any.
    pub group: Option<String>,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Why KAZOO switched it off; absent where a person did.
    pub disable_reason: Option<String>,
}

/// A webhook's document. What an older server leaves out has the value that the server assumes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Its id.
    pub id: HookId,
    /// The event it is called for, such as `channel_destroy`.
    pub hook: String,
    /// Its name for people.
    pub name: String,
    /// The address it calls.
    pub uri: HookUri,
    /// `get`, `post` or `put`.
    pub http_verb: String,
    /// `form-data` or `json`.
    pub format: String,
    /// How many tries a delivery gets.
    pub retries: i64,
    /// Whether events of the account's subaccounts are delivered as well.
    pub include_subaccounts: bool,
    /// Whether call legs inside KAZOO are delivered as well.
    pub include_internal_legs: bool,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Why KAZOO switched it off; absent where a person did.
    pub disable_reason: Option<String>,
    /// The modifiers that choose among the hook's events, and whatever else is laid over each payload.
    pub custom_data: BTreeMap<String, String>,
}

/// A webhook as we would have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHook {
    /// The event it is called for, such as `channel_destroy`.
    pub hook: String,
    /// Its name for people.
    pub name: String,
    /// The address it calls.
    pub uri: HookUri,
    /// Whether events of the account's subaccounts are delivered as well.
    pub include_subaccounts: bool,
    /// The modifiers that choose among the hook's events.
    pub custom_data: BTreeMap<String, String>,
}

impl HookSummary {
    // An entry without these three can be no hook of ours, nor can we do anything with it.
    pub(crate) fn read(entry: &Value) -> Option<Self> {
        Some(Self {
            id: text(entry, "id")?.parse().ok()?,
            hook: text(entry, "hook")?,
            name: text(entry, "name").unwrap_or_default(),
            uri: HookUri::new(text(entry, "uri")?),
            group: text(entry, "group"),
            enabled: flag(entry, "enabled").unwrap_or(true),
            disable_reason: disable_reason(entry),
        })
    }
}

impl Hook {
    /// Reads a document, and beside it the metadata that KAZOO 5 puts the reason into.
    pub(crate) fn read(document: &Value, metadata: &Value) -> Option<Self> {
        Some(Self {
            id: text(document, "id")?.parse().ok()?,
            hook: text(document, "hook")?,
            name: text(document, "name").unwrap_or_default(),
            uri: HookUri::new(text(document, "uri")?),
            http_verb: text(document, "http_verb").unwrap_or_else(|| "post".to_owned()),
            format: text(document, "format").unwrap_or_else(|| "form-data".to_owned()),
            retries: whole(document, "retries").unwrap_or(2),
            include_subaccounts: flag(document, "include_subaccounts").unwrap_or(false),
            include_internal_legs: flag(document, "include_internal_legs").unwrap_or(true),
            enabled: flag(document, "enabled").unwrap_or(true),
            disable_reason: disable_reason(document)
                .or_else(|| document.get("metadata").and_then(disable_reason))
                .or_else(|| disable_reason(metadata)),
            custom_data: texts(document, "custom_data"),
        })
    }

    /// Whether it is on, and if not, whose doing that is.
    pub fn state(&self) -> State {
        match &self.disable_reason {
            _ if self.enabled => State::Enabled,
            Some(reason) => State::AutoDisabled { reason: reason.clone() },
            None => State::DisabledByPerson,
        }
    }

    /// Hook and modifiers in the words of `--hooks`: `notifications:all`.
    pub fn label(&self) -> String {
        label(&self.hook, &self.custom_data)
    }

    /// Its settings under the names that a request gives them.
    pub(crate) fn settings(&self) -> Map<String, Value> {
        members([
            ("name", json!(self.name)),
            ("uri", json!(self.uri.expose())),
            ("http_verb", json!(self.http_verb)),
            ("format", json!(self.format)),
            ("retries", json!(self.retries)),
            ("include_subaccounts", json!(self.include_subaccounts)),
            ("include_internal_legs", json!(self.include_internal_legs)),
            ("enabled", json!(self.enabled)),
            ("custom_data", json!(self.custom_data)),
        ])
    }
}

/// Whether a hook is on, and if not, whose doing that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is switched on.
    Enabled,
    /// KAZOO switched it off.
    AutoDisabled {
        /// KAZOO's reason, such as `too many failed attempts`.
        reason: String,
    },
    /// A person switched it off.
    DisabledByPerson,
}

impl NewHook {
    /// Hook and modifiers in the words of `--hooks`: `notifications:all`.
    pub fn label(&self) -> String {
        label(&self.hook, &self.custom_data)
    }

    /// The document that is sent to create it.
    pub(crate) fn document(&self) -> Value {
        let mut document = self.settings();
        document.insert("hook".to_owned(), self.hook.clone().into());
        Value::Object(document)
    }

    /// The settings it is to have. `version` is never among them: v2 payloads are a person's choice.
    pub(crate) fn settings(&self) -> Map<String, Value> {
        members([
            ("name", json!(self.name)),
            ("uri", json!(self.uri.expose())),
            ("http_verb", json!("post")),
            ("format", json!("json")),
            ("retries", json!(RETRIES)),
            ("include_subaccounts", json!(self.include_subaccounts)),
            ("include_internal_legs", json!(false)),
            ("enabled", json!(true)),
            ("custom_data", json!(self.custom_data)),
        ])
    }
}

/// Hook and modifiers in the words of `--hooks`.
pub(crate) fn label(hook: &str, custom_data: &BTreeMap<String, String>) -> String {
    let modifiers = ["type", "action"].into_iter().filter_map(|key| custom_data.get(key));
    let words: Vec<_> = std::iter::once(hook).chain(modifiers.map(String::as_str)).collect();
    printable(&words.join(":"))
}

fn members<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn disable_reason(value: &Value) -> Option<String> {
    text(value, "disable_reason").filter(|reason| !reason.is_empty()).map(|reason| printable(&reason))
}
