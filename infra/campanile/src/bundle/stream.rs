//! The stream of the embedded table, as the notifier knows it.

use std::time::Duration;

use aws::Notifier;
use intake::Deadline;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::embedded::{EmbeddedTable, StreamRecord, UpkeepError};

/// How many records the notifier gets at a time, as in AWS.
const BATCH: usize = 100;
/// How long the notifier may take for one event, as in AWS.
pub(super) const DEADLINE: Deadline = Deadline(Duration::from_mins(2));
/// How long to wait where nothing has changed.
const IDLE: Duration = Duration::from_millis(100);
/// How long to wait before a batch comes again.
const AGAIN: Duration = Duration::from_secs(1);

/// Hands the changes of an embedded table to the notifier, each at least once.
#[derive(Debug, Clone)]
pub struct Stream {
    table: EmbeddedTable,
    table_name: String,
    notifier: Notifier,
}

impl Stream {
    /// The stream of `table_name` in `table`, read by `notifier`.
    pub fn new(table: EmbeddedTable, table_name: String, notifier: Notifier) -> Self {
        Self { table, table_name, notifier }
    }

    /// Hands on what has changed until this future is dropped.
    pub async fn run(self) {
        loop {
            match self.hand_on().await {
                Ok(0) => sleep(IDLE).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(error = intake::chain(&error), "stream not read");
                    sleep(AGAIN).await;
                }
            }
        }
    }

    /// Hands on one batch, and says how many records were handled.
    pub async fn hand_on(&self) -> Result<usize, UpkeepError> {
        let records = self.table.oldest_records(&self.table_name, BATCH).await?;
        if records.is_empty() {
            return Ok(0);
        }
        let events: Vec<_> = records.iter().map(|record| record.event.clone()).collect();
        let answer = self.notifier.clone().handle(json!({ "Records": events }), DEADLINE).await;
        let handled = handled(&records, answer.as_ref().ok());
        if let Some(last) = handled.last() {
            self.table.forget_records(&self.table_name, &last.sequence_number).await?;
        }
        if handled.len() < records.len() {
            sleep(AGAIN).await;
        }
        Ok(handled.len())
    }
}

/// The records before the first that has to come again; none if the batch failed as a whole.
fn handled<'a>(records: &'a [StreamRecord], answer: Option<&Value>) -> &'a [StreamRecord] {
    let Some(answer) = answer else { return &[] };
    let failed = answer["batchItemFailures"][0]["itemIdentifier"].as_str();
    let first = failed.and_then(|number| records.iter().position(|record| record.sequence_number == number));
    records.get(..first.unwrap_or(records.len())).unwrap_or_default()
}
