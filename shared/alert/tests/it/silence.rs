//! Silences: what they cover, and what becomes of one that is changed.

use alert::matcher::Matcher;
use alert::{
    Alert, Handling, Labels, Signal, Silence, SilenceDraft, SilenceEdit, SilenceError, SilenceId,
    SilenceState, Source, served_labels, silenced,
};
use serde_json::json;

use jiff::SignedDuration;

use crate::{at, event, folded};

fn matchers(texts: &[&str]) -> Vec<Matcher> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn draft(starts: i64, ends: i64) -> SilenceDraft {
    SilenceDraft {
        matchers: matchers(&["severity=warning"]),
        starts_at: at(starts),
        ends_at: at(ends),
        recurrence: None,
        time_zone: None,
        created_by: "ada".into(),
        comment: "planned".into(),
        annotations: Labels::new(),
    }
}

fn silence(starts: i64, ends: i64) -> Silence {
    let created_at = at(starts.min(0));
    draft(starts, ends).create(SilenceId::from_chance(1), created_at).unwrap()
}

fn edited(known: Silence, draft: SilenceDraft, now: i64) -> SilenceEdit {
    draft.edit(known, SilenceId::from_chance(2), at(now)).unwrap()
}

fn firing() -> Alert {
    folded(&[event(Signal::Firing, 1)])
}

#[test]
fn it_covers_from_its_start_until_just_before_its_end() {
    use SilenceState::{Active, Expired, Pending};
    let silence = silence(10, 20);
    let states = [9, 10, 19, 20].map(|now| silence.state(at(now)));
    assert_eq!(states, [Pending, Active, Active, Expired]);
    assert_eq!([9, 10, 20].map(|now| silence.covers(&firing(), at(now))), [false, true, false]);
}

#[test]
fn a_covered_alert_is_silenced_and_keeps_its_condition() {
    let silences = [silence(10, 20)];
    let shown = silenced(firing(), &silences, at(15));
    assert_eq!((shown.handling, shown.silenced_by), (Handling::Silenced, vec![silences[0].id]));
    assert_eq!(shown.condition, alert::Condition::Firing);
    assert_eq!(silenced(firing(), &silences, at(20)), firing());
}

