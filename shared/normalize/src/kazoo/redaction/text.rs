//! Secrets in bytes that are neither JSON nor a form: whatever stands behind one of their names and a `:` or `=`.

use std::ops::Range;

use super::splice::Splice;
use super::{REDACTED, Secrets, json};

/// `text` without what seem to be the values of secret names; `None` if there are none.
pub(super) fn redact(text: &[u8], secrets: Secrets) -> Option<Vec<u8>> {
    let mut splice = Splice::new(text);
    let mut at = 0;
    while let Some(word) = next_word(text, at) {
        at = word.end;
        if !secrets.hides(&String::from_utf8_lossy(text.get(word).unwrap_or_default())) {
            continue;
        }
        if let Some(value) = value_behind(text, at) {
            at = value.end;
            splice.replace(value, REDACTED.as_bytes());
        }
    }
    splice.finish()
}

fn next_word(text: &[u8], from: usize) -> Option<Range<usize>> {
    let start = skip(text, from, |byte| !is_of_word(byte));
    let end = skip(text, start, is_of_word);
    (start < end).then_some(start..end)
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// The value behind the name that ends at `name_end`: quotes around it stay, an object or a list goes whole,
/// and anything else reaches to the end of its pair or line.
fn value_behind(text: &[u8], name_end: usize) -> Option<Range<usize>> {
    let sign = skip(text, name_end, |byte| byte.is_ascii_whitespace() || b"\"'\\]".contains(&byte));
    if !matches!(text.get(sign)?, b':' | b'=') {
        return None;
    }
    let start = skip(text, sign, |byte| byte.is_ascii_whitespace() || b":=>".contains(&byte));
    if is_redacted(text.get(start..)?) {
        return None;
    }
    let value = match (text.get(start)?, text.get(start + 1)) {
        (b'\\', Some(b'"')) => start + 2..skip(text, start + 2, |byte| !b"\\\"".contains(&byte)),
        (b'"', _) => inside_of_quotes(text, start),
        (b'\'', _) => start + 1..skip(text, start + 1, |byte| byte != b'\''),
        (b'{' | b'[', _) => start..json::value_end(text, start),
        _ => start..skip(text, start, |byte| !b"&,;}<\"\r\n".contains(&byte)),
    };
    Some(value)
}

/// Whether a pair or an earlier pass has been over `value`.
fn is_redacted(value: &[u8]) -> bool {
    value.starts_with(REDACTED.as_bytes()) || value.starts_with(b"%5Bredacted%5D")
}

fn inside_of_quotes(text: &[u8], start: usize) -> Range<usize> {
    let end = json::string_end(text, start);
    let is_closed = end > start + 1 && text.get(end - 1) == Some(&b'"');
    start + 1..if is_closed { end - 1 } else { end }
}

/// The first place from `from` on whose byte is not to be skipped, or else the end.
fn skip(text: &[u8], from: usize, is_skipped: impl Fn(u8) -> bool) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    rest.iter().position(|byte| !is_skipped(*byte)).map_or(text.len(), |offset| from + offset)
}
