//! The systems that speak to Campanile.

use serde::{Deserialize, Serialize};

use crate::word::words;

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

words!(
    Source is a "source":
    Netdata "netdata", Kazoo "kazoo", Tencent "tencent", Site24x7 "site24x7", Alertmanager "alertmanager",
    Campanile "campanile",
);
