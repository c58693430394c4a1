//! What became of a run.

use alert::Source;
use intake::{Measure, Recorded, StoreError, chain, count};
use jiff::Timestamp;
use site24x7::CallError;

use crate::site24x7::poller::PollError;

/// What a run came to.
#[derive(Debug)]
pub enum Outcome {
    /// The secret does not say whom to poll.
    NotConfigured {
        /// What is missing, for people.
        missing: String,
    },
    /// Zoho has throttled; nobody asks before.
    CoolingDown {
        /// When a run may try again.
        until: Timestamp,
    },
    /// At least one part was read and recorded.
    Polled(Polled),
    /// The dates asked for are recorded.
    Backfilled {
        /// How many.
        dates: usize,
        /// What was recorded.
        counts: Counts,
    },
}

/// Both parts of a poll.
#[derive(Debug)]
pub struct Polled {
    /// The alert logs.
    pub logs: Result<Counts, PartError>,
    /// The current status.
    pub status: Result<Counts, PartError>,
}

/// How many events a part brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Events that are in the table now.
    pub recorded: usize,
    /// Events that were there before.
    pub duplicates: usize,
    /// Rows that are in quarantine, some of them for longer.
    pub unreadable: usize,
}

/// Why one part of a poll came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum PartError {
    /// It could not be read.
    #[error("site24x7 could not be read")]
    Call(#[from] CallError),
    /// It could not be recorded.
    #[error("what site24x7 says could not be recorded")]
    Store(#[source] StoreError),
}

/// What a run brought, in words.
pub(crate) fn healed_of(outcome: &Outcome) -> Option<String> {
    let recorded = match outcome {
        Outcome::Polled(Polled { logs, status }) => {
            [logs, status].into_iter().filter_map(|part| Some(part.as_ref().ok()?.recorded)).sum()
        }
        Outcome::Backfilled { counts, .. } => counts.recorded,
        Outcome::NotConfigured { .. } | Outcome::CoolingDown { .. } => 0,
    };
    (recorded > 0).then(|| format!("events recorded that did not arrive: {recorded}"))
}

/// Why a run, or a part of it, came to nothing.
pub(crate) fn failure_of(result: &Result<Outcome, PollError>) -> Option<String> {
    match result {
        Err(error) => Some(chain(error)),
        Ok(Outcome::CoolingDown { until }) => Some(format!("zoho is asked for nothing before {until}")),
        Ok(Outcome::Polled(Polled { logs, status })) => {
            [logs, status].into_iter().find_map(|part| part.as_ref().err()).map(|error| chain(error))
        }
        Ok(Outcome::NotConfigured { .. } | Outcome::Backfilled { .. }) => None,
    }
}

impl Counts {
    pub(crate) fn add(&mut self, recorded: Option<Recorded>) {
        match recorded {
            Some(Recorded::New(_)) => self.recorded += 1,
            Some(Recorded::Duplicate) => self.duplicates += 1,
            None => self.unreadable += 1,
        }
    }

    /// Adds them to the metrics.
    fn count(self) {
        count(Measure::Recorded, Source::Site24x7, self.recorded);
        count(Measure::Duplicates, Source::Site24x7, self.duplicates);
        count(Measure::Quarantined, Source::Site24x7, self.unreadable);
    }
}

impl PartError {
    fn cooling_down_until(&self) -> Option<Timestamp> {
        match self {
            Self::Call(error) => error.cooling_down_until(),
            Self::Store(_) => None,
        }
    }

    /// What does not work without the scope that the call lacked.
    fn is_lost(&self) -> Option<&'static str> {
        match self {
            Self::Call(error) if error.is_scope_missing() => {
                error.call().scope().map(site24x7::Scope::without_it)
            }
            Self::Call(_) | Self::Store(_) => None,
        }
    }
}

impl Polled {
    /// A poll of which anything worked has worked; one that was throttled on its way ends without an error, too.
    pub(crate) fn into_outcome(self) -> Result<Outcome, PollError> {
        match self {
            Self { logs: Err(logs), status: Err(status) } => {
                let until = logs.cooling_down_until().or(status.cooling_down_until());
                until.map(|until| Outcome::CoolingDown { until }).ok_or_else(|| {
                    tracing::warn!(source = %Source::Site24x7, error = chain(&logs), "alert logs not polled");
                    PollError::NothingWorked(status)
                })
            }
            polled => Ok(Outcome::Polled(polled)),
        }
    }
}

/// Logs what became of a run.
pub(crate) fn say(outcome: &Outcome) {
    let source = Source::Site24x7;
    match outcome {
        Outcome::NotConfigured { missing } => {
            tracing::info!(%source, missing, "site24x7 poll skipped: the secret is not complete");
        }
        Outcome::CoolingDown { until } => {
            tracing::warn!(%source, %until, "site24x7 poll skipped: zoho issues no more tokens");
        }
        Outcome::Polled(polled) => {
            say_part("alert logs", &polled.logs);
            say_part("current status", &polled.status);
        }
        Outcome::Backfilled { dates, counts } => {
            let Counts { recorded, duplicates, unreadable } = counts;
            tracing::info!(%source, dates, recorded, duplicates, unreadable, "backfilled");
            counts.count();
        }
    }
}

fn say_part(part: &'static str, outcome: &Result<Counts, PartError>) {
    let source = Source::Site24x7;
    match outcome {
        Ok(counts) => {
            let Counts { recorded, duplicates, unreadable } = counts;
            tracing::info!(%source, part, recorded, duplicates, unreadable, "polled");
            counts.count();
        }
        Err(error) => {
            tracing::warn!(%source, part, error = chain(error), lost = error.is_lost(), "site24x7 part not polled");
        }
    }
}
