//! Where a page of a list ended, as text for the reader of the next one.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::Date;

/// A place in a sorted list. It stays put while items come and go, because it is a key and not a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

/// A text that no page has given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one that a page has given out: use `next_cursor` as it is")]
pub struct ParseCursorError;

impl Cursor {
    /// Behind the item with `sort_key`, which begins with a sortable time.
    pub(crate) fn after(sort_key: impl Into<String>) -> Self {
        Self(sort_key.into())
    }

    pub(crate) fn sort_key(&self) -> &str {
        &self.0
    }

    /// The UTC day it lies in.
    pub(crate) fn date(&self) -> Option<Date> {
        self.0.get(..10)?.parse().ok()
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl FromStr for Cursor {
    type Err = ParseCursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ParseCursorError)?;
        let cursor = Self(String::from_utf8(bytes).map_err(|_| ParseCursorError)?);
        if cursor.date().is_some() { Ok(cursor) } else { Err(ParseCursorError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text() {
        let cursor = Cursor::after("2026-03-01T04:45:27.000000Z#abc");
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
    }

    #[test]
    fn what_no_page_gave_out_is_refused() {
        for text in ["", "2", "%%%", "bm90IGEgdGltZQ"] {
            assert_eq!(text.parse::<Cursor>(), Err(ParseCursorError), "{text}");
        }
    }
}
