//! What one partition carries a second.

use tokio::time::Instant;

use super::rules::{BURST_SECS, READ_UNITS, WRITE_UNITS};

/// One partition's throughput.
#[derive(Debug, Clone, Copy)]
pub(super) struct Partition {
    writes: Bucket,
    reads: Bucket,
}

/// Units that may be used, which come back with time.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    per_second: f64,
    left: f64,
    at: Option<Instant>,
}

impl Partition {
    pub(super) const fn full() -> Self {
        Self { writes: Bucket::full(WRITE_UNITS), reads: Bucket::full(READ_UNITS) }
    }

    /// Whether anything is left. What a write takes is known afterwards, and may leave the bucket in debt.
    pub(super) fn admits_writes(&mut self) -> bool {
        self.writes.left_now() > 0.0
    }

    pub(super) fn admits_reads(&mut self) -> bool {
        self.reads.left_now() > 0.0
    }

    pub(super) const fn take_writes(&mut self, units: f64) {
        self.writes.left -= units;
    }

    pub(super) const fn take_reads(&mut self, units: f64) {
        self.reads.left -= units;
    }
}

impl Bucket {
    const fn full(per_second: f64) -> Self {
        Self { per_second, left: per_second * BURST_SECS, at: None }
    }

    fn left_now(&mut self) -> f64 {
        let now = Instant::now();
        let passed = self.at.map_or(0.0, |at| now.duration_since(at).as_secs_f64());
        self.at = Some(now);
        self.left = passed.mul_add(self.per_second, self.left).min(self.per_second * BURST_SECS);
        self.left
    }
}
