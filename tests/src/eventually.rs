//! Waiting for what happens behind an answer.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long to wait before it is a failure.
const LIMIT: Duration = Duration::from_secs(20);
/// How long to leave the other side alone before asking it again.
const PAUSE: Duration = Duration::from_millis(20);

/// Asks again and again until `holds`; panics when it has not for too long.
///
/// Only for what is promised for later. What is promised at once is to be asserted at once.
pub async fn eventually(what: &str, holds: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < LIMIT, "never: {what}");
        sleep(PAUSE).await;
    }
}
