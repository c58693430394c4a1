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

/// The scalars of a list, one after the other; `None` for anything else.
pub(crate) fn texts(value: &Value) -> Option<String> {
    let texts: Vec<_> = value.as_array()?.iter().filter_map(text).collect();
    (!texts.is_empty()).then(|| texts.join(", "))
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

/// `text` if it is an absolute URL with one of `schemes`; these come from payloads and end up as links, so none is
/// kept that leads elsewhere than it seems: `https://app.netdata.cloud@evil.example` is a page of `evil.example`.
pub(crate) fn link(text: &str, schemes: &[&str]) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let known = schemes.iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_honest = !authority.is_empty() && !authority.contains('@') && !text.contains('\\');
    (known && is_plain(text) && is_honest).then(|| text.to_owned())
}

/// `text` if it is a URL without a scheme and a host, which only its sender can follow.
pub(crate) fn relative_link(text: &str) -> Option<String> {
    let before_path = text.split(['/', '?', '#']).next().unwrap_or_default();
    let is_of_sender = !before_path.contains(':') && !text.starts_with("//") && !text.contains('\\');
    (!text.is_empty() && is_of_sender && is_plain(text)).then(|| text.to_owned())
}

fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_kept_only_if_it_leads_where_it_seems_to() {
        let link = |text| link(text, &["http", "https"]);
        for honest in ["https://a.example", "HTTP://a.example:8080/@x?a=b@c#@", "https://a.example/x"] {
            assert_eq!(link(honest).as_deref(), Some(honest));
        }
        for other in [
            "https://app.netdata.cloud@evil.example",
            "https://app.netdata.cloud:443@evil.example/x",
            "https://app.netdata.cloud\\@evil.example/",
            "https://@evil.example",
            "https:///x",
            "https://?x",
            "javascript://a.example/%0aalert(1)",
            "ftp://a.example/",
        ] {
            assert_eq!(link(other), None, "{other}");
        }
    }
}
