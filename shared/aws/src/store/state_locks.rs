//! Who writes an alert now: in one process the writers of one alert queue, so that they do not race each other.
//!
//! Across processes DynamoDB's conditions decide. A queue exists while somebody is in it; who is next takes over the
//! state as it was written last, and need not read it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use alert::Fingerprint;
use tokio::sync::{Mutex as Queue, OwnedMutexGuard};

use super::state::State;

/// How many queues are remembered before those that nobody is in are dropped.
const MOST_REMEMBERED: usize = 1_024;

/// The right to write one alert in this process, and its state as the writer before left it.
pub(crate) type StateLock = OwnedMutexGuard<Option<State>>;

/// The queues of this process.
#[derive(Debug, Default)]
pub(crate) struct StateLocks(Mutex<HashMap<Fingerprint, Weak<Queue<Option<State>>>>>);

impl StateLocks {
    /// Waits for the turn to write the alert of `fingerprint`, in the order of asking.
    pub(crate) async fn of(&self, fingerprint: Fingerprint) -> StateLock {
        self.queue(fingerprint).lock_owned().await
    }

    fn queue(&self, fingerprint: Fingerprint) -> Arc<Queue<Option<State>>> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get(&fingerprint).and_then(Weak::upgrade) {
            return queue;
        }
        if queues.len() >= MOST_REMEMBERED {
            queues.retain(|_, queue| queue.strong_count() > 0);
        }
        let queue = Arc::default();
        queues.insert(fingerprint, Arc::downgrade(&queue));
        queue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_next_writer_finds_what_the_one_before_left_and_later_ones_do_not() {
        let state_locks = StateLocks::default();
        let alert = Fingerprint::of(["a"]);
        let mut first = state_locks.of(alert).await;
        let next = state_locks.of(alert);
        tokio::pin!(next);
        assert!(futures::poll!(&mut next).is_pending());
        *first = Some(State::none());
        drop(first);
        assert!(next.await.is_some());
        assert!(state_locks.of(alert).await.is_none());
    }

    #[tokio::test]
    async fn writers_of_different_alerts_do_not_wait_for_each_other() {
        let state_locks = StateLocks::default();
        let _one = state_locks.of(Fingerprint::of(["a"])).await;
        drop(state_locks.of(Fingerprint::of(["b"])).await);
    }

    #[tokio::test]
    async fn queues_that_nobody_is_in_are_forgotten() {
        let state_locks = StateLocks::default();
        for number in 0..3 * MOST_REMEMBERED {
            drop(state_locks.of(Fingerprint::of([number.to_string()])).await);
        }
        assert!(state_locks.0.lock().unwrap().len() <= MOST_REMEMBERED);
    }
}
