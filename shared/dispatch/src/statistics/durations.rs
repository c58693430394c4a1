//! How long things took, so that a median is known without keeping each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Into how many equal parts each doubling is divided, as a power of two.
const PART_BITS: u32 = 3;
/// What lies below is counted to the second.
const EXACT_BELOW: u64 = 2 << PART_BITS;

/// Durations in whole seconds, counted by buckets.
///
/// Below 16 seconds each second has its bucket; above, each doubling has eight of equal width. A bucket stands for its middle,
/// so what is shown is wrong by a sixteenth (6.25 %) at most. There are fewer than 500 buckets for any duration whatever, 160 up
/// to a month.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Durations(BTreeMap<u16, u64>);

impl Durations {
    /// Counts one of so many seconds.
    pub fn add(&mut self, seconds: u64) {
        *self.0.entry(bucket(seconds)).or_default() += 1;
    }

    /// Counts all of `other`, too.
    pub fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.0 {
            *self.0.entry(*bucket).or_default() += count;
        }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// The median in seconds, of an even number the lower of the two in the middle; `None` of none.
    pub fn median(&self) -> Option<u64> {
        let place = self.count().checked_sub(1)? / 2;
        let mut passed = 0;
        let bucket = self.0.iter().find(|(_, count)| {
            passed += **count;
            passed > place
        })?;
        Some(middle(*bucket.0))
    }
}

fn bucket(seconds: u64) -> u16 {
    if seconds < EXACT_BELOW {
        return u16::try_from(seconds).unwrap_or(u16::MAX);
    }
    // The leading digit and the three behind it.
    let shift = seconds.ilog2() - PART_BITS;
    let part = seconds >> shift;
    u16::try_from((u64::from(shift) << PART_BITS) + part).unwrap_or(u16::MAX)
}

fn middle(bucket: u16) -> u64 {
    let bucket = u64::from(bucket);
    if bucket < EXACT_BELOW {
        return bucket;
    }
    let parts = 1 << PART_BITS;
    let shift = (bucket >> PART_BITS) - 1;
    let part = bucket % parts + parts;
    // Of a damaged item at most; no duration is so long.
    part.checked_shl(u32::try_from(shift).unwrap_or(u32::MAX))
        .map_or(u64::MAX, |low| low | (1_u64 << shift >> 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(seconds: &[u64]) -> Durations {
        let mut durations = Durations::default();
        for seconds in seconds {
            durations.add(*seconds);
        }
        durations
    }

    #[test]
    fn of_none_there_is_no_median() {
        assert_eq!(Durations::default().median(), None);
    }

    #[test]
    fn few_short_ones_are_exact_to_the_second() {
        assert_eq!(of(&[3, 15, 4]).median(), Some(4));
        assert_eq!(of(&[3, 15, 4, 0]).median(), Some(3));
    }

    #[test]
    fn buckets_follow_one_another_without_a_gap() {
        let buckets: Vec<_> = (0..100_000).map(bucket).collect();
        assert!(buckets.windows(2).all(|pair| pair[1] - pair[0] <= 1 && pair[1] >= pair[0]));
        assert!(bucket(31 * 86_400) < 170, "{}", bucket(31 * 86_400));
        assert!(bucket(u64::MAX) < 500);
    }

    proptest! {
        #[test]
        fn a_median_is_wrong_by_a_sixteenth_at_most(
            mut seconds in prop::collection::vec(prop_oneof![0..100_u64, 0..10_000_000_u64, any::<u64>()], 1..40),
        ) {
            let median = of(&seconds).median().unwrap();
            seconds.sort_unstable();
            let exact = seconds[(seconds.len() - 1) / 2];
            prop_assert!(median.abs_diff(exact) <= exact / 16, "{median} for {exact}");
        }

        #[test]
        fn merged_ones_are_as_if_counted_together(
            one in prop::collection::vec(any::<u64>(), 0..20), other in prop::collection::vec(any::<u64>(), 0..20),
        ) {
            let mut merged = of(&one);
            merged.merge(&of(&other));
            prop_assert_eq!(merged, of(&[one, other].concat()));
        }
    }
}
