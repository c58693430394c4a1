use super::*;

/// The first occurrences of a rule whose first starts at the local time `start` and lasts `length` minutes.
fn occurrences(rule: &str, zone: &str, start: &str, minutes: i64, count: usize) -> Vec<String> {
    let (rule, zone) = (rule.parse::<Recurrence>().unwrap(), TimeZone::get(zone).unwrap());
    let starts_at = zone.to_timestamp(start.parse::<DateTime>().unwrap()).unwrap();
    let recurring =
        Recurring { rule: &rule, starts_at, length: SignedDuration::from_mins(minutes), zone: &zone };
    let shown = |occurrence: Occurrence| {
        let text = |at: Timestamp| at.strftime("%m-%dT%H:%MZ").to_string();
        format!("{}→{}", text(occurrence.starts_at), text(occurrence.ends_at))
    };
    recurring.occurrences_from(starts_at).take(count).map(shown).collect()
}

#[test]
fn occurrences_start_by_the_wall_clock_and_last_exactly() {
    let rows: [(&str, &str, &str, i64, &[&str]); 9] = [
        (
            "FREQ=DAILY",
            "Europe/Berlin",
            "2026-03-28T02:30",
            60,
            &["03-28T01:30Z→03-28T02:30Z", "03-29T01:30Z→03-29T02:30Z", "03-30T00:30Z→03-30T01:30Z"],
        ),
        (
            "FREQ=DAILY",
            "Europe/Berlin",
            "2026-10-25T02:30",
            60,
            &["10-25T00:30Z→10-25T01:30Z", "10-26T01:30Z→10-26T02:30Z"],
        ),
        (
            "FREQ=DAILY",
            "Europe/Berlin",
            "2026-03-28T02:00",
            60,
            &["03-28T01:00Z→03-28T02:00Z", "03-29T01:00Z→03-29T02:00Z"],
        ),
        ("FREQ=DAILY", "Europe/Berlin", "2026-03-28T22:00", 480, &["03-28T21:00Z→03-29T05:00Z"]),
        ("FREQ=DAILY", "Europe/Berlin", "2026-10-24T22:00", 480, &["10-24T20:00Z→10-25T04:00Z"]),
        ("FREQ=WEEKLY;BYDAY=SU", "America/New_York", "2026-03-08T01:30", 60, &["03-08T06:30Z→03-08T07:30Z"]),
        (
            "FREQ=WEEKLY;BYDAY=SU",
            "America/New_York",
            "2026-11-01T01:30",
            60,
            &["11-01T05:30Z→11-01T06:30Z", "11-08T06:30Z→11-08T07:30Z"],
        ),
        (
            "FREQ=DAILY",
            "Africa/Cairo",
            "2026-04-23T00:00",
            60,
            &["04-22T22:00Z→04-22T23:00Z", "04-23T22:00Z→04-23T23:00Z", "04-24T21:00Z→04-24T22:00Z"],
        ),
        (
            "FREQ=MONTHLY;BYDAY=-1SU",
            "Europe/Berlin",
            "2026-02-22T02:00",
            120,
            &["02-22T01:00Z→02-22T03:00Z", "03-29T01:00Z→03-29T03:00Z", "04-26T00:00Z→04-26T02:00Z"],
        ),
    ];
    for (rule, zone, start, minutes, expected) in rows {
        assert_eq!(
            occurrences(rule, zone, start, minutes, expected.len()),
            expected,
            "{rule} {zone} {start}"
        );
    }
}

#[test]
fn half_an_hour_of_daylight_saving_shifts_by_half_an_hour() {
    let shown = |start, count| occurrences("FREQ=DAILY", "Australia/Lord_Howe", start, 30, count);
    assert_eq!(shown("2026-10-04T02:15", 1), ["10-03T15:45Z→10-03T16:15Z"]);
    assert_eq!(shown("2027-04-04T01:45", 1), ["04-03T14:45Z→04-03T15:15Z"]);
    // As an occurrence of a rule that began earlier.
    assert_eq!(shown("2026-10-03T02:15", 2)[1], "10-03T15:45Z→10-03T16:15Z");
    assert_eq!(shown("2027-04-03T01:45", 2)[1], "04-03T14:45Z→04-03T15:15Z");
}

