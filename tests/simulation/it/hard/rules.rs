//! How hard the table is, with the page of AWS's documentation that says so.

use std::time::Duration;

use fastrand::Rng;

/// How many partitions a table has that was just created on demand: "you can immediately drive up to 4,000 write units or
/// 12,000 read units" (*DynamoDB on-demand capacity mode*, "Initial throughput"), of which each partition carries what
/// follows.
pub(crate) const PARTITIONS: usize = 4;
/// "each individual partition is limited to 1,000 write units per second" (*Best practices for designing and using
/// partition keys effectively in DynamoDB*). What one item takes is within one partition, however DynamoDB splits
/// (*DynamoDB burst and adaptive capacity*, "Isolate frequently accessed items").
pub(crate) const WRITE_UNITS: f64 = 1_000.0;
/// "… and 3,000 read units per second", the same page.
pub(crate) const READ_UNITS: f64 = 3_000.0;
/// How much that was not used may be used later. AWS keeps five minutes of it "on a best-effort basis" (*DynamoDB burst and
/// adaptive capacity*), which nobody may rely on: here it is a second.
pub(crate) const BURST_SECS: f64 = 1.0;

/// A span that is drawn anew each time: mostly about the median, once in a thousand times much longer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) median: Duration,
    pub(crate) longest: Duration,
}

/// How hard the table is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// From the client to the server, or back. "Single-digit millisecond" is what AWS says of most calls (*What is Amazon
    /// DynamoDB?*); the others are met in *Troubleshooting latency issues in Amazon DynamoDB*.
    pub(crate) way: Spread,
    /// For how long a transaction is at its items: "a transactional conflict can occur during concurrent item-level requests
    /// on an item within a transaction" (*Amazon DynamoDB Transactions: How it works*, "Transaction conflict handling").
    pub(crate) transaction: Spread,
    /// How late a global index shows a write: "in an eventually consistent fashion" (*Using Global Secondary Indexes in
    /// DynamoDB*, "Data synchronization between tables and Global Secondary Indexes").
    pub(crate) index_lag: Spread,
    /// How likely a call is never heard of: the client's time-out ends it.
    pub(crate) lost: f64,
    /// How likely a call is carried out, and its answer never heard of. "Your application should … retry" (*Error handling
    /// with DynamoDB*); a transaction is then known by its token (`ClientRequestToken`).
    pub(crate) answers_lost: f64,
    /// How likely a call is answered `InternalServerError` (*Error handling with DynamoDB*, "HTTP 5xx").
    pub(crate) broken: f64,
}

impl Spread {
    const fn millis(median: u64, longest: u64) -> Self {
        Self { median: Duration::from_millis(median), longest: Duration::from_millis(longest) }
    }

    /// One span.
    pub(crate) fn draw(self, random: &mut Rng) -> Duration {
        if random.u16(..1_000) == 0 {
            return self.longest.mul_f64(random.f64()).max(self.median);
        }
        // The sum of uniform draws is about normal, its exponential has a tail to the right.
        let normal = (0..4).map(|_| random.f64()).sum::<f64>() - 2.0;
        self.median.mul_f64((normal * 0.8).exp()).min(self.longest)
    }
}

impl Rules {
    /// Nothing fails, and everything takes its usual time.
    pub(crate) const fn fair() -> Self {
        Self {
            way: Spread::millis(2, 60),
            transaction: Spread::millis(6, 120),
            index_lag: Spread::millis(15, 600),
            lost: 0.0,
            answers_lost: 0.0,
            broken: 0.0,
        }
    }

    /// The same, and calls and answers are lost now and then.
    pub(crate) const fn foul() -> Self {
        Self {
            way: Spread::millis(3, 2_000),
            transaction: Spread::millis(10, 1_500),
            index_lag: Spread::millis(40, 10_000),
            lost: 0.004,
            answers_lost: 0.008,
            broken: 0.01,
        }
    }
}

/// Adds `text` to a hash (FNV-1a), which is the same in every process.
pub(crate) fn hash(hash: u64, text: &str) -> u64 {
    let begin = if hash == 0 { 0xcbf2_9ce4_8422_2325 } else { hash };
    text.bytes().chain([0]).fold(begin, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
