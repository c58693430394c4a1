//! Reading past dates once more, or for the first time. The cursor stays where it is.

use std::time::Duration;

use alert::{Clock, Source};
use intake::chain;
use jiff::Timestamp;
use normalize::site24x7::LogWindow;

use crate::site24x7::days::Days;
use crate::site24x7::logs::LogsRead;
use crate::site24x7::poller::PollError;
use crate::site24x7::report::Outcome;
use crate::site24x7::visit::Visit;

/// Between two dates, so that the API does not lock: it bears 50 calls in five minutes.
const PAUSE: Duration = Duration::from_secs(6);

impl<C: Clock> Visit<'_, C> {
    /// Records the alert logs of `days`. What they leave open and nothing surer confirms becomes history only: nobody
    /// would ever close it.
    pub(crate) async fn backfill(&self, days: Days) -> Result<Outcome, PollError> {
        let mut read = self.read_slowly(days).await;
        let status = self.read_status(self.now).await.unwrap_or_else(|error| {
            tracing::warn!(source = %Source::Site24x7, error = chain(&error), "backfill without current status");
            Vec::new()
        });
        let window = LogWindow { from: Timestamp::MIN, now: self.now };
        let recorded = self.record_logs(&read.days, window, &status, |logs| {
            logs.demote_contradicted(&status);
            logs.demote_unclosed(&status);
        });
        let (counts, _) = recorded.await.map_err(PollError::Backfill)?;
        match (read.stopped.take(), days.iter().nth(read.days.len())) {
            (Some(source), Some(next)) => Err(PollError::Stopped { next, source }),
            _ => Ok(Outcome::Backfilled { dates: read.days.len(), counts }),
        }
    }

    /// Reads one date after the other, and stops at the first that is not answered.
    async fn read_slowly(&self, days: Days) -> LogsRead {
        let mut read = LogsRead { days: Vec::new(), stopped: None };
        for date in days.iter() {
            if !read.days.is_empty() {
                self.account.client.clock().sleep(PAUSE).await;
            }
            match self.calls.alert_logs(date).await {
                Ok(rows) => read.days.push((date, rows)),
                Err(error) => {
                    read.stopped = Some(error);
                    break;
                }
            }
        }
        read
    }
}
