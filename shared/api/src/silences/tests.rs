//! What a person may ask of a silence that recurs, and what is shown of it.

use alert::SilenceError;
use serde_json::{Value, json};

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Two hours of a Sunday in Berlin, with what else `members` say.
fn asked(mut members: Value) -> NewSilence {
    let mut silence = json!({
        "matchers": [{ "name": "source", "operator": "=", "value": "netdata" }],
        "starts_at": "2026-03-22T01:00:00Z",
        "ends_at": "2026-03-22T03:00:00Z",
        "comment": "planned",
    });
    silence.as_object_mut().unwrap().append(members.as_object_mut().unwrap());
    serde_json::from_value(silence).unwrap()
}

fn ada() -> Principal {
    Principal::of_token("ada".to_owned())
}

fn made(members: Value) -> Result<Silence, SilenceError> {
    asked(members).draft(&ada()).unwrap().create(SilenceId::from_chance(1), at("2026-03-01T00:00:00Z"))
}

fn sundays() -> Silence {
    made(json!({ "recurrence": "FREQ=WEEKLY;BYDAY=SU", "time_zone": "Europe/Berlin" })).unwrap()
}

fn shown(silence: Silence, now: &str) -> Value {
    serde_json::to_value(Shown::at(silence, at(now))).unwrap()
}

#[test]
fn a_silence_that_recurs_is_shown_with_its_present_or_next_occurrence() {
    let active = shown(sundays(), "2026-03-29T02:00:00Z");
    assert_eq!(active["state"], "active");
    assert_eq!(active["recurrence"], "FREQ=WEEKLY;BYDAY=SU");
    assert_eq!(active["time_zone"], "Europe/Berlin");
    let pending = shown(sundays(), "2026-03-30T00:00:00Z");
    assert_eq!(pending["state"], "pending");
    let next = json!({ "starts_at": "2026-04-05T00:00:00Z", "ends_at": "2026-04-05T02:00:00Z" });
    assert_eq!(pending["occurrence"], next);
    let once = shown(made(json!({})).unwrap(), "2026-03-22T02:00:00Z");
    assert_eq!((once["state"].as_str(), once.get("occurrence")), (Some("active"), None));
}

#[test]
fn a_rule_or_zone_that_is_not_known_is_refused_by_its_value() {
    let rule = serde_json::from_value::<NewSilence>(json!({ "recurrence": "FREQ=YEARLY" }));
    let rule = rule.err().unwrap().to_string();
    assert!(rule.contains("`YEARLY` is not a frequency: use DAILY, WEEKLY or MONTHLY"), "{rule}");
    let zone = made(json!({ "recurrence": "FREQ=DAILY", "time_zone": "Europe/Atlantis" }));
    let zone = Failure::Silence(zone.unwrap_err()).to_string();
    assert!(zone.contains("`Europe/Atlantis`") && zone.contains("give an IANA name"), "{zone}");
    assert_eq!(made(json!({ "time_zone": "Europe/Berlin" })), Err(SilenceError::ZoneAlone));
}

#[test]
fn a_change_that_does_not_speak_of_the_recurrence_leaves_it() {
    let changed = |members| asked(members).change_of(&ada(), sundays()).unwrap();
    let kept = changed(json!({ "comment": "still planned" }));
    assert_eq!((kept.recurrence, kept.time_zone), (sundays().recurrence, sundays().time_zone));
    let other = changed(json!({ "recurrence": "FREQ=DAILY" }));
    assert_eq!(other.recurrence.unwrap().to_string(), "FREQ=DAILY");
    assert_eq!(other.time_zone.as_deref(), Some("Europe/Berlin"));
    let gone = changed(json!({ "recurrence": null }));
    assert_eq!((gone.recurrence, gone.time_zone), (None, None));
}
