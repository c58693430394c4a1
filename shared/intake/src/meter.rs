//! Counts of what becomes of requests: what an operator watches over time, beside the log, which has each case.
//!
//! A count is a tracing event of the target [`COUNTS`] and of the lowest level, so that an ordinary log leaves it out.
//! Whoever runs the pipeline makes metrics of it.

use alert::Source;

/// The target of counts. Their fields are `measure`, `count`, and `source` or `destination` where there is one.
pub const COUNTS: &str = "campanile::counts";

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Events that are in the table now.
    Recorded,
    /// Events that were there before.
    Duplicates,
    /// Requests that were not understood.
    Quarantined,
    /// Requests that were damaged and understood all the same.
    Repaired,
    /// Requests without a valid credential.
    Unauthorized,
    /// Requests refused for another reason that lies with the sender.
    Refused,
    /// Requests that failed for a reason that lies with us.
    Failed,
    /// Events whose sender's clock is so wrong that they count as of their reception.
    Skewed,
    /// Alerts that a sender says it left out.
    LeftOut,
    /// Stored items that could not be read and were left out.
    Unreadable,
    /// Secrets whose current version was found to be of no use when it was read.
    UnusableSecrets,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Self; 11] = [
        Self::Recorded,
        Self::Duplicates,
        Self::Quarantined,
        Self::Repaired,
        Self::Unauthorized,
        Self::Refused,
        Self::Failed,
        Self::Skewed,
        Self::LeftOut,
        Self::Unreadable,
        Self::UnusableSecrets,
    ];

    /// Its name as a metric, in CloudWatch's manner.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "EventsRecorded",
            Self::Duplicates => "EventsDuplicate",
            Self::Quarantined => "RequestsQuarantined",
            Self::Repaired => "BodiesRepaired",
            Self::Unauthorized => "RequestsUnauthorized",
            Self::Refused => "RequestsRefused",
            Self::Failed => "RequestsFailed",
            Self::Skewed => "EventsSkewed",
            Self::LeftOut => "AlertsLeftOut",
            Self::Unreadable => "ItemsUnreadable",
            Self::UnusableSecrets => "SecretsUnusable",
        }
    }
}

/// Counts `count` times what became of something that `source` sent; nothing where that is zero.
pub fn count(measure: Measure, source: Source, count: usize) {
    if count > 0 {
        tracing::trace!(target: COUNTS, measure = measure.as_str(), source = source.as_str(), count);
    }
}

/// Counts `count` times what no source sent; nothing where that is zero.
pub fn count_without_source(measure: Measure, count: usize) {
    if count > 0 {
        tracing::trace!(target: COUNTS, measure = measure.as_str(), count);
    }
}
