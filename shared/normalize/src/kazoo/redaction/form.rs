//! Secrets in a form, pair by pair.

use std::collections::BTreeSet;
use std::ops::Range;

use super::splice::Splice;
use super::{REDACTED, Secrets, json};
use crate::kazoo::form::{path, value_of};

/// What a pair becomes.
enum Redacted {
    /// A pair with this secret key; several pairs can be parts of one secret.
    Secret(String),
    /// A pair with secrets inside of its value.
    Cleaned(String),
}

/// Whether `form` is pairs with plain keys only, so that nothing of it escapes [`redact`].
pub(super) fn is_plain(form: &[u8], separators: &[u8]) -> bool {
    pieces(form, separators).filter_map(|piece| form.get(piece)).all(|pair| {
        let key_end = pair.iter().position(|byte| *byte == b'=');
        pair.is_empty()
            || key_end.is_some_and(|end| end > 0 && pair.iter().take(end).copied().all(is_plain_in_key))
    })
}

/// `form` without its secrets; `None` if there are none.
pub(super) fn redact(form: &[u8], separators: &[u8], secrets: Secrets) -> Option<Vec<u8>> {
    let mut splice = Splice::new(form);
    let mut hidden = BTreeSet::new();
    for piece in pieces(form, separators) {
        let pair = String::from_utf8_lossy(form.get(piece.clone()).unwrap_or_default());
        match redacted(&pair, secrets) {
            Some(Redacted::Secret(pair)) if hidden.contains(&pair) => splice.replace(piece, b""),
            Some(Redacted::Secret(pair)) => {
                splice.replace(piece, pair.as_bytes());
                hidden.insert(pair);
            }
            Some(Redacted::Cleaned(pair)) => splice.replace(piece, pair.as_bytes()),
            None => {}
        }
    }
    splice.finish()
}

fn redacted(pair: &str, secrets: Secrets) -> Option<Redacted> {
    let (key, _) = pair.split_once('=')?;
    let (decoded_key, _) = form_urlencoded::parse(pair.as_bytes()).next()?;
    let path = path(&decoded_key);
    if let Some(step) = path.iter().position(|step| secrets.hides(step)) {
        let stand_in = encoded(REDACTED.as_bytes());
        return Some(Redacted::Secret(format!("{}={stand_in}", key_of(&path[..=step]))));
    }
    let value = value_of(pair);
    let cleaned = value.starts_with(['{', '[']).then(|| json::redact(value.as_bytes(), secrets))??;
    Some(Redacted::Cleaned(format!("{key}={}", encoded(&cleaned))))
}

/// The key for the steps of `path`.
fn key_of(path: &[String]) -> String {
    let Some((first, rest)) = path.split_first() else {
        return String::new();
    };
    rest.iter().fold(first.clone(), |key, step| format!("{key}[{step}]"))
}

fn encoded(value: &[u8]) -> String {
    form_urlencoded::byte_serialize(value).collect()
}

fn is_plain_in_key(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !byte.is_ascii_control() && !b"\"'{}<>:,;\\".contains(&byte)
}

/// The ranges between `separators`.
fn pieces(form: &[u8], separators: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    form.split(|byte| separators.contains(byte)).map(move |piece| {
        let range = start..start + piece.len();
        start = range.end + 1;
        range
    })
}
