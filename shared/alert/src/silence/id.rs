//! A silence's name: a UUID, as Alertmanager's tools expect.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Names one silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SilenceId(Uuid);

/// A text that names no silence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a silence id: give a UUID, like 6f1c2a34-5b67-489a-abcd-0123456789ab")]
pub struct ParseSilenceIdError(String);

impl SilenceId {
    /// A UUID of version 4 from 128 bits of chance.
    pub fn from_chance(chance: u128) -> Self {
        Self(uuid::Builder::from_random_bytes(chance.to_be_bytes()).into_uuid())
    }
}

impl fmt::Display for SilenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<SilenceId> for String {
    fn from(id: SilenceId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for SilenceId {
    type Error = ParseSilenceIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for SilenceId {
    type Err = ParseSilenceIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uuid = Uuid::try_parse(text).ok();
        uuid.map(Self).ok_or_else(|| ParseSilenceIdError(text.chars().take(64).collect()))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for SilenceId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SilenceId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "uuid" })
    }
}
