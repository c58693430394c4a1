//! EventBridge Scheduler's place in the local bundle: who calls the functions that nobody calls from outside.

use std::time::Duration;

use alert::Clock as _;
use aws::{Notifier, SystemClock};
use intake::chain;
use jiff::Timestamp;
use poll::keeper::Keeper;
use poll::site24x7::Poller;
use serde_json::json;
use tokio::time::sleep;

use super::stream::DEADLINE;

/// From one poll to the next.
const PERIOD: Duration = Duration::from_mins(5);
/// How often attempts that are due are made; in AWS once a minute.
const RETRY_EVERY: Duration = Duration::from_secs(2);
/// How often what the clock alone changes is written.
const SWEEP_EVERY: Duration = Duration::from_mins(1);
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
        sleep(PERIOD).await;
    }
}

/// Looks after the other sources now and every five minutes from now on.
pub(super) async fn keep(keeper: Keeper) {
    loop {
        let now = SystemClock.now();
        let deadline = now.checked_add(PATIENCE).unwrap_or(Timestamp::MAX);
        // Which source it was, and why, is logged where it happens.
        if let Err(error) = keeper.clone().run(json!({ "scheduled_at": now }), deadline).await {
            tracing::error!(error = chain(&error), "sources not kept");
        }
        sleep(PERIOD).await;
    }
}

/// Has the notifier make the attempts that are due, now and again and again from now on.
pub(super) async fn retry(notifier: Notifier) {
    tick(notifier, "retry", RETRY_EVERY).await;
}

/// Has it write what the clock alone has changed, in the same way.
pub(super) async fn sweep(notifier: Notifier) {
    tick(notifier, "sweep", SWEEP_EVERY).await;
}

async fn tick(notifier: Notifier, tick: &str, period: Duration) {
    loop {
        // A failure is logged where it happens; the next tick sees to what is left.
        drop(notifier.clone().handle(json!({ "tick": tick }), DEADLINE).await);
        sleep(period).await;
    }
}
