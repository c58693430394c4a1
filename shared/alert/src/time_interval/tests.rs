use super::*;

fn interval(times: &[(&str, &str)], weekdays: &[&str], zone: &str) -> TimeInterval {
    TimeInterval {
        times: times.iter().map(|(start, end)| TimeRange::parse(start, end).unwrap()).collect(),
        weekdays: weekdays.iter().map(|days| WeekdayRange::parse(days).unwrap()).collect(),
        location: TimeInterval::parse_location(zone).unwrap(),
        ..TimeInterval::default()
    }
}

fn days(days: &[&str], zone: &str) -> TimeInterval {
    TimeInterval {
        days_of_month: days.iter().map(|days| DayRange::parse(days).unwrap()).collect(),
        location: TimeInterval::parse_location(zone).unwrap(),
        ..TimeInterval::default()
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The spans that `interval` contains from `from` to `to`, minute by minute.
fn spans(interval: &TimeInterval, from: &str, to: &str) -> Vec<String> {
    let (mut spans, mut began) = (Vec::new(), None);
    let mut now = at(from);
    while now <= at(to) {
        match (interval.contains(now), began) {
            (true, None) => began = Some(now),
            (false, Some(start)) => {
                spans.push(format!("{start}/{now}"));
                began = None;
            }
            _ => {}
        }
        now += SignedDuration::from_mins(1);
    }
    spans
}

#[test]
fn spans_follow_the_wall_clock_over_both_changes_of_clocks() {
    let berlin = interval(&[("02:00", "03:00")], &[], "Europe/Berlin");
    assert!(spans(&berlin, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z").is_empty());
    assert_eq!(
        spans(&berlin, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"),
        ["2026-10-25T00:00:00Z/2026-10-25T02:00:00Z"]
    );
    let night = interval(&[("22:00", "24:00"), ("00:00", "06:00")], &[], "Europe/Berlin");
    assert_eq!(
        spans(&night, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"),
        ["2026-03-28T21:00:00Z/2026-03-29T04:00:00Z"]
    );
    assert_eq!(
        spans(&night, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"),
        ["2026-10-24T20:00:00Z/2026-10-25T05:00:00Z"]
    );
    let new_york = interval(&[("01:00", "02:00")], &[], "America/New_York");
    assert_eq!(
        spans(&new_york, "2026-11-01T00:00:00Z", "2026-11-01T12:00:00Z"),
        ["2026-11-01T05:00:00Z/2026-11-01T07:00:00Z"]
    );
}

#[test]
fn working_hours_are_those_of_the_wall_clock() {
    let office = interval(&[("08:00", "18:00")], &["monday:friday"], "Europe/Berlin");
    assert_eq!(
        spans(&office, "2026-03-27T00:00:00Z", "2026-03-31T00:00:00Z"),
        ["2026-03-27T07:00:00Z/2026-03-27T17:00:00Z", "2026-03-30T06:00:00Z/2026-03-30T16:00:00Z"]
    );
}

#[test]
fn the_last_day_of_a_month_is_a_day_of_the_wall_clock() {
    assert_eq!(
        spans(&days(&["-1"], "Europe/Berlin"), "2026-03-25T00:00:00Z", "2026-04-02T00:00:00Z"),
        ["2026-03-30T22:00:00Z/2026-03-31T22:00:00Z"]
    );
}

#[test]
fn days_that_a_month_has_not_are_left_out() {
    let end = days(&["27:31"], "UTC");
    assert_eq!(
        spans(&end, "2026-02-20T00:00:00Z", "2026-03-05T00:00:00Z"),
        ["2026-02-27T00:00:00Z/2026-03-01T00:00:00Z"]
    );
    assert!(spans(&days(&["30:31"], "UTC"), "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z").is_empty());
    let last_three = days(&["-3:-1"], "UTC");
    assert_eq!(
        spans(&last_three, "2026-02-01T00:00:00Z", "2026-03-02T00:00:00Z"),
        ["2026-02-26T00:00:00Z/2026-03-01T00:00:00Z"]
    );
    let from_the_fifth = days(&["5:-1"], "UTC");
    assert_eq!(
        spans(&from_the_fifth, "2026-02-01T00:00:00Z", "2026-03-02T00:00:00Z"),
        ["2026-02-05T00:00:00Z/2026-03-01T00:00:00Z"]
    );
    assert!(days(&["-31:-1"], "UTC").contains(at("2026-02-01T00:00:00Z")));
}

#[test]
fn a_span_over_midnight_is_of_the_day_on_which_it_starts() {
    let friday = interval(&[("22:00", "06:00")], &["friday"], "Europe/Berlin");
    assert_eq!(
        spans(&friday, "2026-06-01T00:00:00Z", "2026-06-08T00:00:00Z"),
        ["2026-06-05T20:00:00Z/2026-06-06T04:00:00Z"]
    );
    let last_of_month = TimeInterval { times: friday.times, ..days(&["-1"], "UTC") };
    assert_eq!(
        spans(&last_of_month, "2026-01-30T00:00:00Z", "2026-02-03T00:00:00Z"),
        ["2026-01-31T22:00:00Z/2026-02-01T06:00:00Z"]
    );
}

#[test]
fn an_interval_without_fields_contains_everything() {
    assert!(TimeInterval::default().contains(at("2026-01-01T00:00:00Z")));
}

#[test]
fn months_and_years_are_ranges_of_names_or_numbers() {
    let winter = TimeInterval {
        months: vec![
            TimeInterval::parse_months("November:december").unwrap(),
            TimeInterval::parse_months("1").unwrap(),
        ],
        years: vec![TimeInterval::parse_years("2026:2027").unwrap()],
        ..TimeInterval::default()
    };
    for (moment, is_winter) in [
        ("2026-11-01T00:00:00Z", true),
        ("2027-01-31T23:59:00Z", true),
        ("2028-01-01T00:00:00Z", false),
        ("2026-02-01T00:00:00Z", false),
    ] {
        assert_eq!(winter.contains(at(moment)), is_winter, "{moment}");
    }
}

#[test]
fn what_is_no_range_says_why() {
    let errors = [
        TimeRange::parse("8:00", "18:00").map(drop).unwrap_err(),
        TimeRange::parse("08:00", "24:01").map(drop).unwrap_err(),
        TimeRange::parse("08:60", "09:00").map(drop).unwrap_err(),
        TimeRange::parse("08:00", "08:00").map(drop).unwrap_err(),
        TimeRange::parse("24:00", "08:00").map(drop).unwrap_err(),
        WeekdayRange::parse("saturday:sunday").map(drop).unwrap_err(),
        WeekdayRange::parse("mon").map(drop).unwrap_err(),
        DayRange::parse("0").map(drop).unwrap_err(),
        DayRange::parse("32").map(drop).unwrap_err(),
        DayRange::parse("-3:5").map(drop).unwrap_err(),
        DayRange::parse("5:1").map(drop).unwrap_err(),
        TimeInterval::parse_months("december:january").map(drop).unwrap_err(),
        TimeInterval::parse_months("13").map(drop).unwrap_err(),
        TimeInterval::parse_years("2027:2026").map(drop).unwrap_err(),
        TimeInterval::parse_location("Berlin").map(drop).unwrap_err(),
    ];
    let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(texts[0], "`8:00` is not a time: write HH:MM from 00:00 to 24:00");
    assert_eq!(
        texts[3],
        "the span from `08:00` to `08:00` is empty: give an end that differs from the start"
    );
    assert!(texts[5].contains("ends before it begins"), "{}", texts[5]);
    assert_eq!(texts[14], "`Berlin` is not a time zone: write an IANA name, like Europe/Berlin");
}

#[test]
fn the_next_moment_is_the_start_of_a_span_or_a_change_of_clocks() {
    let office = [interval(&[("08:00", "18:00")], &["monday:friday"], "Europe/Berlin")];
    let next = |intervals: &[TimeInterval], now: &str| {
        next_moment(intervals, at(now), |at| any_contains(intervals, at)).to_string()
    };
    assert_eq!(next(&office, "2026-03-27T18:30:00Z"), "2026-03-30T06:00:00Z");
    let early = [interval(&[("02:30", "04:07")], &[], "Europe/Berlin")];
    assert_eq!(next(&early, "2026-03-28T12:00:00Z"), "2026-03-29T01:00:00Z");
    let never = [interval(&[("02:00", "03:00")], &[], "Europe/Berlin")];
    let never = [TimeInterval { years: vec![1999..=1999], ..never[0].clone() }];
    assert_eq!(next(&never, "2026-03-28T12:00:00Z"), "2026-04-05T12:00:00Z");
}
