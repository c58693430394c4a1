//! Text that people write, of a length that a table item can hold.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// A text of `LEAST` to `MOST` characters.
#[derive(Debug, Clone)]
pub(crate) struct Text<const LEAST: usize, const MOST: usize>(pub(crate) String);

impl<'de, const LEAST: usize, const MOST: usize> Deserialize<'de> for Text<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if (LEAST..=MOST).contains(&text.chars().count()) {
            return Ok(Self(text));
        }
        Err(D::Error::custom(format!("give {LEAST} to {MOST} characters")))
    }
}

impl<const LEAST: usize, const MOST: usize> JsonSchema for Text<LEAST, MOST> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": LEAST, "maxLength": MOST })
    }
}
