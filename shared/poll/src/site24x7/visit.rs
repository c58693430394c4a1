//! One poll: read both, record both, move the cursor.

use alert::{Clock, Source};
use aws::{AccountTokens, Table};
use intake::chain;
use jiff::Timestamp;
use normalize::site24x7::{StatusRow, utc_offset_of};
use site24x7::Calls;

use crate::site24x7::account::Account;
use crate::site24x7::logs::LogsRead;
use crate::site24x7::poller::PollError;
use crate::site24x7::report::{Counts, Outcome, PartError, Polled};
use crate::site24x7::window::Window;

/// What one run has at hand.
pub(crate) struct Visit<'a, C> {
    pub(crate) table: &'a Table,
    pub(crate) account: &'a Account<C>,
    pub(crate) calls: Calls<'a, AccountTokens, C>,
    /// When it started, by our clock.
    pub(crate) now: Timestamp,
}

impl<C: Clock> Visit<'_, C> {
    /// Reads alert logs and current status and records what is new; neither part's failure stops the other.
    pub(crate) async fn poll(&self, scheduled_at: Timestamp) -> Result<Outcome, PollError> {
        let cursor =
            self.table.poll_cursor(Source::Site24x7, self.name()).await.map_err(PollError::Cursor)?;
        let window = Window::of(cursor, self.now);
        let logs = self.read_logs(window.dates()).await;
        let status = self.read_status(scheduled_at).await;

        let rows = status.as_deref().unwrap_or_default();
        let logs = self.record_new_logs(&window, logs, rows).await;
        let status = match status {
            Ok(rows) => self.record_status(&rows).await,
            Err(error) => Err(error),
        };
        let outcome = Polled { logs, status }.into_outcome()?;
        self.note_heartbeat(&outcome).await;
        Ok(outcome)
    }

    /// Records the logs, and only then moves the cursor over them.
    async fn record_new_logs(
        &self,
        window: &Window,
        read: LogsRead,
        status: &[StatusRow],
    ) -> Result<Counts, PartError> {
        let dates = read.dates();
        let (days, stopped) = (read.days, read.stopped);
        let recorded =
            self.record_logs(&days, window.rows(), status, |logs| logs.demote_contradicted(status)).await;
        let (counts, utc_offset) = match (recorded, stopped) {
            (_, Some(error)) if days.is_empty() => return Err(error.into()),
            (recorded, None) => recorded?,
            (recorded, Some(error)) => {
                tracing::warn!(source = %Source::Site24x7, error = chain(&error), "not every date was read");
                recorded?
            }
        };
        if let Some(watermark) = window.watermark_after(&dates) {
            let utc_offset = utc_offset.or_else(|| utc_offset_of(status));
            let moved =
                self.table.advance_poll_cursor(Source::Site24x7, self.name(), watermark, utc_offset).await;
            moved.map_err(PartError::Store)?;
        }
        Ok(counts)
    }

    async fn note_heartbeat(&self, outcome: &Outcome) {
        if !matches!(outcome, Outcome::Polled(_)) {
            return;
        }
        if let Err(error) = self.table.heard_of(Source::Site24x7, self.name(), self.now).await {
            tracing::warn!(source = %Source::Site24x7, error = chain(&error), "heartbeat not noted");
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.account.name()
    }
}
