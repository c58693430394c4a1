//! Reading what senders type loosely: a number as a string, a blank for nothing, a bracketed mark before the text.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// `bytes` as UTF-8 if they are UTF-16, without a byte order mark and surrounding white space.
pub(crate) fn plain(bytes: &[u8]) -> Cow<'_, [u8]> {
    match utf_16(bytes) {
        Some(text) => Cow::Owned(trim_bytes(text.as_bytes()).to_vec()),
        None => Cow::Borrowed(trim_bytes(bytes)),
    }
}

/// The text of UTF-16, which is known by its mark or by the zeros beside JSON's first two characters.
fn utf_16(bytes: &[u8]) -> Option<String> {
    let unit = match bytes.first_chunk()? {
        [0xff, 0xfe, _, _] | [b'{' | b'[', 0, _, 0] => u16::from_le_bytes,
        [0xfe, 0xff, _, _] | [0, b'{' | b'[', 0, _] => u16::from_be_bytes,
        _ => return None,
    };
    let units: Vec<_> = bytes.as_chunks().0.iter().map(|pair| unit(*pair)).collect();
    Some(String::from_utf16_lossy(&units).trim_start_matches('\u{feff}').to_owned())
}

/// `bytes` without a byte order mark and surrounding white space.
pub(crate) fn trim_bytes(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii()
}

/// A scalar as trimmed text; `None` for null, blank, objects and lists.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => filled(text).map(str::to_owned),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The scalar under `key` as trimmed text.
pub(crate) fn field(object: &Map<String, Value>, key: &str) -> Option<String> {
    object.get(key).and_then(text)
}

/// The object under `key`.
pub(crate) fn object<'a>(parent: &'a Map<String, Value>, key: &str) -> Option<&'a Map<String, Value>> {
    parent.get(key).and_then(Value::as_object)
}

/// `text` trimmed, unless nothing is left.
pub(crate) fn filled(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty()).then_some(text)
}

/// `text` if it is an absolute URL with one of `schemes`; these come from payloads and end up as links.
pub(crate) fn link(text: &str, schemes: &[&str]) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let known = schemes.iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'));
    (known && plain && !rest.is_empty()).then(|| text.to_owned())
}
