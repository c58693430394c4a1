//! EventBridge Scheduler's place in the local bundle.

use std::sync::Arc;
use std::time::Duration;

use aws::{SystemClock, Table};
use intake::Clock;

/// How often the clock's changes are written.
const EVERY: Duration = Duration::from_mins(1);

/// Sweeps `table` for ever, a minute after the last time.
pub(super) async fn every_minute(table: Arc<Table>) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = table.sweep(SystemClock.now()).await {
            tracing::warn!(error = intake::chain(&error), "sweep failed");
        }
    }
}
