//! How much may still be begun before Lambda ends the invocation.

use std::time::Duration;

use intake::TimeLeft;
use tokio::time::Instant;

/// What one attempt takes at most, with what is written about it.
const ATTEMPT: Duration = Duration::from_secs(18);
/// For how long a batch of the stream waits for destinations that want a pause: the batches behind it wait, too.
const PATIENCE: Duration = Duration::from_secs(5);

/// The time of one invocation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    last_attempt: Instant,
    last_wait: Instant,
}

impl Budget {
    /// For a batch of the stream.
    pub(crate) fn of_batch(TimeLeft(left): TimeLeft) -> Self {
        let now = Instant::now();
        Self { last_attempt: last_attempt(now, left), last_wait: now + PATIENCE }
    }

    /// For a tick, behind which nobody waits.
    pub(crate) fn of_tick(TimeLeft(left): TimeLeft) -> Self {
        let last_attempt = last_attempt(Instant::now(), left);
        Self { last_attempt, last_wait: last_attempt }
    }

    /// Whether an attempt that begins now ends in time.
    pub(crate) fn allows_attempt(&self) -> bool {
        Instant::now() < self.last_attempt
    }

    /// Whether one may wait for so long and then begin an attempt.
    pub(crate) fn allows_wait(&self, wait: Duration) -> bool {
        Instant::now().checked_add(wait).is_some_and(|end| end <= self.last_wait && end < self.last_attempt)
    }
}

fn last_attempt(now: Instant, left: Duration) -> Instant {
    now + left.saturating_sub(ATTEMPT)
}
