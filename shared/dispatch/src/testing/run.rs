//! Runs futures that wait for nothing but each other.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use super::Faults;

/// Polls without an end make no progress any more.
const MOST_POLLS: usize = 1_000_000;

/// Runs `future` to its end; `None` if it crashed on the way.
pub fn run<T>(faults: &Faults, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..MOST_POLLS {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Some(value);
        }
        if faults.has_crashed() {
            return None;
        }
    }
    None
}

/// Runs all of `futures`, each step the one that `choose` chooses among so many; all are dropped if one crashes. Yields
/// whether all came to their end.
pub fn run_interleaved(
    faults: &Faults,
    mut futures: Vec<Pin<Box<dyn Future<Output = ()> + Send + '_>>>,
    mut choose: impl FnMut(usize) -> usize,
) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..MOST_POLLS {
        if futures.is_empty() {
            return true;
        }
        let place = choose(futures.len()).min(futures.len() - 1);
        if futures[place].as_mut().poll(&mut context).is_ready() {
            drop(futures.remove(place));
        }
        if faults.has_crashed() {
            return false;
        }
    }
    false
}
