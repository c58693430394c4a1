//! A table that cannot be written any more: named once, and once more when it can.
//!
//! Everything that needs the table fails then, again and again, and each failure alone says little.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use dynoxide::DynoxideError;

use super::service::AwsCall;

/// How long after the last failure the table counts as writable again, whatever is written.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(5);

/// What is wrong with the table of this process, if anything is.
static TROUBLE: Mutex<Option<Trouble>> = Mutex::new(None);

/// A table that cannot be written.
struct Trouble {
    /// How long the smallest call was that failed: a shorter one may still find room.
    bytes: usize,
    failed_at: Instant,
    /// How many lines about it were left out of the log.
    left_out: u64,
}

/// What SQLite says of such a table, and what that means.
const SQLITE: [(&str, &str); 4] = [
    ("database or disk is full", "the disk is full"),
    ("attempt to write a readonly database", "it may only be read"),
    ("disk I/O error", "the disk does not take what is written"),
    ("unable to open database file", "its file cannot be opened"),
];

/// What the pipeline says that waited for it in vain.
const CONSEQUENCES: [&str; 2] = ["the table did not answer", "the table cannot be written"];

/// Notes how a call of the table ended.
pub(super) fn note<T>(call: &AwsCall, outcome: &Result<T, DynoxideError>) {
    match outcome {
        Err(error) => {
            if let Some(reason) = reason(error) {
                note_failure(call.body.len(), reason);
            }
        }
        Ok(_) if writes(call.operation()) => note_success(call.body.len()),
        Ok(_) => {}
    }
}

fn note_failure(bytes: usize, reason: &str) {
    let mut trouble = trouble();
    let failed_at = Instant::now();
    if let Some(known) = &mut *trouble {
        (known.bytes, known.failed_at) = (known.bytes.min(bytes), failed_at);
        return;
    }
    *trouble = Some(Trouble { bytes, failed_at, left_out: 0 });
    drop(trouble);
    tracing::error!(
        reason,
        "the table cannot be written, and nothing is taken until it can: free space on the disk that holds it, and make \
         its directory writable"
    );
}

fn note_success(bytes: usize) {
    let mut trouble = trouble();
    let is_over = |known: &Trouble| bytes >= known.bytes || known.failed_at.elapsed() > FORGOTTEN_AFTER;
    if trouble.as_ref().is_some_and(is_over)
        && let Some(Trouble { left_out, .. }) = trouble.take()
    {
        drop(trouble);
        tracing::warn!(left_out, "the table can be written again");
    }
}

/// Whether a line of the log whose error is `error` says again what was logged already; if so, it counts as left out.
pub fn is_logged_already(error: &str) -> bool {
    let mut words = SQLITE.iter().map(|(words, _)| words).chain(&CONSEQUENCES);
    if !words.any(|words| error.contains(words)) {
        return false;
    }
    let mut trouble = trouble();
    if let Some(known) = &mut *trouble {
        known.left_out += 1;
    }
    trouble.is_some()
}

fn trouble() -> MutexGuard<'static, Option<Trouble>> {
    TROUBLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why the table cannot be written, where that is what `error` says. dynoxide hands SQLite's errors on as text, mostly.
fn reason(error: &DynoxideError) -> Option<&'static str> {
    let error = error.to_string();
    SQLITE.iter().find(|(words, _)| error.contains(words)).map(|(_, reason)| *reason)
}

fn writes(operation: &str) -> bool {
    matches!(operation, "BatchWriteItem" | "DeleteItem" | "PutItem" | "TransactWriteItems" | "UpdateItem")
}
