//! What must not be stored: passwords in URLs, and the credentials that users put into their own parameters.
//!
//! A webhook's parameters are the users' to name, so an authenticated request can still carry secrets that are
//! none of ours. Where nothing is redacted the bytes stay as they were sent.

mod text;

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::InboundRequest;
use crate::json::read;
use crate::value::{plain, trim_bytes};

pub(super) use text::without_userinfo;
use text::{MARK, without_named_secrets};

/// Words in a key's name that make its value a secret.
const SECRET_WORDS: [&str; 5] = ["key", "token", "secret", "password", "authorization"];

/// `request` without userinfo in URLs and without the values of parameters that are named like secrets, in body and
/// query; to be called before anything is normalized or stored.
#[must_use]
pub fn redact(mut request: InboundRequest) -> InboundRequest {
    if let Cow::Owned(body) = plain(&request.body) {
        // UTF-16, in which no name of a secret would be found.
        request.body = body;
    }
    if let Some(body) = redact_body(&request.body) {
        request.body = body;
    }
    if let Some(query) = redact_form(request.query.as_bytes()) {
        request.query = query;
    }
    request
}

/// Whether a parameter called `key` carries a secret.
pub(super) fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| key.contains(word))
}

/// Takes userinfo out of every URL in `value`, whose keys are Site24x7's own.
pub(super) fn redact_urls(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(redacted) = without_userinfo(text) {
                *text = redacted;
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(redact_urls),
        Value::Object(members) => members.values_mut().for_each(redact_urls),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn redact_body(body: &[u8]) -> Option<Vec<u8>> {
    let trimmed = trim_bytes(body);
    if trimmed.starts_with(b"{") || trimmed.starts_with(b"[") {
        return match read(trimmed) {
            Ok(mut sent) => redact_value(&mut sent.value).then(|| sent.value.to_string()),
            Err(_) => redact_unstructured(&String::from_utf8_lossy(trimmed)),
        }
        .map(String::into_bytes);
    }
    if trimmed.contains(&b'=') {
        return redact_form(trimmed).map(String::into_bytes);
    }
    redact_unstructured(&String::from_utf8_lossy(trimmed)).map(String::into_bytes)
}

/// A text of any kind without secrets; `None` if it has none. JSON is read as such, and what begins like JSON and
/// is none loses whatever stands after a secret's name.
fn redact_text(text: &str) -> Option<String> {
    if !text.trim_start().starts_with(['{', '[']) {
        return without_userinfo(text);
    }
    match serde_json::from_str::<Value>(text) {
        Ok(mut value) => redact_value(&mut value).then(|| value.to_string()),
        Err(_) => redact_unstructured(text),
    }
}

/// What is neither JSON nor a form can only become a quarantine entry; better it loses a word too many.
fn redact_unstructured(text: &str) -> Option<String> {
    let unnamed = without_named_secrets(text);
    without_userinfo(unnamed.as_deref().unwrap_or(text)).or(unnamed)
}

/// Redacts `value` and says whether anything was.
fn redact_value(value: &mut Value) -> bool {
    match value {
        Value::String(text) => redact_text(text).map(|redacted| *text = redacted).is_some(),
        Value::Array(entries) => entries.iter_mut().fold(false, |any, entry| redact_value(entry) | any),
        Value::Object(members) => redact_members(members),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn redact_members(members: &mut Map<String, Value>) -> bool {
    let mut any = false;
    for (key, mut value) in std::mem::take(members) {
        if is_secret(&key) && is_filled(&value) {
            value = MARK.into();
            any = true;
        } else {
            any |= redact_value(&mut value);
        }
        let renamed = without_userinfo(&key);
        any |= renamed.is_some();
        members.insert(renamed.unwrap_or(key), value);
    }
    any
}

fn is_filled(value: &Value) -> bool {
    !matches!(value, Value::Null) && value.as_str().is_none_or(|text| !text.is_empty() && text != MARK)
}

/// A form without secrets; `None` if it has none. Only the pairs that have one are written anew.
fn redact_form(form: &[u8]) -> Option<String> {
    let pairs: Vec<_> = form.split(|byte| *byte == b'&').map(|pair| (pair, redact_pair(pair))).collect();
    pairs.iter().any(|(_, redacted)| redacted.is_some()).then(|| {
        let pairs: Vec<_> = pairs
            .into_iter()
            .map(|(pair, redacted)| redacted.unwrap_or_else(|| String::from_utf8_lossy(pair).into_owned()))
            .collect();
        pairs.join("&")
    })
}

fn redact_pair(pair: &[u8]) -> Option<String> {
    let (key, value) = form_urlencoded::parse(pair).next()?;
    let renamed = without_userinfo(&key);
    let redacted = if is_secret(&key) && !value.is_empty() && value != MARK {
        Some(MARK.to_owned())
    } else {
        redact_text(&value)
    };
    (renamed.is_some() || redacted.is_some()).then(|| {
        let key = renamed.as_deref().unwrap_or(&key);
        let value = redacted.as_deref().unwrap_or(&value);
        form_urlencoded::Serializer::new(String::new()).append_pair(key, value).finish()
    })
}
