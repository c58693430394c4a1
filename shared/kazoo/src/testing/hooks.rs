//! The account's webhooks: KAZOO's rules for them, and what it does not check.

use serde_json::{Map, Value, json};

use super::envelope::Answered;
use super::offered;
use super::state::{Condition, Crossbar, Seen, Stored, Version};

const PAGE_SIZE: usize = 50;

pub(super) fn list(crossbar: &Crossbar, seen: &Seen, account: &str) -> Answered {
    let start = seen.query.get("start_key").map(String::as_str).unwrap_or_default();
    let mut entries: Vec<_> = crossbar
        .hooks
        .iter()
        .filter(|(id, hook)| hook.account == account && id.as_str() >= start)
        .map(|(id, hook)| summary(id, hook))
        .collect();
    if seen.query.get("paginate").map(String::as_str) == Some("false") || entries.len() <= PAGE_SIZE {
        return Answered::success(json!(entries));
    }
    let rest = entries.split_off(PAGE_SIZE);
    let answer = Answered::success(json!(entries)).with("page_size", json!(PAGE_SIZE));
    answer.with("next_start_key", rest[0]["id"].clone())
}

fn summary(id: &str, hook: &Stored) -> Value {
    let member = |name: &str| hook.document.get(name).cloned().unwrap_or_default();
    let mut summary = json!({
        "id": id, "hook": member("hook"), "name": member("name"), "uri": member("uri"),
        "enabled": hook.document.get("enabled").cloned().unwrap_or(json!(true)),
    });
    if let Some(reason) = &hook.disable_reason {
        summary["disable_reason"] = json!(reason);
    }
    summary
}

/// Creates a webhook, however many equal ones there are.
pub(super) fn create(crossbar: &mut Crossbar, seen: &Seen, account: &str) -> Answered {
    let mut document = seen.data.as_object().cloned().unwrap_or_default();
    if let Err(refused) = validate(crossbar.version, &document) {
        return refused;
    }
    for (name, value) in defaults(crossbar.version) {
        document.entry(name).or_insert(value);
    }
    let id = crossbar.new_id();
    crossbar.put_into(account, &id, Value::Object(document));
    match read(crossbar, account, &id) {
        Answered::Json(_, envelope) => Answered::Json(201, envelope),
        other => other,
    }
}

fn defaults(version: Version) -> Vec<(String, Value)> {
    let mut defaults = vec![("enabled", json!(true)), ("http_verb", json!("post")), ("retries", json!(2))];
    if version >= Version::V4_2 {
        defaults.push(("include_internal_legs", json!(true)));
    }
    if version >= Version::V4_3 {
        defaults.push(("format", json!("form-data")));
    }
    defaults.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(super) fn read(crossbar: &Crossbar, account: &str, id: &str) -> Answered {
    let Some(hook) = crossbar.hooks.get(id).filter(|hook| hook.account == account) else {
        return Answered::error(404, "bad_identifier", json!({ "cause": id }));
    };
    let mut document = Value::Object(hook.document.clone());
    document["id"] = json!(id);
    match &hook.disable_reason {
        None => Answered::success(document),
        Some(reason) if crossbar.version >= Version::V5 => {
            Answered::success(document).with("metadata", json!({ "disable_reason": reason }))
        }
        Some(reason) => {
            document["disable_reason"] = json!(reason);
            Answered::success(document)
        }
    }
}

pub(super) fn patch(crossbar: &mut Crossbar, seen: &Seen, account: &str, id: &str) -> Answered {
    if crossbar.hooks.get(id).is_none_or(|hook| hook.account != account) {
        return read(crossbar, account, id);
    }
    let mut document = crossbar.hooks[id].document.clone();
    document.extend(seen.data.as_object().cloned().unwrap_or_default());
    if let Err(refused) = validate(crossbar.version, &document) {
        return refused;
    }
    let hook = crossbar.hooks.get_mut(id).unwrap();
    if document.get("enabled") == Some(&json!(true)) {
        hook.disable_reason = None;
        hook.failures.clear();
    }
    hook.document = document;
    read(crossbar, account, id)
}

pub(super) fn delete(crossbar: &mut Crossbar, account: &str, id: &str) -> Answered {
    let answer = read(crossbar, account, id);
    if matches!(answer, Answered::Json(200, _)) {
        crossbar.hooks.remove(id);
    }
    answer
}

pub(super) fn reenable(crossbar: &mut Crossbar, seen: &Seen, chosen: impl Fn(&str) -> bool) -> Answered {
    if seen.data["re-enable"] != json!(true) {
        return Answered::invalid(
            "re-enable",
            "required",
            "re-enable is required to patch collections",
            &Value::Null,
        );
    }
    if crossbar.is(Condition::WebhooksDown) {
        return Answered::error(500, "The backend is not configured for this request", json!({}));
    }
    for hook in crossbar.hooks.values_mut().filter(|hook| chosen(&hook.account)) {
        if hook.disable_reason.take().is_some() {
            hook.document.insert("enabled".to_owned(), json!(true));
            hook.failures.clear();
        }
    }
    Answered::success(json!("hooks updated"))
}

fn validate(version: Version, document: &Map<String, Value>) -> Result<(), Answered> {
    let member = |name: &str| document.get(name).and_then(Value::as_str).unwrap_or_default();
    for name in ["hook", "name", "uri"] {
        if member(name).is_empty() {
            return Err(Answered::invalid(name, "required", "Field is required but missing", &Value::Null));
        }
    }
    let uri = member("uri");
    let host =
        url::Url::parse(uri).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    if !uri.starts_with("http") || matches!(host.as_str(), "" | "localhost" | "127.0.0.1" | "0.0.0.0") {
        return Err(Answered::invalid("uri", "pattern", "Failed to match pattern", &json!(uri)));
    }
    let retries = document.get("retries").and_then(Value::as_i64).unwrap_or(2);
    if !(0..=4).contains(&retries) {
        return Err(Answered::invalid("retries", "maximum", "Value must be at most 4", &json!(retries)));
    }
    validate_custom_data(version, member("hook"), document.get("custom_data").unwrap_or(&json!({})))
}

fn validate_custom_data(version: Version, hook: &str, custom_data: &Value) -> Result<(), Answered> {
    if custom_data.as_object().is_none_or(|members| !members.values().all(Value::is_string)) {
        return Err(Answered::invalid("custom_data", "type", "Value is of the wrong type", custom_data));
    }
    if hook == "all" {
        return Ok(());
    }
    let Some(modifiers) = offered::modifiers(version, hook) else {
        return Err(Answered::error(503, "datastore_fault", json!({})));
    };
    for (name, modifier) in modifiers {
        // 4.2 and 4.3 name the modifier without its parent.
        let field = if version >= Version::V5 { format!("custom_data.{name}") } else { name.clone() };
        match custom_data.get(&name).and_then(Value::as_str) {
            None => {
                return Err(Answered::invalid(&field, "required", "missing required modifier", &Value::Null));
            }
            Some(value) if !offered::values(&modifier).iter().any(|offered| offered == value) => {
                let message = "value not found in enumerated list of values";
                return Err(Answered::invalid(&field, "enum", message, &json!(value)));
            }
            Some(_) => {}
        }
    }
    Ok(())
}
