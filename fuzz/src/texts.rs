//! What people and tools write, and what the table holds.

use alert::matcher::Matcher;
use alert::recurrence::{Recurrence, Recurring};
use alert::time_interval::{DayRange, TimeInterval, TimeRange, WeekdayRange};
use alert::{Alert, AlertEvent, EventId, Fingerprint, Labels, Silence, SilenceId};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::NOW;

/// Matchers as amtool and people write them.
pub fn matchers(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(matcher) = text.parse::<Matcher>() else { return };
    let shown = matcher.to_string();
    assert_eq!(shown.parse::<Matcher>().ok(), Some(matcher.clone()), "`{shown}` reads differently");
    let labels = Labels::from([(matcher.name().to_owned(), matcher.value().to_owned())]);
    assert_eq!(matcher.matches(&labels), matcher.matches_value(matcher.value()));
}

/// Rules of recurring silences: the rule in the first line, a time zone in the second.
pub fn recurrences(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (rule, zone) = text.split_once('\n').unwrap_or((&text, "Europe/Berlin"));
    let Ok(rule) = rule.parse::<Recurrence>() else { return };
    assert_eq!(rule.to_string().parse().ok(), Some(rule.clone()), "`{rule}` reads differently");
    let zone = TimeInterval::parse_location(zone).unwrap_or(TimeZone::UTC);
    let starts_at = NOW - SignedDuration::from_hours(24 * 400);
    let recurring = Recurring { rule: &rule, starts_at, length: SignedDuration::from_hours(2), zone: &zone };
    if let Some(now) = recurring.occurrence_at(NOW) {
        assert!(now.starts_at <= NOW && NOW < now.ends_at);
    }
    if let Some(next) = recurring.next_after(NOW) {
        assert!(next.starts_at > NOW && next.ends_at > next.starts_at);
        let again = recurring.occurrence_at(next.starts_at);
        assert_eq!(again.map(|found| found.starts_at), Some(next.starts_at));
    }
    if let Some(over_at) = recurring.over_at() {
        assert!(recurring.next_after(over_at).is_none(), "one starts after the last is over");
    }
}

/// Time intervals in Alertmanager's form, a field a line.
pub fn intervals(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut interval = TimeInterval::default();
    for line in text.lines() {
        let Some((field, value)) = line.split_once('=') else { continue };
        match field {
            "times" => {
                let (start, end) = value.split_once('-').unwrap_or((value, ""));
                interval.times.extend(TimeRange::parse(start, end));
            }
            "weekdays" => interval.weekdays.extend(WeekdayRange::parse(value)),
            "days_of_month" => interval.days_of_month.extend(DayRange::parse(value)),
            "months" => interval.months.extend(TimeInterval::parse_months(value)),
            "years" => interval.years.extend(TimeInterval::parse_years(value)),
            "location" => interval.location = TimeInterval::parse_location(value).unwrap_or(TimeZone::UTC),
            _ => {}
        }
    }
    for at in [NOW, Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH] {
        interval.contains(at);
    }
    let next = alert::time_interval::next_moment([&interval], NOW, |at| interval.contains(at));
    assert!(next > NOW);
}

/// Items of the table, and ids in addresses: the first byte chooses which.
pub fn items(bytes: &[u8]) {
    let [which, json @ ..] = bytes else { return };
    match which % 6 {
        0 => assert_kept::<Alert>(json),
        1 => assert_kept::<AlertEvent>(json),
        2 => assert_kept::<Silence>(json),
        3 => assert_shown::<EventId>(json),
        4 => assert_shown::<Fingerprint>(json),
        _ => assert_shown::<SilenceId>(json),
    }
}

/// What can be read is read as the same after it was written.
fn assert_kept<T>(json: &[u8])
where
    T: serde::de::DeserializeOwned + serde::Serialize + PartialEq + std::fmt::Debug,
{
    let Ok(read) = serde_json::from_slice::<T>(json) else { return };
    let written = serde_json::to_vec(&read).expect("an item is JSON");
    assert_eq!(serde_json::from_slice::<T>(&written).ok(), Some(read));
}

fn assert_shown<T>(text: &[u8])
where
    T: std::str::FromStr + std::fmt::Display + PartialEq + std::fmt::Debug,
{
    let Ok(read) = String::from_utf8_lossy(text).parse::<T>() else { return };
    assert_eq!(read.to_string().parse().ok(), Some(read));
}