#[test]
fn starts_are_those_of_the_reference() {
    let rows: [(&str, &str, &str, &[&str]); 6] = [
        (
            "FREQ=MONTHLY;BYMONTHDAY=31",
            "Europe/Berlin",
            "2026-01-31T23:00",
            &["01-31T22:00Z", "03-31T21:00Z", "05-31T21:00Z"],
        ),
        (
            "FREQ=MONTHLY",
            "Europe/Berlin",
            "2026-01-31T23:00",
            &["01-31T22:00Z", "03-31T21:00Z", "05-31T21:00Z"],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
            "Europe/Berlin",
            "2026-03-22T08:00",
            &["03-22T07:00Z", "03-23T07:00Z", "04-05T06:00Z", "04-06T06:00Z"],
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO",
            "Europe/Berlin",
            "2026-03-22T08:00",
            &["03-22T07:00Z", "03-30T06:00Z", "04-05T06:00Z"],
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "America/Los_Angeles",
            "2026-01-30T20:00",
            &["01-31T04:00Z", "02-28T04:00Z", "04-01T03:00Z", "05-01T03:00Z"],
        ),
        (
            "FREQ=DAILY;COUNT=3",
            "Europe/Berlin",
            "2026-03-28T02:30",
            &["03-28T01:30Z", "03-29T01:30Z", "03-30T00:30Z"],
        ),
    ];
    for (rule, zone, start, expected) in rows {
        let shown = occurrences(rule, zone, start, 60, expected.len() + usize::from(rule.contains("COUNT")));
        let starts: Vec<_> = shown.iter().map(|shown| shown.split('→').next().unwrap()).collect();
        assert_eq!(starts, expected, "{rule}");
    }
}

#[test]
fn an_occurrence_is_found_from_the_clock_alone_however_long_ago_the_rule_began() {
    let rule: Recurrence = "FREQ=WEEKLY;BYDAY=SU".parse().unwrap();
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let starts_at = "2001-01-07T02:00:00+01:00".parse().unwrap();
    let recurring = Recurring { rule: &rule, starts_at, length: SignedDuration::from_hours(2), zone: &zone };
    let at =
        |text: &str| recurring.occurrence_at(text.parse().unwrap()).map(|found| found.starts_at.to_string());
    assert_eq!(at("2026-03-29T00:59:59Z"), None);
    assert_eq!(at("2026-03-29T01:00:00Z").as_deref(), Some("2026-03-29T01:00:00Z"));
    assert_eq!(at("2026-03-29T02:59:59Z").as_deref(), Some("2026-03-29T01:00:00Z"));
    assert_eq!(at("2026-03-29T03:00:00Z"), None);
    let next = recurring.next_after("2026-10-24T00:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(next.starts_at.to_string(), "2026-10-25T00:00:00Z");
}

#[test]
fn an_end_is_kept_and_a_rule_survives_its_text() {
    let rule =
        "freq=monthly;interval=2;byday=-1FR,2MO;bymonthday=1,-3;bysetpos=-1;until=20261231T225959Z;wkst=su";
    let rule: Recurrence = rule.parse().unwrap();
    let text = rule.to_string();
    assert_eq!(
        text,
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR,2MO;BYMONTHDAY=1,-3;BYSETPOS=-1;UNTIL=20261231T225959Z;WKST=SU"
    );
    assert_eq!(text.parse::<Recurrence>().unwrap(), rule);
    let until = occurrences("FREQ=DAILY;UNTIL=20260330", "Europe/Berlin", "2026-03-28T23:30", 60, 9);
    assert_eq!(until.len(), 3);
    let until = occurrences("FREQ=DAILY;UNTIL=20260330T213000Z", "Europe/Berlin", "2026-03-28T23:30", 60, 9);
    assert_eq!(until.len(), 3);
    let until = occurrences("FREQ=DAILY;UNTIL=20260330T212959Z", "Europe/Berlin", "2026-03-28T23:30", 60, 9);
    assert_eq!(until.len(), 2);
}

#[test]
fn what_is_no_rule_says_why() {
    for (rule, expected) in [
        ("", "`` is not a frequency"),
        ("FREQ=YEARLY", "`YEARLY` is not a frequency: use DAILY, WEEKLY or MONTHLY"),
        ("FREQ=HOURLY", "`HOURLY` is not a frequency"),
        ("FREQ=DAILY;BYHOUR=3", "`BYHOUR` is not supported"),
        ("FREQ=DAILY;EXDATE=20260101", "`EXDATE` is not supported"),
        ("FREQ=DAILY;INTERVAL=53", "`53` is not a value of INTERVAL"),
        ("FREQ=DAILY;INTERVAL=0", "`0` is not a value of INTERVAL"),
        ("FREQ=WEEKLY;BYDAY=1MO", "use FREQ=MONTHLY"),
        ("FREQ=MONTHLY;BYDAY=6MO", "`6MO` is not a value of BYDAY"),
        ("FREQ=MONTHLY;BYDAY=é", "is not a value of BYDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "`0` is not a value of BYMONTHDAY"),
        ("FREQ=MONTHLY;BYSETPOS=1", "add BYDAY"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=2", "`2` is not a value of BYSETPOS"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20260101", "exclude each other"),
        ("FREQ=DAILY;COUNT=0", "`0` is not a value of COUNT"),
        ("FREQ=DAILY;UNTIL=tomorrow", "is not a value of UNTIL"),
        ("FREQ=DAILY;FREQ=DAILY", "`FREQ` is there twice"),
        ("weekly", "is not a part of a recurrence"),
    ] {
        let error = rule.parse::<Recurrence>().unwrap_err().to_string();
        assert!(error.contains(expected), "{rule}: {error}");
    }
}

#[test]
fn a_rule_that_never_holds_ends() {
    assert!(
        occurrences("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "UTC", "2026-02-01T00:00", 60, 1).is_empty()
    );
}
