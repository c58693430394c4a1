//! A matcher as JSON: name, value, and Alertmanager's two flags in our spelling.

use serde::{Deserialize, Serialize};

use super::{Matcher, MatcherError, Operator};

/// The members of a matcher.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Matcher"))]
pub(super) struct Members {
    /// The label's name.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    name: String,
    /// What it is compared with: a text, or a regex in RE2 syntax that must match the whole value.
    value: String,
    /// Whether the value is a regex.
    #[serde(default)]
    is_regex: bool,
    /// Whether the label must match, rather than must not.
    #[serde(default = "yes")]
    is_equal: bool,
}

const fn yes() -> bool {
    true
}

impl TryFrom<Members> for Matcher {
    type Error = MatcherError;

    fn try_from(members: Members) -> Result<Self, Self::Error> {
        Self::untried(members.name, Operator::of(members.is_regex, members.is_equal), members.value)
    }
}

impl From<Matcher> for Members {
    fn from(matcher: Matcher) -> Self {
        Self {
            is_regex: matcher.operator.is_regex(),
            is_equal: matcher.operator.is_positive(),
            name: matcher.name,
            value: matcher.value,
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Matcher {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Members::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Members::json_schema(generator)
    }
}
