//! Finding secrets in text whose structure is not known.

use std::collections::BTreeSet;
use std::ops::Range;

use super::SECRET_WORDS;

/// What stands in the place of a secret.
pub(super) const MARK: &str = "[redacted]";
/// The same where it stands alone: quoted, so that reading it once more finds it whole.
const QUOTED_MARK: &str = "\"[redacted]\"";

/// `text` with a mark for the userinfo of every URL in it; `None` if there is none.
pub(in super::super) fn without_userinfo(text: &str) -> Option<String> {
    let mut redacted = String::new();
    let mut rest = text;
    while let Some((before, authority, after)) = next_authority(rest) {
        redacted.push_str(before);
        rest = after;
        match authority.rsplit_once('@') {
            Some((userinfo, host)) if !userinfo.is_empty() => {
                redacted.push_str(MARK);
                redacted.push('@');
                redacted.push_str(host);
            }
            _ => redacted.push_str(authority),
        }
    }
    redacted.push_str(rest);
    (redacted != text).then_some(redacted)
}

/// The next `host`, `host:port` or `user@host` of a URL in `text`, with what stands before and after it. The slashes
/// may be escaped, as in JSON that was sent as a text.
fn next_authority(text: &str) -> Option<(&str, &str, &str)> {
    let (colon, _) = text.match_indices(':').find(|(at, _)| slashes_at(&text[at + 1..]).is_some())?;
    let start = colon + 1 + slashes_at(&text[colon + 1..])?;
    let (before, rest) = text.split_at(start);
    let end = rest.find(ends_authority).unwrap_or(rest.len());
    let (authority, after) = rest.split_at(end);
    Some((before, authority, after))
}

fn slashes_at(text: &str) -> Option<usize> {
    ["//", r"\/\/"].into_iter().find(|slashes| text.starts_with(slashes)).map(str::len)
}

fn ends_authority(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '/' | '?' | '#' | '\\' | '"' | '<' | '>')
}

/// `text`, whose structure is not known, with a mark after every name of a secret; `None` if there is none.
pub(super) fn without_named_secrets(text: &str) -> Option<String> {
    let mut redacted = String::new();
    let mut done = 0;
    for value in named_secrets(text) {
        redacted.push_str(&text[done..value.start]);
        redacted.push_str(QUOTED_MARK);
        done = value.end;
    }
    redacted.push_str(&text[done..]);
    (redacted != text).then_some(redacted)
}

/// Where the values of secrets stand, in order.
fn named_secrets(text: &str) -> Vec<Range<usize>> {
    let mut values = Vec::new();
    let mut done = 0;
    for named in ends_of_secret_words(text) {
        if named < done {
            continue;
        }
        let name_end = named + rest_of_name(&text[named..]);
        let value = value_after(&text[name_end..]).map(|value| name_end + value.start..name_end + value.end);
        done = value.as_ref().map_or(name_end, |value| value.end);
        values.extend(value);
    }
    values
}

fn ends_of_secret_words(text: &str) -> BTreeSet<usize> {
    // Letters of ASCII alone change, so that places in the one are places in the other.
    let lower = text.to_ascii_lowercase();
    let ends = |word: &'static str| lower.match_indices(word).map(move |(at, _)| at + word.len());
    SECRET_WORDS.into_iter().flat_map(ends).collect()
}

fn rest_of_name(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-')).unwrap_or(text.len())
}

/// Where the value stands in `rest`, which begins at its name's end: after quotes, `:` or `=`, and blanks.
fn value_after(rest: &str) -> Option<Range<usize>> {
    let after_name = rest.trim_start_matches(['\\', '"', '\'', ' ']);
    let value = after_name.strip_prefix([':', '='])?.trim_start();
    let start = rest.len() - value.len();
    let length = match value.chars().next()? {
        '{' | '[' => value.len(),
        '"' => quoted_length(value),
        _ => value.find([',', '}', ']', '&', '\n']).unwrap_or(value.len()),
    };
    Some(start..start + length)
}

/// Length of the quoted text that `value` begins with, which may lack its end.
fn quoted_length(value: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in value.char_indices().skip(1) {
        match c {
            '"' if !is_escaped => return at + 1,
            _ => is_escaped = c == '\\' && !is_escaped,
        }
    }
    value.len()
}
