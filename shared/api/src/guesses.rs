//! How often somebody tried a token that nobody knows.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How often they are logged at most.
const EVERY: Duration = Duration::from_secs(10);

/// Refused requests that were not logged yet, and when some were.
pub(crate) struct Guesses(Mutex<State>);

struct State {
    logged_at: Option<Instant>,
    count: u64,
}

impl Guesses {
    /// None so far.
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(State { logged_at: None, count: 0 }))
    }

    /// Notes one more; how many there were since the last time, where it is time to log them.
    pub(crate) fn note(&self) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.count += 1;
        let now = Instant::now();
        if state.logged_at.is_some_and(|logged_at| logged_at + EVERY > now) {
            return None;
        }
        state.logged_at = Some(now);
        Some(std::mem::take(&mut state.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn many_guesses_are_a_line_every_ten_seconds_with_their_number() {
        let guesses = Guesses::new();
        assert_eq!(guesses.note(), Some(1));
        assert_eq!([(); 5].map(|()| guesses.note()), [None; 5]);
        tokio::time::advance(EVERY).await;
        assert_eq!(guesses.note(), Some(6));
    }
}
