//! One monitor is one alert and one moment is one event, whatever shape a request has.

use alert::{Signal, Transition, fold};
use normalize::SourceConfiguration;
use normalize::site24x7::normalize;

use super::{fixture, inbound, webhook};

#[test]
fn a_recovery_is_of_the_alert_and_the_episode_that_fired() {
    let (down, up) = (webhook("down.json"), webhook("up-with-resolved-reason.json"));
    assert_eq!(up.fingerprint, down.fingerprint);
    assert_eq!(up.episode, down.episode);
    assert_ne!(up.event_id, down.event_id);
}

#[test]
fn one_event_keeps_its_id_in_every_shape_of_request() {
    let down = webhook("down.json").event_id;
    for name in [
        "down-with-unescaped-plus.form",
        "down.form",
        "down.query",
        "down-as-plain-text.txt",
        "down-as-form-of-no-type.txt",
        "keys-in-lower-case.json",
        "id-as-text.json",
        "id-only-in-link.json",
        "time-in-utc-with-fraction.json",
        "time-with-colon-in-offset.json",
        "down-with-outage-time-only.json",
        "invoke-url-action.query",
        "lists-as-comma-text.json",
    ] {
        assert_eq!(webhook(name).event_id, down, "{name}");
    }
}

#[test]
fn a_rounded_id_is_still_the_monitor_of_its_link() {
    let down = webhook("down.json").fingerprint;
    for name in [
        "id-rounded-as-shortest-float.json",
        "id-rounded-to-whole-float.json",
        "id-as-float-with-exponent.json",
        "id-as-text-with-exponent.json",
    ] {
        assert_eq!(webhook(name).fingerprint, down, "{name}");
    }
}

#[test]
fn an_id_one_off_is_another_monitor() {
    assert_ne!(webhook("id-differs-from-link.json").fingerprint, webhook("down.json").fingerprint);
}

#[test]
fn lists_mean_the_same_as_arrays_and_as_text() {
    let (arrays, text) = (webhook("lists-as-arrays.json"), webhook("lists-as-comma-text.json"));
    assert_eq!(arrays, text);
}

#[test]
fn without_a_time_each_request_is_its_own_event() {
    let first = inbound(&fixture("down-without-any-time.json"));
    let mut second = first.clone();
    second.received_at = "2026-11-01T12:00:00.501Z".parse().unwrap();
    let id = |inbound| normalize(inbound, &SourceConfiguration::default()).unwrap().events[0].event_id;
    assert_ne!(id(&first), id(&second));
    assert_eq!(id(&first), id(&first.clone()));
}

#[test]
fn the_account_is_the_operators_word() {
    let settings = SourceConfiguration { account: Some("zaaid-1".into()), ..SourceConfiguration::default() };
    let down = normalize(&inbound(&fixture("down.json")), &settings).unwrap();
    assert_eq!(down.events[0].account, "zaaid-1");
    assert_ne!(down.events[0].fingerprint, webhook("down.json").fingerprint);
}

#[test]
fn two_monitors_of_one_name_are_two_alerts_and_a_renamed_one_stays_one() {
    let down = webhook("down.json");
    assert_ne!(webhook("id-differs-from-link.json").fingerprint, down.fingerprint);
    assert_eq!(webhook("trouble-with-attributes.json").fingerprint, down.fingerprint);
}

#[test]
fn all_test_notifications_are_one_alert_that_never_opens() {
    let (full, little) = (webhook("test-button.json"), webhook("test-button-with-little.form"));
    assert_eq!(full.fingerprint, little.fingerprint);
    for event in [full, little] {
        assert_eq!(event.signal, Signal::Notice);
        assert_eq!(fold(None, &event, event.occurred_at).alert, None);
    }
}

#[test]
fn an_outage_of_the_past_does_not_make_a_new_one_late() {
    let (down, up) = (webhook("down.json"), webhook("up-with-resolved-reason.json"));
    let mut again = webhook("down.json");
    let mut inbound = inbound(&fixture("down.json"));
    let body = String::from_utf8(inbound.body).unwrap().replace("T10:15:27+0530", "T11:15:27+0530");
    inbound.body = body.into_bytes();
    again.clone_from(&normalize(&inbound, &SourceConfiguration::default()).unwrap().events[0]);

    let alert =
        [&down, &up].into_iter().fold(None, |alert, event| fold(alert, event, event.occurred_at).alert);
    assert_eq!(fold(alert, &again, again.occurred_at).transition, Some(Transition::Reopened));
}
