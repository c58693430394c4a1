//! Matchers on labels, as [Alertmanager](https://prometheus.io/docs/alerting/latest/configuration/#matcher) writes
//! and reads them: silences, routes and queries use the same ones.

mod classic;
mod json;
mod pattern;
mod quoted;
mod strict;

use std::fmt;
use std::str::FromStr;

use self::pattern::Pattern;
use serde::{Deserialize, Serialize};

use crate::Labels;

/// How much of a matcher an error shows, in characters.
const SHOWN_CHARS: usize = 128;

/// One condition on one label.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "json::Members", into = "json::Members")]
pub struct Matcher {
    name: String,
    operator: Operator,
    value: String,
    /// Shared by clones, so that it is compiled once; none where it compares texts.
    pattern: Option<Pattern>,
}

/// How a matcher compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Regex,
    /// `!~`
    NotRegex,
}

/// Why a text is no matcher.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatcherError {
    /// Neither grammar reads it.
    #[error("`{0}` is not a matcher: write name, one of = != =~ !~, and a value, like env=\"prod\"")]
    Syntax(String),
    /// A matcher of no label.
    #[error("a matcher has no label name: write one in front of the operator")]
    NoName,
    /// A regex that does not compile, or compiles to too much.
    #[error("`{0}` is not a regex that can be used: write RE2 syntax, and less of it if it is long")]
    Regex(String),
}

impl Matcher {
    /// A matcher of label `name`. A regex is tried, so that one that cannot be used is refused here.
    pub fn new(
        name: impl Into<String>,
        operator: Operator,
        value: impl Into<String>,
    ) -> Result<Self, MatcherError> {
        let matcher = Self::untried(name.into(), operator, value.into())?;
        matcher.check()?;
        Ok(matcher)
    }

    /// A matcher whose regex is compiled when it is first needed: of those that are stored, few are.
    fn untried(name: String, operator: Operator, value: String) -> Result<Self, MatcherError> {
        if name.is_empty() {
            return Err(MatcherError::NoName);
        }
        let pattern = operator.is_regex().then(Pattern::default);
        Ok(Self { name, operator, value, pattern })
    }

    /// Whether its regex, if it has one, can be used.
    pub fn check(&self) -> Result<(), MatcherError> {
        match &self.pattern {
            Some(pattern) if !pattern.compiles(&self.value) => Err(MatcherError::Regex(shown(&self.value))),
            _ => Ok(()),
        }
    }

    /// The label's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it compares.
    pub const fn operator(&self) -> Operator {
        self.operator
    }

    /// What it compares with: a text or a regex.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether `labels` satisfy it; a missing label is the empty text.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.matches_value(labels.get(&self.name).map_or("", String::as_str))
    }

    /// Whether a label of value `value` satisfies it; one whose regex cannot be used is never satisfied. A silence whose
    /// every matcher takes `""` would cover everything.
    pub fn matches_value(&self, value: &str) -> bool {
        let is_equal = match &self.pattern {
            Some(pattern) => pattern.matches(&self.value, value),
            None => Some(self.value == value),
        };
        is_equal == Some(self.operator.is_positive())
    }
}

/// Whether `labels` satisfy every one of `matchers`.
pub fn all_match(matchers: &[Matcher], labels: &Labels) -> bool {
    matchers.iter().all(|matcher| matcher.matches(labels))
}

impl Operator {
    /// The operator of Alertmanager's `isRegex` and `isEqual`.
    pub const fn of(is_regex: bool, is_equal: bool) -> Self {
        match (is_regex, is_equal) {
            (false, true) => Self::Equal,
            (false, false) => Self::NotEqual,
            (true, true) => Self::Regex,
            (true, false) => Self::NotRegex,
        }
    }

    /// Alertmanager's `isRegex`.
    pub const fn is_regex(self) -> bool {
        matches!(self, Self::Regex | Self::NotRegex)
    }

    /// Alertmanager's `isEqual`.
    pub const fn is_positive(self) -> bool {
        matches!(self, Self::Equal | Self::Regex)
    }

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Regex => "=~",
            Self::NotRegex => "!~",
        }
    }

    /// The operator that `text` begins with, and what follows it.
    fn split_from(text: &str) -> Option<(Self, &str)> {
        [Self::Regex, Self::NotEqual, Self::NotRegex, Self::Equal]
            .into_iter()
            .find_map(|operator| Some((operator, text.strip_prefix(operator.as_str())?)))
    }
}

/// Name, operator and value, before a regex is compiled.
#[derive(Debug, PartialEq, Eq)]
struct Parts {
    name: String,
    operator: Operator,
    value: String,
}

impl FromStr for Matcher {
    type Err = MatcherError;

    /// Reads one matcher: by the newer grammar, unless that fails or the older one reads it otherwise.
    fn from_str(text: &str) -> Result<Self, MatcherError> {
        let parts = match (strict::parse(text), classic::parse(text)) {
            (Some(strict), None) => strict,
            (_, Some(classic)) => classic,
            (None, None) => return Err(MatcherError::Syntax(shown(text))),
        };
        Self::new(parts.name, parts.operator, parts.value)
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.operator, &self.value) == (&other.name, other.operator, &other.value)
    }
}

impl Eq for Matcher {}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        quoted::write_name(f, &self.name)?;
        f.write_str(self.operator.as_str())?;
        quoted::write(f, &self.value)
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Matcher({self})")
    }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS).collect()
}

#[cfg(test)]
mod tests;
