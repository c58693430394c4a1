//! What DynamoDB does between calls: it keeps an ordered stream of what changed, and deletes what has expired.

use dynoxide::DynoxideError;
use dynoxide::actions::get_records::{GetRecordsRequest, Record};
use dynoxide::actions::get_shard_iterator::encode_shard_iterator;
use dynoxide::streams::shard_id;
use rusqlite::Connection;
use serde_json::Value;
use tokio::task;

use super::table::{EmbeddedTable, Engine};

/// What opening does to a file's stream.
///
/// dynoxide numbers a record one above the highest of its table, and looks at every record to find that:
/// without the index, writes slow down twentyfold over 12,000 records. Records older than a day
/// are dropped, as DynamoDB drops them; dynoxide keeps them for ever.
const PREPARE: &str = "
    CREATE INDEX IF NOT EXISTS campanile_stream_order
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
    DELETE FROM _stream_records WHERE created_at < unixepoch() - 86400;";

/// Deletes a table's records up to a number, that one included.
const FORGET: &str =
    "DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) <= ?2";

/// What a public sequence number is above the number in the file.
const SEQUENCE_NUMBER_OFFSET: u128 = 100_000_000_000_000_000_000;

/// One change of one item.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamRecord {
    /// Place in the stream: digits, the same number of them always.
    pub sequence_number: String,
    /// The record as a stream's function gets it among its event's `Records`: `eventID`, `eventName` (`INSERT`, `MODIFY`
    /// or `REMOVE`), `dynamodb` with `Keys`, `NewImage`, `OldImage`, and so on.
    pub event: Value,
}

/// Why the stream could not be read or trimmed, or expired items not be deleted.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    /// The records cannot be read; there may be no such table.
    #[error("cannot read the stream of table `{table_name}`")]
    Read {
        /// The table.
        table_name: String,
        /// What dynoxide says.
        #[source]
        source: DynoxideError,
    },
    /// A record has no JSON form.
    #[error("cannot write a stream record of table `{table_name}` as JSON")]
    Encode {
        /// The table.
        table_name: String,
        /// What serde says.
        #[source]
        source: serde_json::Error,
    },
    /// The records cannot be deleted.
    #[error("cannot trim the stream of table `{table_name}`")]
    Trim {
        /// The table.
        table_name: String,
        /// What SQLite says.
        #[source]
        source: rusqlite::Error,
    },
    /// The number is none that a record of this table ever had.
    #[error(
        "`{sequence_number}` is not a sequence number of the embedded stream: give one that a record had"
    )]
    SequenceNumber {
        /// What was given.
        sequence_number: String,
    },
    /// Some expired items may be deleted, others not.
    #[error("cannot delete the expired items")]
    Expire {
        /// What dynoxide says.
        #[source]
        source: DynoxideError,
    },
    /// The work ended without a result, because the runtime is stopping.
    #[error("the upkeep of the table was interrupted")]
    Interrupted {
        /// What the runtime says.
        #[source]
        source: task::JoinError,
    },
}

impl EmbeddedTable {
    /// The oldest records of `table_name` that were not forgotten yet, in order: `at_most`, and never more than 1,000.
    ///
    /// Together with [`forget_records`](Self::forget_records) this is a queue that survives a restart:
    /// read, hand on, forget. What was not forgotten comes again.
    pub async fn oldest_records(
        &self,
        table_name: &str,
        at_most: usize,
    ) -> Result<Vec<StreamRecord>, UpkeepError> {
        let table_name = table_name.to_owned();
        self.in_turn(move |engine| read(engine, table_name, at_most))
            .await
            .map_err(|source| UpkeepError::Interrupted { source })?
    }

    /// Forgets the records of `table_name` up to and including `sequence_number`, and says how many they were.
    pub async fn forget_records(
        &self,
        table_name: &str,
        sequence_number: &str,
    ) -> Result<usize, UpkeepError> {
        let stored = stored_number(sequence_number)?;
        let table_name = table_name.to_owned();
        self.in_turn(move |engine| trim(&engine.upkeep, table_name, stored))
            .await
            .map_err(|source| UpkeepError::Interrupted { source })?
    }

