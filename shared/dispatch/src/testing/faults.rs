//! Where calls fail or crash.

use std::future::{pending, poll_fn};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::task::Poll;

use crate::OutboxError;

/// Where calls fail or crash.
#[derive(Debug, Default)]
pub struct Faults {
    passed: AtomicUsize,
    crash_at: AtomicUsize,
    fail_at: AtomicUsize,
    has_crashed: AtomicBool,
    is_interleaved: AtomicBool,
}

impl Faults {
    /// Crashes at the point number `point` from now on, counted from 1.
    pub fn crash_at(&self, point: usize) {
        self.crash_at.store(self.passed.load(Relaxed) + point, Relaxed);
    }

    /// Fails at the point number `point` from now on, counted from 1.
    pub fn fail_at(&self, point: usize) {
        self.fail_at.store(self.passed.load(Relaxed) + point, Relaxed);
    }

    /// No fault is to come, and the crash is over; yields whether there was one.
    pub fn calm(&self) -> bool {
        self.crash_at.store(0, Relaxed);
        self.fail_at.store(0, Relaxed);
        self.has_crashed.swap(false, Relaxed)
    }

    /// Whether a call has crashed.
    pub fn has_crashed(&self) -> bool {
        self.has_crashed.load(Relaxed)
    }

    /// How many points were passed.
    pub fn passed(&self) -> usize {
        self.passed.load(Relaxed)
    }

    /// Whether every point lets others go first.
    pub fn interleave(&self, is_interleaved: bool) {
        self.is_interleaved.store(is_interleaved, Relaxed);
    }

    /// A point.
    pub(super) async fn point(&self) -> Result<(), OutboxError> {
        if self.is_interleaved.load(Relaxed) {
            yield_once().await;
        }
        let here = self.passed.fetch_add(1, Relaxed) + 1;
        if here == self.crash_at.load(Relaxed) {
            self.has_crashed.store(true, Relaxed);
            pending::<()>().await;
        }
        if here == self.fail_at.load(Relaxed) {
            return Err(OutboxError::Unavailable {
                operation: "do what a test wants to fail",
                source: "a test".into(),
            });
        }
        Ok(())
    }
}

async fn yield_once() {
    let mut has_yielded = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has_yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
