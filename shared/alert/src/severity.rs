//! How bad it is, on one scale for every source.

use serde::{Deserialize, Serialize};

use crate::word::words;

/// How bad a firing alert is; ordered, so that `Info < Low < Warning < High < Critical`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, nothing to do.
    Info,
    /// To be looked at some day.
    Low,
    /// To be looked at soon.
    Warning,
    /// To be looked at now.
    High,
    /// Somebody must get up.
    Critical,
}

words!(Severity is a "severity": Info "info", Low "low", Warning "warning", High "high", Critical "critical");
