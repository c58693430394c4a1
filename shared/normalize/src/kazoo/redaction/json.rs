//! Secrets in JSON, replaced in the text itself: no re-serialising, no recursion, and every one of two equal
//! keys is seen. On text that is not quite JSON the scan goes on as well as it can.

use serde::de::IgnoredAny;

use super::splice::Splice;
use super::{REDACTED, Secrets};
use crate::value::trim_bytes;

/// Whether `bytes` are a JSON object or list, of any depth.
pub(super) fn is_tree(bytes: &[u8]) -> bool {
    let bytes = trim_bytes(bytes);
    matches!(bytes.first(), Some(b'{' | b'[')) && serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

/// `json` without the values of secret members; `None` if there are none.
pub(super) fn redact(json: &[u8], secrets: Secrets) -> Option<Vec<u8>> {
    let stand_in = format!("\"{REDACTED}\"");
    let mut splice = Splice::new(json);
    let mut at = 0;
    while let Some(start) = next_quote(json, at) {
        let end = string_end(json, start);
        at = end;
        let Some(value) = value_start(json, end) else {
            continue;
        };
        at = value;
        if secrets.hides(&unescaped(json, start, end)) {
            at = value_end(json, value);
            splice.replace(value..at, stand_in.as_bytes());
        }
    }
    splice.finish()
}

/// Where the value ends that starts at `start`.
pub(super) fn value_end(json: &[u8], start: usize) -> usize {
    match json.get(start) {
        Some(b'"') => string_end(json, start),
        Some(b'{' | b'[') => tree_end(json, start),
        _ => position(json, start, |byte| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace()),
    }
}

/// Where the string ends whose opening quote is at `start`.
pub(super) fn string_end(json: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len()
}

fn tree_end(json: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => {
                at = string_end(json, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
    json.len()
}

/// Where the value of the key starts that ends at `key_end`; `None` if that was no key.
fn value_start(json: &[u8], key_end: usize) -> Option<usize> {
    let is_not_blank = |byte: u8| !byte.is_ascii_whitespace();
    let colon = position(json, key_end, is_not_blank);
    (json.get(colon) == Some(&b':')).then(|| position(json, colon + 1, is_not_blank))
}

fn unescaped(json: &[u8], start: usize, end: usize) -> String {
    let quoted = json.get(start..end).unwrap_or_default();
    serde_json::from_slice(quoted)
        .unwrap_or_else(|_| String::from_utf8_lossy(quoted).trim_matches('"').to_owned())
}

fn next_quote(json: &[u8], from: usize) -> Option<usize> {
    let quote = position(json, from, |byte| byte == b'"');
    (quote < json.len()).then_some(quote)
}

/// The first place from `from` on whose byte is wanted, or else the end.
fn position(bytes: &[u8], from: usize, is_wanted: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter().position(|byte| is_wanted(*byte)).map_or(bytes.len(), |offset| from + offset)
}
