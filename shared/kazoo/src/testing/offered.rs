//! The hooks that a version of KAZOO offers, with modifiers in both their shapes.

use serde_json::{Map, Value, json};

use super::envelope::Answered;
use super::state::{Condition, Crossbar, Version};

const CHANNEL: [&str; 4] = ["channel_create", "channel_answer", "channel_bridge", "channel_destroy"];
const NOTIFICATIONS: [&str; 6] =
    ["all", "deregister", "low_balance", "missed_call", "voicemail_new", "outbound_fax_error"];
const OBJECT_TYPES: [&str; 7] = ["account", "callflow", "device", "faxbox", "media", "user", "vmbox"];
const OBJECT_ACTIONS: [&str; 3] = ["doc_created", "doc_edited", "doc_deleted"];

pub(super) fn list(crossbar: &Crossbar) -> Answered {
    if crossbar.is(Condition::NothingOffered) {
        Answered::success(json!([]))
    } else {
        Answered::success(hooks(crossbar.version))
    }
}

/// The modifiers of a hook, by name; nothing where there is no such hook.
pub(super) fn modifiers(version: Version, hook: &str) -> Option<Map<String, Value>> {
    let hooks = hooks(version);
    let found = hooks.as_array().unwrap().iter().find(|offered| offered["id"] == hook)?;
    Some(found["modifiers"].as_object().cloned().unwrap_or_default())
}

/// The values that a modifier may have.
pub(super) fn values(modifier: &Value) -> Vec<String> {
    match &modifier["items"] {
        Value::Array(items) => items.iter().map(|item| item.as_str().unwrap().to_owned()).collect(),
        Value::Object(items) => items.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

fn hooks(version: Version) -> Value {
    let mut hooks: Vec<_> = CHANNEL.into_iter().chain(["parking"]).map(plain).collect();
    hooks.push(object(version));
    if version >= Version::V4_2 {
        hooks.push(notifications());
    }
    if version >= Version::V4_3 {
        hooks.extend(["sms", "mms"].map(plain));
    }
    if version >= Version::V5 {
        hooks.extend(["channel_hold", "cdr"].map(plain));
    }
    Value::Array(hooks)
}

fn plain(id: &str) -> Value {
    json!({ "id": id, "name": id, "description": format!("Events of {id}") })
}

fn notifications() -> Value {
    let types = NOTIFICATIONS.map(|name| (name.to_owned(), json!({ "friendly_name": name })));
    let types = Map::from_iter(types);
    json!({
        "id": "notifications", "name": "Notifications Webhook", "description": "Fire on a notification",
        "modifiers": { "type": { "type": "object", "items": types } }
    })
}

fn object(version: Version) -> Value {
    let all = ["all"].into_iter().filter(|_| version >= Version::V5);
    let types: Vec<_> = all.clone().chain(OBJECT_TYPES).collect();
    let actions: Vec<_> = all.chain(OBJECT_ACTIONS).collect();
    json!({
        "id": "object", "name": "Object", "description": "Receive notifications when objects change",
        "modifiers": {
            "type": { "type": "array", "description": "object types to handle", "items": types },
            "action": { "type": "array", "description": "object actions to handle", "items": actions }
        }
    })
}
