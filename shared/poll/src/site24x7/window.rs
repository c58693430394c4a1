//! Which dates of the alert logs a poll reads, which rows it keeps, and how far the cursor may move after it.

use aws::PollCursor;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use normalize::site24x7::LogWindow;

/// How far back the first poll of all looks.
const FIRST: SignedDuration = SignedDuration::from_hours(24);
/// How much before the watermark rows are kept: notifications are logged late.
const OVERLAP: SignedDuration = SignedDuration::from_mins(15);
/// How much the account's offset may have changed since it was seen, for daylight saving.
const DAYLIGHT_SAVING: SignedDuration = SignedDuration::from_hours(1);
/// Most dates of one poll.
const MOST_DATES: usize = 7;
/// The clocks that go latest and earliest on earth: between them lies any account whose offset is unknown.
const WESTERNMOST: Offset = Offset::constant(-12);
const EASTERNMOST: Offset = Offset::constant(14);

/// The rows that one poll is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    since: Timestamp,
    now: Timestamp,
    utc_offset: Option<Offset>,
}

impl Window {
    /// The window of a poll that starts at `now` with `cursor` in the table.
    pub(crate) fn of(cursor: PollCursor, now: Timestamp) -> Self {
        let since = cursor.watermark.unwrap_or_else(|| earlier(now, FIRST));
        Self { since: since.min(now), now, utc_offset: cursor.utc_offset }
    }

    /// The dates to read, the earliest first.
    pub(crate) fn dates(&self) -> Vec<Date> {
        self.touched().take(MOST_DATES).collect()
    }

    /// The rows to keep of them.
    pub(crate) fn rows(&self) -> LogWindow {
        LogWindow { from: earlier(self.since, OVERLAP), now: self.now }
    }

    /// Up to when everything is recorded, once the rows of `read` are; `None` if it cannot be said.
    pub(crate) fn watermark_after(&self, read: &[Date]) -> Option<Timestamp> {
        let last = *read.last()?;
        if self.touched().all(|date| read.contains(&date)) {
            return Some(self.now);
        }
        // The date may have ended an hour earlier than the offset says.
        let end =
            self.easternmost().to_timestamp(last.tomorrow().ok()?.to_datetime(jiff::civil::Time::midnight()));
        Some(earlier(end.ok()?, DAYLIGHT_SAVING).min(self.now))
    }

    /// Every date that the window touches by the account's clock, or by any clock while that is unknown.
    fn touched(&self) -> impl Iterator<Item = Date> {
        let first = earlier(self.since, OVERLAP).checked_sub(DAYLIGHT_SAVING).unwrap_or(Timestamp::MIN);
        let last = self.now.checked_add(DAYLIGHT_SAVING).unwrap_or(Timestamp::MAX);
        let westernmost = self.utc_offset.unwrap_or(WESTERNMOST);
        let from = westernmost.to_datetime(first).date();
        let to = self.easternmost().to_datetime(last).date();
        std::iter::successors(Some(from), |date| date.tomorrow().ok()).take_while(move |date| *date <= to)
    }

    fn easternmost(&self) -> Offset {
        self.utc_offset.unwrap_or(EASTERNMOST)
    }
}

fn earlier(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_sub(by).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    fn window(watermark: &str, offset_hours: i8, now: &str) -> Window {
        let utc_offset = Some(Offset::constant(offset_hours));
        Window::of(PollCursor { watermark: Some(at(watermark)), utc_offset }, at(now))
    }

    fn dates(window: &Window) -> Vec<String> {
        window.dates().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn at_noon_one_date_is_read() {
        assert_eq!(dates(&window("2026-03-01T12:00:00Z", 0, "2026-03-01T12:05:00Z")), ["2026-03-01"]);
    }

    #[test]
    fn around_midnight_by_the_accounts_clock_both_dates_are_read() {
        let both = ["2026-03-01", "2026-03-02"];
        // 00:10 and 23:10 at +05:00.
        assert_eq!(dates(&window("2026-03-01T19:05:00Z", 5, "2026-03-01T19:10:00Z")), both);
        assert_eq!(dates(&window("2026-03-01T18:05:00Z", 5, "2026-03-01T18:10:00Z")), both);
        assert_eq!(dates(&window("2026-03-01T21:05:00Z", 5, "2026-03-01T21:10:00Z")), ["2026-03-02"]);
    }

    #[test]
    fn a_watermark_shortly_after_midnight_reads_yesterday_once_more() {
        assert_eq!(
            dates(&window("2026-03-02T01:14:00Z", 0, "2026-03-02T01:19:00Z")),
            ["2026-03-01", "2026-03-02"]
        );
        assert_eq!(dates(&window("2026-03-02T01:15:00Z", 0, "2026-03-02T01:20:00Z")), ["2026-03-02"]);
    }

    #[test]
    fn the_first_poll_looks_a_day_back_by_whatever_clock() {
        let first = Window::of(PollCursor::default(), at("2026-03-02T12:00:00Z"));
        assert_eq!(dates(&first), ["2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03"]);
        assert_eq!(first.rows().from, at("2026-03-01T11:45:00Z"));
    }

    #[test]
    fn the_watermark_moves_to_the_start_of_a_poll_that_read_everything() {
        let window = window("2026-03-01T12:00:00Z", 0, "2026-03-01T12:05:00Z");
        assert_eq!(window.watermark_after(&window.dates()), Some(at("2026-03-01T12:05:00Z")));
        assert_eq!(window.watermark_after(&[]), None);
    }

    #[test]
    fn after_a_long_pause_seven_dates_are_read_at_a_time_and_the_next_poll_goes_on_there() {
        let long = window("2026-03-01T12:00:00Z", 5, "2026-03-20T12:00:00Z");
        assert_eq!(dates(&long).first().map(String::as_str), Some("2026-03-01"));
        assert_eq!(dates(&long).len(), 7);
        let watermark = long.watermark_after(&long.dates()).unwrap();
        assert_eq!(watermark, at("2026-03-07T18:00:00Z"));
        let next = window(&watermark.to_string(), 5, "2026-03-20T12:05:00Z");
        assert_eq!(dates(&next).first().map(String::as_str), Some("2026-03-07"));
    }

    #[test]
    fn a_clock_that_went_back_does_not_turn_the_window_round() {
        let window = window("2026-03-01T12:05:00Z", 0, "2026-03-01T12:00:00Z");
        assert_eq!(dates(&window), ["2026-03-01"]);
        assert_eq!(window.rows().from, at("2026-03-01T11:45:00Z"));
    }

    #[test]
    fn the_ends_of_time_are_no_trouble() {
        for time in [Timestamp::MIN, Timestamp::MAX] {
            let window = Window::of(PollCursor { watermark: Some(time), utc_offset: None }, time);
            let dates = window.dates();
            let _ = (window.rows(), window.watermark_after(&dates), window.watermark_after(&dates[..1]));
        }
    }
}
