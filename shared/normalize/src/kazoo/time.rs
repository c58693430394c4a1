//! When it happened: KAZOO counts the seconds since the year 0, and some of its parts those since 1970.

use jiff::{SignedDuration, Timestamp};

use super::Payload;

/// Seconds from year 0, where KAZOO's clock starts, to 1970.
const GREGORIAN_TO_UNIX_SECS: i64 = 62_167_219_200;

/// Where a payload may say when it happened, the best first.
const TIME_FIELDS: [&str; 6] = [
    "timestamp",
    "event_timestamp",
    "fax_timestamp",
    "voicemail_timestamp",
    "reason.timestamp",
    "comment.timestamp",
];

/// The times of one event, as far as its payload states them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Times {
    /// When it happened; the moment it came in, if nothing is stated.
    pub(super) occurred: Option<Timestamp>,
    /// The same as it follows from the payload, where that moment had not come yet.
    pub(super) announced: Option<Timestamp>,
    /// When what it is about began.
    pub(super) started: Option<Timestamp>,
    /// When that ended.
    pub(super) ended: Option<Timestamp>,
}

/// A time written as Gregorian or as Unix seconds; the two do not overlap in any year that matters here.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let unix = match text.parse().ok()? {
        gregorian @ GREGORIAN_TO_UNIX_SECS..=99_999_999_999 => gregorian - GREGORIAN_TO_UNIX_SECS,
        unix @ 1_000_000_000..=9_999_999_999 => unix,
        _ => return None,
    };
    Timestamp::from_second(unix).ok()
}

/// The moment that most payloads state, and nothing else.
pub(super) fn moment(payload: &Payload) -> Times {
    Times { occurred: stated(payload), ..Times::default() }
}

/// When a registration ran out: its event names the moment of the last registration, which taken bare ties
/// with the `register` of that very moment, so that the alert would never open.
pub(super) fn end_of_registration(payload: &Payload) -> Times {
    let end = || {
        let registered_at = payload.time("event_timestamp")?;
        later(registered_at, payload.text("expires")?.parse().ok()?)
    };
    let stated = end().or_else(|| stated(payload));
    // Whoever takes leave before the time is up is gone now.
    let announced = stated.filter(|end| *end > payload.received_at());
    Times { occurred: stated.map(|end| end.min(payload.received_at())), announced, ..Times::default() }
}

/// When a call began and ended.
pub(super) fn of_call(payload: &Payload) -> Times {
    let ended = payload.time("timestamp");
    let began = || {
        let duration_secs: u32 = payload.text("duration_seconds")?.parse().ok()?;
        ended?.checked_sub(SignedDuration::from_secs(duration_secs.into())).ok()
    };
    Times { occurred: stated(payload), started: began(), ended, ..Times::default() }
}

fn stated(payload: &Payload) -> Option<Timestamp> {
    let in_fields = TIME_FIELDS.iter().find_map(|field| payload.time(field));
    in_fields.or_else(|| payload.envelope_time())
}

fn later(time: Timestamp, secs: u32) -> Option<Timestamp> {
    time.checked_add(SignedDuration::from_secs(secs.into())).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(read(text).map(|time| time.to_string()).as_deref(), expected, "{text}");
    }

    #[test]
    fn gregorian_seconds_are_converted() {
        check("63724349409", Some("2019-05-06T08:10:09Z"));
        check("62167219200", Some("1970-01-01T00:00:00Z"));
        check("99999999999", Some("3168-11-15T09:46:39Z"));
    }

    #[test]
    fn unix_seconds_are_taken_as_they_are() {
        check("1557130209", Some("2019-05-06T08:10:09Z"));
        check("9999999999", Some("2286-11-20T17:46:39Z"));
    }

    #[test]
    fn anything_else_is_no_time() {
        for text in
            ["", "0", "-63724349409", "999999999", "10000000000", "62167219199", "100000000000", "soon"]
        {
            check(text, None);
        }
        check("9223372036854775808", None);
        check("63724349409.5", None);
    }

    proptest! {
        #[test]
        fn no_number_panics(number in any::<i128>()) {
            let _ = read(&number.to_string());
        }
    }
}