    /// Deletes the items whose time to live is over, as DynamoDB does when it finds the time, and says how many.
    ///
    /// Nothing else here deletes or hides an expired item.
    pub async fn delete_expired(&self) -> Result<usize, UpkeepError> {
        // Not in turn: a sweep lets other calls in between its own steps.
        let database = self.engine.lock().await.database.clone();
        task::spawn_blocking(move || database.sweep_ttl())
            .await
            .map_err(|source| UpkeepError::Interrupted { source })?
            .map_err(|source| UpkeepError::Expire { source })
    }
}

/// Opens a second connection to dynoxide's `file` and does with the stream what dynoxide does not.
pub(super) fn prepare(file: &str) -> rusqlite::Result<Connection> {
    let upkeep = Connection::open(file)?;
    upkeep.execute_batch(PREPARE)?;
    // A record that comes back after a power cut is handed on again, which is allowed; waiting for the disk is not worth it.
    upkeep.pragma_update(None, "synchronous", "NORMAL")?;
    Ok(upkeep)
}

pub(super) fn read(
    engine: &Engine,
    table_name: String,
    at_most: usize,
) -> Result<Vec<StreamRecord>, UpkeepError> {
    let shard_iterator = encode_shard_iterator(&table_name, &shard_id(&table_name), 0);
    let request = GetRecordsRequest { shard_iterator, limit: Some(at_most) };
    let records = match engine.database.get_records(request) {
        Ok(answer) => answer.records,
        Err(source) => return Err(UpkeepError::Read { table_name, source }),
    };
    let records: Result<_, _> = records.into_iter().map(as_event).collect();
    records.map_err(|source| UpkeepError::Encode { table_name, source })
}

fn as_event(record: Record) -> serde_json::Result<StreamRecord> {
    let event = serde_json::to_value(&record)?;
    Ok(StreamRecord { sequence_number: record.dynamodb.sequence_number, event })
}

pub(super) fn trim(upkeep: &Connection, table_name: String, stored: i64) -> Result<usize, UpkeepError> {
    upkeep.execute(FORGET, (&table_name, stored)).map_err(|source| UpkeepError::Trim { table_name, source })
}

pub(super) fn stored_number(public: &str) -> Result<i64, UpkeepError> {
    let stored = public.parse::<u128>().ok().and_then(|number| number.checked_sub(SEQUENCE_NUMBER_OFFSET));
    stored
        .and_then(|number| i64::try_from(number).ok())
        .ok_or_else(|| UpkeepError::SequenceNumber { sequence_number: public.to_owned() })
}

#[cfg(test)]
mod tests {
    use dynoxide::Database;

    use super::*;

    /// How dynoxide finds the number of the next record.
    const HIGHEST: &str = "EXPLAIN QUERY PLAN SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1
        FROM _stream_records WHERE table_name = ?1";

    #[test]
    fn the_next_number_is_found_in_the_index() {
        let file = "file:/upkeep-index?vfs=memdb";
        let _database = Database::new(file).unwrap();
        let upkeep = prepare(file).unwrap();

        let plan: String = upkeep.query_row(HIGHEST, ["campanile"], |row| row.get("detail")).unwrap();

        assert!(plan.contains("SEARCH") && plan.contains("campanile_stream_order"), "{plan}");
    }

    #[test]
    fn opening_drops_the_records_of_the_day_before_yesterday() {
        let file = "file:/upkeep-age?vfs=memdb";
        let _database = Database::new(file).unwrap();
        let upkeep = prepare(file).unwrap();
        let insert = "INSERT INTO _stream_records
            (table_name, event_name, keys_json, sequence_number, shard_id, created_at)
            VALUES ('campanile', 'INSERT', '{}', ?1, 'shard', unixepoch() - ?2)";
        upkeep.execute(insert, (1, 2 * 86_400)).unwrap();
        upkeep.execute(insert, (2, 3_600)).unwrap();

        let upkeep = prepare(file).unwrap();

        let kept: String = upkeep
            .query_row("SELECT group_concat(sequence_number) FROM _stream_records", [], |row| row.get(0))
            .unwrap();
        assert_eq!(kept, "2");
    }
}
