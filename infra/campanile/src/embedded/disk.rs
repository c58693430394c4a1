//! A table that cannot be written any more: named once, and once more when it can.
//!
//! Everything that needs the table fails then, again and again, and each failure alone says little.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use dynoxide::DynoxideError;
use rusqlite::ErrorCode;

/// Whether the table of this process could not be written when that was tried last.
static IS_UNWRITABLE: AtomicBool = AtomicBool::new(false);
/// How many lines about it were left out of the log.
static LEFT_OUT: AtomicU64 = AtomicU64::new(0);

/// What SQLite says of such a table, and what the pipeline says that waited for it in vain.
const CONSEQUENCES: [&str; 6] = [
    "database or disk is full",
    "attempt to write a readonly database",
    "disk I/O error",
    "unable to open database file",
    "the table did not answer",
    "the table cannot be written",
];

/// Notes how an operation of the table ended.
pub(super) fn note<T>(operation: &str, outcome: &Result<T, DynoxideError>) {
    match outcome {
        Err(error) => {
            if let Some(reason) = reason(error)
                && !IS_UNWRITABLE.swap(true, Ordering::Relaxed)
            {
                tracing::error!(
                    reason,
                    "the table cannot be written, and nothing is taken until it can: free space on the disk that \
                     holds it, and make its directory writable"
                );
            }
        }
        Ok(_) if writes(operation) && IS_UNWRITABLE.swap(false, Ordering::Relaxed) => {
            let left_out = LEFT_OUT.swap(0, Ordering::Relaxed);
            tracing::warn!(left_out, "the table can be written again");
        }
        Ok(_) => {}
    }
}

/// Whether a line of the log whose error is `error` says again what was told already; if so, it counts as left out.
pub fn is_told_already(error: &str) -> bool {
    let is_told =
        IS_UNWRITABLE.load(Ordering::Relaxed) && CONSEQUENCES.iter().any(|words| error.contains(words));
    if is_told {
        LEFT_OUT.fetch_add(1, Ordering::Relaxed);
    }
    is_told
}

fn reason(error: &DynoxideError) -> Option<&'static str> {
    let DynoxideError::SqliteError(error) = error else { return None };
    match error.sqlite_error_code()? {
        ErrorCode::DiskFull => Some("the disk is full"),
        ErrorCode::ReadOnly => Some("it may only be read"),
        ErrorCode::SystemIoFailure => Some("the disk does not take what is written"),
        ErrorCode::CannotOpen => Some("its file cannot be opened"),
        _ => None,
    }
}

fn writes(operation: &str) -> bool {
    matches!(operation, "BatchWriteItem" | "DeleteItem" | "PutItem" | "TransactWriteItems" | "UpdateItem")
}
