//! The one reader of JSON bodies, for all sources: strict JSON as it is, damaged JSON as far as a person could read it.
//!
//! A strict parser reads every body first. Only what it refuses goes through [`repair`], which mends single spots (a
//! byte that is no UTF-8, half an emoji, a raw line break in a text, `NaN`) and leaves alone what has lost a part: a
//! body that breaks off may lack what identifies its alert, and a guess could close a real one.

mod exact;
mod repair;
mod strict;
mod string;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use self::strict::Strict;
use crate::REPAIRED;
use crate::value::plain;

/// A body as JSON that a strict parser takes.
pub(crate) struct Json<'a> {
    bytes: Cow<'a, [u8]>,
    is_repaired: bool,
}

/// A body as one value. A number that would be printed otherwise than it came (`1.50`, a 25-digit id, `1e400`) is a
/// string of its own digits; of two equal keys the later counts.
#[derive(Debug)]
pub(crate) struct Document {
    /// What it says.
    pub(crate) value: Value,
    is_repaired: bool,
}

/// Deepest nesting of lists and objects. Real bodies have some ten levels; a callflow's document may have more.
const DEEPEST: usize = 127;

/// Why a body is no JSON, even to a patient reader.
#[derive(Debug)]
pub(crate) struct Unreadable {
    error: serde_json::Error,
    is_too_deep: bool,
}

impl Json<'_> {
    /// The JSON itself.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What the operator should know of how it was read.
    pub(crate) fn warning(&self) -> Option<&'static str> {
        self.is_repaired.then_some(REPAIRED)
    }
}

impl Document {
    /// What the operator should know of how it was read.
    pub(crate) fn warning(&self) -> Option<&'static str> {
        self.is_repaired.then_some(REPAIRED)
    }
}

impl Unreadable {
    fn new(error: serde_json::Error, bytes: &[u8]) -> Self {
        Self { error, is_too_deep: exact::depth(bytes) > DEEPEST }
    }

    /// Where a strict parser stopped.
    pub(crate) fn place(&self) -> String {
        format!("line {} column {}", self.error.line(), self.error.column())
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_too_deep {
            return write!(f, "it nests deeper than {DEEPEST} levels");
        }
        self.error.fmt(f)
    }
}

/// `bytes` as JSON, repaired only if they are none; white space and a byte order mark around them do not count.
pub(crate) fn strict(bytes: &[u8]) -> Result<Json<'_>, Unreadable> {
    let bytes = plain(bytes);
    let Err(error) = serde_json::from_slice::<Strict>(&bytes) else {
        return Ok(Json { bytes, is_repaired: false });
    };
    match repair::repair(&String::from_utf8_lossy(&bytes)) {
        Some(repaired) => Ok(Json { bytes: Cow::Owned(repaired.into_bytes()), is_repaired: true }),
        None => Err(Unreadable::new(error, &bytes)),
    }
}

/// The one value that `bytes` hold.
pub(crate) fn read(bytes: &[u8]) -> Result<Document, Unreadable> {
    let bytes = plain(bytes);
    if let Ok(value) = parse(&bytes) {
        return Ok(Document { value, is_repaired: false });
    }
    let Json { bytes, is_repaired } = strict(&bytes)?;
    let value = parse(&bytes).map_err(|error| Unreadable::new(error, &bytes))?;
    Ok(Document { value, is_repaired })
}

/// A text that should be JSON, such as a list in a form's value.
pub(crate) fn read_text(text: &str) -> Option<Value> {
    read(text.as_bytes()).ok().map(|document| document.value)
}

fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(&exact::keep_digits(bytes))
}
