//! The systems that speak to Campanile.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A monitoring system whose events we take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Netdata Cloud.
    Netdata,
    /// KAZOO by 2600Hz.
    Kazoo,
    /// Tencent Cloud Monitor.
    Tencent,
    /// Site24x7, by webhook or polled.
    Site24x7,
    /// Prometheus or an Alertmanager that sends to us.
    Alertmanager,
    /// Campanile itself, about its own health: a source that fell silent.
    Campanile,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 6] =
        [Self::Netdata, Self::Kazoo, Self::Tencent, Self::Site24x7, Self::Alertmanager, Self::Campanile];

    /// The word used in JSON, in queries, in paths and in names of secrets.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Netdata => "netdata",
            Self::Kazoo => "kazoo",
            Self::Tencent => "tencent",
            Self::Site24x7 => "site24x7",
            Self::Alertmanager => "alertmanager",
            Self::Campanile => "campanile",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A word that names no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a source: use netdata, kazoo, tencent, site24x7, alertmanager or campanile")]
pub struct UnknownSource(String);

impl FromStr for Source {
    type Err = UnknownSource;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|source| source.as_str() == word)
            .ok_or_else(|| UnknownSource(word.chars().take(64).collect()))
    }
}
