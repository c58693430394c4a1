//! KAZOO's seconds, which count from the year 0.

use jiff::Timestamp;

/// Gregorian seconds at the Unix epoch.
const UNIX_EPOCH: i64 = 62_167_219_200;

/// The Gregorian seconds of `time`, cut to the second.
pub(crate) fn from_timestamp(time: Timestamp) -> i64 {
    // A Timestamp's seconds stay far inside an i64: the sum cannot overflow.
    time.as_second() + UNIX_EPOCH
}

/// The moment that Gregorian seconds name, if there is one.
pub(crate) fn to_timestamp(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds.checked_sub(UNIX_EPOCH)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_published_moment_holds() {
        let moment: Timestamp = "2019-05-06T08:10:09Z".parse().unwrap();
        assert_eq!(from_timestamp(moment), 63_724_349_409);
        assert_eq!(to_timestamp(63_724_349_409), Some(moment));
    }

    proptest! {
        #[test]
        fn any_number_is_a_moment_or_none(seconds: i64) {
            if let Some(moment) = to_timestamp(seconds) {
                prop_assert_eq!(from_timestamp(moment), seconds);
            }
        }
    }
}
