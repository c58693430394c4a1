//! The systems that speak to Campanile.

use jiff::SignedDuration;
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

impl Source {
    /// How long after a newer event of the same alert this source never hands one on, so that an older time then is that
    /// of a clock that is behind: senders retry for minutes. `None` of Site24x7, whose webhook may be slower than the poller
    /// by any time, and whose current status sets right what a wrong time hides.
    pub(crate) const fn never_so_late(self) -> Option<SignedDuration> {
        match self {
            Self::Site24x7 => None,
            Self::Netdata | Self::Kazoo | Self::Tencent | Self::Alertmanager | Self::Campanile => {
                Some(SignedDuration::from_mins(15))
            }
        }
    }
}
