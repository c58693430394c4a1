//! Members that may come as a number or as a string, wherever the vendor pleases.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Reads an object. `None`: it is not JSON, not an object, or has a member of another shape.
pub(crate) fn object<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    // A list would do for serde as well: its first element would be the first member.
    json.trim_ascii_start().starts_with(b"{").then(|| serde_json::from_slice(json).ok())?
}

/// An integer, also as a string. Anything else reads as absent, never as an error.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Integer(Option<i64>);

impl Integer {
    pub(crate) const fn get(self) -> Option<i64> {
        self.0
    }
}

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        Ok(Self(text.into_inner().and_then(|text| text.parse().ok())))
    }
}

/// Text, also as a number, whose digits are kept as they stand. Blank and anything else read as absent.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Text(Option<String>);

impl Text {
    pub(crate) fn into_inner(self) -> Option<String> {
        self.0
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The raw text, because a long number that passes through a float loses digits.
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = match raw.get().as_bytes().first() {
            Some(b'"') => serde_json::from_str::<String>(raw.get()).unwrap_or_default(),
            Some(b'-' | b'0'..=b'9') => raw.get().to_owned(),
            _ => String::new(),
        };
        let trimmed = text.trim();
        Ok(Self((!trimmed.is_empty()).then(|| trimmed.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Option<String> {
        serde_json::from_str::<Text>(json).unwrap().into_inner()
    }

    fn integer(json: &str) -> Option<i64> {
        serde_json::from_str::<Integer>(json).unwrap().get()
    }

    #[test]
    fn ids_keep_every_digit_as_number_and_as_string() {
        assert_eq!(text("123456000000025013").as_deref(), Some("123456000000025013"));
        assert_eq!(text("123456789012345678901234567890").as_deref(), Some("123456789012345678901234567890"));
        assert_eq!(text(r#"" 123456000000025013 ""#).as_deref(), Some("123456000000025013"));
    }

    #[test]
    fn what_is_no_text_is_absent() {
        for json in ["null", "true", "[]", r#"{"a":1}"#, r#""  ""#, r#""\ud800""#] {
            assert_eq!(text(json), None, "{json}");
        }
    }

    #[test]
    fn integers_may_be_strings() {
        assert_eq!(integer("1121"), Some(1121));
        assert_eq!(integer(r#""1121""#), Some(1121));
        assert_eq!(integer("-5"), Some(-5));
        for json in ["null", "1.5", r#""many""#, "[]", "99999999999999999999"] {
            assert_eq!(integer(json), None, "{json}");
        }
    }
}
