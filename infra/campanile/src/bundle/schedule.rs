//! EventBridge Scheduler's place in the local bundle: who calls the functions that nobody calls from outside.

use std::sync::Arc;
use std::time::Duration;

use aws::{SystemClock, Table};
use intake::{Clock as _, chain};
use jiff::Timestamp;
use serde_json::json;
use site24x7_poller::Poller;

/// From one poll to the next.
const PERIOD: Duration = Duration::from_mins(5);
/// How often what the clock alone changes is written.
const SWEEP_PERIOD: Duration = Duration::from_mins(1);
/// How long a poll may take, so that the next one finds it gone.
const PATIENCE: Duration = Duration::from_mins(4);

/// Polls Site24x7 now and every five minutes from now on.
pub(super) async fn poll(poller: Poller<SystemClock>) {
    loop {
        let now = SystemClock.now();
        let deadline = now.checked_add(PATIENCE).unwrap_or(Timestamp::MAX);
        if let Err(error) = poller.clone().run(json!({ "scheduled_at": now }), deadline).await {
            tracing::error!(source = "site24x7", error = chain(&error), "poll failed");
        }
        tokio::time::sleep(PERIOD).await;
    }
}

/// Writes every minute what the clock alone has changed in `table`.
pub(super) async fn sweep(table: Arc<Table>) {
    loop {
        tokio::time::sleep(SWEEP_PERIOD).await;
        if let Err(error) = table.sweep(SystemClock.now()).await {
            tracing::warn!(error = chain(&error), "sweep failed");
        }
    }
}