#[test]
fn served_labels_say_what_the_alert_does_not_and_never_overrule_it() {
    let labels = [("kind".to_owned(), "cpu".to_owned()), ("source".to_owned(), "own".to_owned())];
    let alert = Alert { labels: labels.into(), ..firing() };
    let expected = [
        ("account", "space"),
        ("alertname", "cpu"),
        ("kind", "cpu"),
        ("severity", "warning"),
        ("source", "own"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(served_labels(&alert), expected.into());
    assert_eq!(served_labels(&firing())["alertname"], "netdata");

    let theirs = Alert { source: Source::Alertmanager, ..alert };
    assert_eq!(served_labels(&theirs), theirs.labels);
}

#[test]
fn a_draft_that_makes_no_sense_is_refused_with_its_reason() {
    let create = |draft: SilenceDraft| draft.create(SilenceId::from_chance(1), at(5)).unwrap_err();
    assert_eq!(create(SilenceDraft { matchers: vec![], ..draft(0, 9) }), SilenceError::NoMatcher);
    let everything = matchers(&["a=~\".*\"", "b!=x"]);
    assert_eq!(create(SilenceDraft { matchers: everything, ..draft(0, 9) }), SilenceError::MatchesNothing);
    assert_eq!(create(draft(9, 9)), SilenceError::EndsBeforeStart);
    assert_eq!(create(draft(0, 5)), SilenceError::EndsInThePast);
    let many = (0..65).map(|number| (format!("a{number}"), String::new())).collect();
    assert_eq!(create(SilenceDraft { annotations: many, ..draft(0, 9) }), SilenceError::TooLong);
    let large = (0..40).map(|number| (format!("a{number}"), "x".repeat(2048))).collect();
    assert_eq!(create(SilenceDraft { annotations: large, ..draft(0, 9) }), SilenceError::TooLong);
    let long = SilenceDraft { comment: "x".repeat(2049), ..draft(0, 9) };
    assert_eq!(create(long), SilenceError::TooLong);
}

#[test]
fn a_start_in_the_past_becomes_now() {
    let silence = draft(0, 9).create(SilenceId::from_chance(1), at(5)).unwrap();
    assert_eq!((silence.starts_at, silence.created_at), (at(5), at(5)));
}

#[test]
fn an_active_one_with_the_same_start_is_changed_in_place() {
    let known = silence(10, 20);
    let SilenceEdit::Changed(changed) = edited(known.clone(), draft(10, 50), 15) else {
        panic!("it was replaced");
    };
    assert_eq!((changed.id, changed.starts_at, changed.ends_at), (known.id, known.starts_at, at(50)));
    assert_eq!((changed.created_at, changed.updated_at), (known.created_at, at(15)));
}

#[test]
fn a_pending_one_may_be_moved_but_not_into_the_past() {
    let moved = edited(silence(10, 20), draft(12, 50), 5);
    assert!(matches!(moved, SilenceEdit::Changed(moved) if moved.starts_at == at(12)));
    assert!(matches!(edited(silence(10, 20), draft(4, 50), 5), SilenceEdit::Replaced { .. }));
}

#[test]
fn one_whose_past_would_change_ends_and_a_new_one_begins() {
    let known = silence(10, 20);
    let other = SilenceDraft { matchers: matchers(&["a=b"]), ..draft(10, 20) };
    for draft in [other, draft(11, 20)] {
        let SilenceEdit::Replaced { ended, new } = edited(known.clone(), draft, 15) else {
            panic!("it was changed in place");
        };
        assert_eq!((ended.id, ended.ends_at, ended.updated_at), (known.id, at(15), at(15)));
        assert_eq!((new.id, new.starts_at), (SilenceId::from_chance(2), at(15)));
    }
}

#[test]
fn one_that_is_over_stays_as_it_was_and_a_new_one_begins() {
    let over = silence(10, 20);
    let SilenceEdit::Replaced { ended, new } = edited(over.clone(), draft(10, 99), 30) else {
        panic!("it came back");
    };
    assert_eq!((ended, new.starts_at), (over, at(30)));
}

#[test]
fn a_pending_one_that_is_ended_has_no_future() {
    let ended = silence(10, 20).ended(at(5));
    assert_eq!((ended.state(at(5)), ended.starts_at, ended.ends_at), (SilenceState::Expired, at(5), at(5)));
    assert_eq!(ended.clone().ended(at(7)), ended);
}

#[test]
fn a_silence_survives_its_json() {
    let silence = silence(10, 20);
    let json = serde_json::to_value(&silence).unwrap();
    assert_eq!(
        json["matchers"],
        serde_json::json!([{ "name": "severity", "value": "warning", "is_regex": false, "is_equal": true }])
    );
    assert_eq!(serde_json::from_value::<Silence>(json).unwrap(), silence);
    let brief: Matcher = serde_json::from_str(r#"{"name":"a","value":"b"}"#).unwrap();
    assert_eq!(brief, "a=b".parse().unwrap());
    // What is stored is read whatever it says; it then covers nothing.
    for is_equal in [true, false] {
        let stored = json!({ "name": "a", "value": "[", "is_regex": true, "is_equal": is_equal });
        let matcher: Matcher = serde_json::from_value(stored).unwrap();
        assert!(matcher.check().is_err());
        assert!(!matcher.matches_value("") && !matcher.matches_value("["));
    }
}

#[test]
fn a_silence_whose_regexes_are_many_or_large_is_refused() {
    let regex = |value: &str| {
        serde_json::from_value(json!({ "name": "a", "value": value, "is_regex": true })).unwrap()
    };
    let with = |matchers: Vec<Matcher>| {
        SilenceDraft { matchers, ..draft(0, 9) }.create(SilenceId::from_chance(1), at(5)).unwrap_err()
    };
    assert_eq!(with(vec![regex("a.*"); 17]), SilenceError::TooManyRegexes);
    let refusal = with(vec![regex(r"\pL{200}")]).to_string();
    assert!(refusal.starts_with(r"`\pL{200}` is not a regex that can be used"), "{refusal}");
}

#[test]
fn a_silence_may_name_every_label_of_an_alert_with_many_or_long_ones() {
    let create = |texts: &[String]| {
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        SilenceDraft { matchers: matchers(&texts), ..draft(0, 9) }.create(SilenceId::from_chance(1), at(5))
    };
    let many: Vec<_> = (0..200).map(|number| format!("label_{number}=true")).collect();
    assert!(create(&many).is_ok());
    assert!(create(&[format!("query=\"{}\"", "x".repeat(50_000))]).is_ok());
    assert_eq!(create(&[format!("query=\"{}\"", "x".repeat(70_000))]), Err(SilenceError::TooLong));
    // It is small once compiled, and yet a longer text than a silence may have.
    assert_eq!(create(&[format!("query=~\"{}\"", "[x]".repeat(700))]), Err(SilenceError::TooLong));
    assert!(format!("query=~\"{}\"", "x".repeat(20_000)).parse::<Matcher>().is_err());
}

fn weekly(rule: &str) -> SilenceDraft {
    SilenceDraft {
        starts_at: "2026-03-22T02:00:00+01:00".parse().unwrap(),
        ends_at: "2026-03-22T04:00:00+01:00".parse().unwrap(),
        recurrence: Some(rule.parse().unwrap()),
        time_zone: Some("Europe/Berlin".to_owned()),
        ..draft(0, 9)
    }
}

#[test]
fn a_silence_of_every_sunday_covers_two_hours_over_both_nights_of_changing_clocks() {
    let now = "2026-03-01T00:00:00Z".parse().unwrap();
    let silence = weekly("FREQ=WEEKLY;BYDAY=SU").create(SilenceId::from_chance(1), now).unwrap();
    for (moment, expected) in [
        ("2026-03-21T12:00:00Z", SilenceState::Pending),
        ("2026-03-22T01:00:00Z", SilenceState::Active),
        ("2026-03-22T03:00:00Z", SilenceState::Pending),
        ("2026-03-29T00:59:59Z", SilenceState::Pending),
        ("2026-03-29T01:00:00Z", SilenceState::Active),
        ("2026-03-29T03:00:00Z", SilenceState::Pending),
        ("2026-10-25T00:00:00Z", SilenceState::Active),
        ("2026-10-25T01:59:59Z", SilenceState::Active),
        ("2026-10-25T02:00:00Z", SilenceState::Pending),
    ] {
        assert_eq!(silence.state(moment.parse().unwrap()), expected, "{moment}");
    }
    let ended = silence.ended("2026-03-29T01:30:00Z".parse().unwrap());
    assert_eq!(ended.state("2026-04-05T01:00:00Z".parse().unwrap()), SilenceState::Expired);
}

#[test]
fn a_recurrence_that_makes_no_sense_is_refused_with_a_reason() {
    let now = "2026-03-01T00:00:00Z".parse().unwrap();
    let refused = |draft: SilenceDraft| draft.create(SilenceId::from_chance(1), now).unwrap_err();
    let start = weekly("FREQ=DAILY").starts_at;
    let lasting =
        |secs| SilenceDraft { ends_at: start + SignedDuration::from_secs(secs), ..weekly("FREQ=DAILY") };
    assert_eq!(refused(lasting(59)), SilenceError::TooShort);
    assert_eq!(refused(lasting(24 * 3600 + 1)), SilenceError::LongerThanPeriod);
    assert_eq!(refused(weekly("FREQ=WEEKLY;UNTIL=20260101")), SilenceError::NeverRecurs);
    let nowhere = SilenceDraft { time_zone: Some("Atlantis".to_owned()), ..weekly("FREQ=DAILY") };
    assert_eq!(refused(nowhere), SilenceError::NoTimeZone("Atlantis".to_owned()));
    let alone = SilenceDraft { recurrence: None, ..weekly("FREQ=DAILY") };
    assert_eq!(refused(alone), SilenceError::ZoneAlone);
}

#[test]
fn a_silence_that_recurs_is_over_with_its_rule_and_not_with_its_first_occurrence() {
    let now = "2026-03-01T00:00:00Z".parse().unwrap();
    for (rule, over_at) in [
        ("FREQ=WEEKLY;BYDAY=SU", None),
        ("FREQ=WEEKLY;BYDAY=SU;COUNT=2", Some("2026-03-29T03:00:00Z")),
        ("FREQ=WEEKLY;BYDAY=SU;UNTIL=20260405", Some("2026-04-06T00:00:00Z")),
        ("FREQ=WEEKLY;BYDAY=SU;UNTIL=20260405T000000Z", Some("2026-04-05T02:00:00Z")),
        // More than anybody plans for.
        ("FREQ=DAILY;COUNT=10000", None),
    ] {
        let silence = weekly(rule).create(SilenceId::from_chance(1), now).unwrap();
        let expected = over_at.map(|moment| moment.parse().unwrap());
        assert_eq!(silence.over_at(), expected, "{rule}");
        if let Some(over_at) = expected {
            assert_eq!(silence.state(over_at), SilenceState::Expired, "{rule}");
        }
    }
    assert_eq!(silence(10, 20).over_at(), Some(at(20)));
}
