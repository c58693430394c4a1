//! The JSON of a very large alert, cut to what a table item can hold beside the event it makes.

use std::borrow::Cow;

use serde_json::Value;

/// The largest JSON of one alert that is kept whole, in bytes; a table item holds 400 KiB.
const LIMIT_BYTES: usize = 256 * 1024;
/// Longest text that a larger one keeps, in characters. Labels identify, and stay whole.
const TEXT_CHARS: usize = 2048;
/// The member that stays whole.
const LABELS: &str = "labels";

/// `alert` as it is, or with long texts cut, or without annotations; what even then is too large is cut off.
pub(super) fn to_what_is_kept(alert: &str) -> Cow<'_, str> {
    if alert.len() <= LIMIT_BYTES {
        return Cow::Borrowed(alert);
    }
    let Ok(mut value) = serde_json::from_str(alert) else {
        return Cow::Borrowed(start_of(alert));
    };
    cut_texts(&mut value);
    let mut shorter = value.to_string();
    if let (true, Value::Object(members)) = (shorter.len() > LIMIT_BYTES, &mut value) {
        members.remove("annotations");
        shorter = value.to_string();
    }
    if shorter.len() > LIMIT_BYTES {
        return Cow::Borrowed(start_of(alert));
    }
    Cow::Owned(shorter)
}

fn cut_texts(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some((end, _)) = text.char_indices().nth(TEXT_CHARS) {
                text.truncate(end);
                text.push('…');
            }
        }
        Value::Array(values) => values.iter_mut().for_each(cut_texts),
        Value::Object(members) => {
            members.iter_mut().filter(|(name, _)| *name != LABELS).for_each(|(_, value)| cut_texts(value));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn start_of(text: &str) -> &str {
    let end = (0..=LIMIT_BYTES).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or(text)
}
