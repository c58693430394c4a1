//! The alert logs: read by date, understood by name, recorded by time.

use alert::Clock;
use intake::Quarantined;
use jiff::civil::Date;
use jiff::tz::Offset;
use normalize::site24x7::{LogEvents, LogWindow, MonitorNames, StatusRow, UnreadableRow, alert_logs};
use serde_json::Value;
use site24x7::CallError;

use crate::site24x7::recording::{inbound, raw_rows};
use crate::site24x7::report::{Counts, PartError};
use crate::site24x7::visit::Visit;

/// The rows of each date, in order, until a date could not be read.
pub(crate) struct LogsRead {
    pub(crate) days: Vec<(Date, Vec<Value>)>,
    pub(crate) stopped: Option<CallError>,
}

/// What the rows mean.
#[derive(Default)]
struct Harvest {
    logs: LogEvents,
    unreadable: Vec<(Date, UnreadableRow)>,
}

impl LogsRead {
    pub(crate) fn dates(&self) -> Vec<Date> {
        self.days.iter().map(|(date, _)| *date).collect()
    }
}

impl<C: Clock> Visit<'_, C> {
    /// Reads `dates`, and stops at the first that is not answered.
    pub(crate) async fn read_logs(&self, dates: Vec<Date>) -> LogsRead {
        let mut days = Vec::new();
        for date in dates {
            match self.calls.alert_logs(date).await {
                Ok(rows) => days.push((date, rows)),
                Err(error) => return LogsRead { days, stopped: Some(error) },
            }
        }
        LogsRead { days, stopped: None }
    }

    /// Records the events of `days` by time and puts unreadable rows into quarantine. `judge` makes notices of what
    /// something surer contradicts. Says the account's offset, too, where a row shows it.
    pub(crate) async fn record_logs(
        &self,
        days: &[(Date, Vec<Value>)],
        window: LogWindow,
        status: &[StatusRow],
        judge: impl FnOnce(&mut LogEvents),
    ) -> Result<(Counts, Option<Offset>), PartError> {
        let mut harvest = self.understand(days, window, status).await;
        judge(&mut harvest.logs);
        let mut counts = Counts::default();
        for logged in harvest.logs.events {
            let inbound = inbound(raw_rows(&logged.rows), self.now);
            counts.add(Box::pin(self.record(logged.event, &inbound)).await?);
        }
        for (date, row) in harvest.unreadable {
            self.quarantine(date, row).await?;
            counts.unreadable += 1;
        }
        Ok((counts, harvest.logs.utc_offset))
    }

    /// Reads the rows with the names that are known, and once more with newer ones where those do not do.
    async fn understand(
        &self,
        days: &[(Date, Vec<Value>)],
        window: LogWindow,
        status: &[StatusRow],
    ) -> Harvest {
        if days.iter().all(|(_, rows)| rows.is_empty()) {
            return Harvest::default();
        }
        let names = self.names(status).await;
        let harvest = self.harvest(days, &names.of_monitors, window);
        if harvest.logs.unresolved_rows == 0 {
            return harvest;
        }
        match self.newer_names(&names, status).await {
            Some(names) => self.harvest(days, &names.of_monitors, window),
            None => harvest,
        }
    }

    fn harvest(&self, days: &[(Date, Vec<Value>)], names: &MonitorNames, window: LogWindow) -> Harvest {
        let mut harvest = Harvest::default();
        for (date, rows) in days {
            let day = alert_logs(rows, names, self.name(), self.account.api_root(), window);
            harvest.add(*date, day);
        }
        harvest
    }

    /// Keeps a row under an id that follows from its date and its text alone, so that it is one entry however often
    /// the date is read.
    async fn quarantine(&self, date: Date, row: UnreadableRow) -> Result<(), PartError> {
        let moment = Offset::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight()));
        let inbound = inbound(row.row.to_string().into_bytes(), moment.unwrap_or(self.now));
        let quarantined = Quarantined::new(alert::Source::Site24x7, row.rejection, inbound);
        intake::Store::quarantine(self.table, &quarantined).await.map_err(PartError::Store)
    }
}

impl Harvest {
    fn add(&mut self, date: Date, day: LogEvents) {
        self.logs.events.extend(day.events);
        self.logs.unresolved_rows += day.unresolved_rows;
        self.logs.utc_offset = day.utc_offset.or(self.logs.utc_offset);
        self.unreadable.extend(day.unreadable.into_iter().map(|row| (date, row)));
    }
}
