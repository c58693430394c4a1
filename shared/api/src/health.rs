//! Whether the function works: for load balancers and Alertmanager's tools, and open to all.

use std::sync::Arc;
use std::time::Duration;

use aws::Platform;
use axum::extract::State;
use intake::{StoreError, chain};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::failure::Failure;

/// How long an answer is good: anybody may ask, and each look writes.
const GOOD_FOR: Duration = Duration::from_secs(5);
/// How long the table may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// How much a look writes to a table on this machine.
const LOCAL_BYTES: usize = 96 * 1024;

/// What the last look at the table showed; who looks holds it, so that one look serves all who wait.
#[derive(Debug, Clone, Default)]
pub(crate) struct Readiness(Arc<Mutex<Option<Look>>>);

#[derive(Debug, Clone, Copy)]
struct Look {
    at: Instant,
    is_ready: bool,
}

impl Readiness {
    /// Whether the table can be written, by a look of the last seconds or by `look`; logged where that has changed.
    async fn is_ready(&self, look: impl Future<Output = Result<(), StoreError>>) -> bool {
        let mut last = self.0.lock().await;
        if let Some(last) = last.filter(|last| last.at + GOOD_FOR > Instant::now()) {
            return last.is_ready;
        }
        let out_of_time = StoreError::OutOfTime { limit_ms: PATIENCE.as_millis() };
        let looked = timeout(PATIENCE, look).await.unwrap_or(Err(out_of_time));
        let was_ready = last.is_none_or(|last| last.is_ready);
        match &looked {
            Err(error) if was_ready => {
                tracing::error!(error = chain(error), "not ready: the table cannot be written");
            }
            Ok(()) if !was_ready => tracing::info!("ready again: the table can be written"),
            Ok(()) | Err(_) => {}
        }
        let is_ready = looked.is_ok();
        *last = Some(Look { at: Instant::now(), is_ready });
        is_ready
    }
}

/// `GET /-/healthy`: it answers.
pub(crate) async fn healthy() -> &'static str {
    "OK"
}

/// `GET /-/ready`: it can write its table.
pub(crate) async fn ready(
    State((platform, readiness)): State<(Platform, Readiness)>,
) -> Result<&'static str, Failure> {
    // A disk that is nearly full takes a byte and no alert; of DynamoDB every kilobyte is paid for.
    let bytes = if platform.is_local { LOCAL_BYTES } else { 1 };
    let is_ready = readiness.is_ready(platform.table.touch_for_writing(bytes)).await;
    if is_ready { Ok("OK") } else { Err(Failure::NotReady) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken() -> Result<(), StoreError> {
        Err(StoreError::Unavailable { operation: "write", source: "disk full".into() })
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_is_good_for_some_seconds() {
        let readiness = Readiness::default();
        assert!(readiness.is_ready(async { Ok(()) }).await);
        assert!(readiness.is_ready(async { broken() }).await);
        tokio::time::advance(GOOD_FOR).await;
        assert!(!readiness.is_ready(async { broken() }).await);
        assert!(!readiness.is_ready(async { Ok(()) }).await);
        tokio::time::advance(GOOD_FOR).await;
        assert!(readiness.is_ready(async { Ok(()) }).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_table_that_does_not_answer_is_not_ready() {
        assert!(!Readiness::default().is_ready(std::future::pending()).await);
    }
}
