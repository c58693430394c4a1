//! The table for a simulation: answers come on the thread that asks, so that its own clock alone decides what comes first.

use http::StatusCode;

use super::operations;
use super::service::{AwsAnswer, AwsCall};
use super::table::{EmbeddedTable, Engine};
use super::upkeep::{self, StreamRecord, UpkeepError};

impl EmbeddedTable {
    /// Answers `call` on this thread, which waits for the disk if the table has one.
    pub fn answer_at_once(&self, call: &AwsCall) -> AwsAnswer {
        let answered = self.at_once(|engine| operations::run(&engine.database, call));
        answered.unwrap_or_else(|| {
            let message = "the table is in use by another thread";
            AwsAnswer::error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", message)
        })
    }

    /// The same as [`oldest_records`](Self::oldest_records), on this thread; none while another one has the table.
    pub fn oldest_records_at_once(
        &self,
        table_name: &str,
        at_most: usize,
    ) -> Result<Vec<StreamRecord>, UpkeepError> {
        let read = self.at_once(|engine| upkeep::read(engine, table_name.to_owned(), at_most));
        read.unwrap_or_else(|| Ok(Vec::new()))
    }

    /// The same as [`forget_records`](Self::forget_records), on this thread; none while another one has the table.
    pub fn forget_records_at_once(
        &self,
        table_name: &str,
        sequence_number: &str,
    ) -> Result<usize, UpkeepError> {
        let stored = upkeep::stored_number(sequence_number)?;
        let trimmed = self.at_once(|engine| upkeep::trim(&engine.upkeep, table_name.to_owned(), stored));
        trimmed.unwrap_or(Ok(0))
    }

    fn at_once<T>(&self, work: impl FnOnce(&Engine) -> T) -> Option<T> {
        self.engine.try_lock().ok().map(|engine| work(&engine))
    }
}
