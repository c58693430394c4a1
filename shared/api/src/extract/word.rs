//! Words of a query string, taken to the letter: what is accepted is what `/v1/openapi.json` describes.

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

use alert::matcher::Matcher;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// How many items a page has unless asked otherwise.
const DEFAULT_LIMIT: usize = 100;
/// How many items a page has at most.
const MOST: usize = 1000;

/// One word; blank is as if absent.
pub(crate) struct Word<T>(pub(crate) Option<T>);

/// Any number of words: the parameter, given several times.
pub(crate) struct Words<T>(pub(crate) Vec<T>);

/// A matcher as Alertmanager writes it.
pub(crate) struct MatcherText(pub(crate) Matcher);

/// How many items are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit(pub(crate) usize);

/// A number that is no length of a page.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not between 1 and {MOST}")]
pub(crate) struct LimitError(String);

impl<T> Default for Word<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Default for Words<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl Word<Limit> {
    /// The limit asked for, or the default.
    pub(crate) fn items(&self) -> usize {
        self.0.map_or(DEFAULT_LIMIT, |Limit(items)| items)
    }
}

impl FromStr for Limit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        let items = text.parse().ok().filter(|items| (1..=MOST).contains(items) && items.to_string() == text);
        items.map(Self).ok_or_else(|| LimitError(text.chars().take(64).collect()))
    }
}

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let word = Some(text.as_str()).filter(|word| !word.is_empty());
        word.map(str::parse).transpose().map(Self).map_err(D::Error::custom)
    }
}

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Words<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        texts.iter().map(|text| text.parse()).collect::<Result<_, _>>().map(Self).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for MatcherText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

impl<T: JsonSchema> JsonSchema for Word<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let word = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [word, { "type": ["string", "null"], "maxLength": 0 }] })
    }
}

impl<T: JsonSchema> JsonSchema for Words<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}s", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let word = generator.subschema_for::<T>();
        json_schema!({ "type": "array", "items": word })
    }
}

impl JsonSchema for MatcherText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "MatcherText".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "examples": ["instance=~\"db.*\""] })
    }
}

impl JsonSchema for Limit {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Limit".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT })
    }
}
