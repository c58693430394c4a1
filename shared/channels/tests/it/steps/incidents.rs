//! Systems that keep incidents: what became of a request, and changes of what is open.

use channels::testing::{channel, notification, now};
use channels::{Attempt, Channel, Event, Memory, Probe, Progress, Verdict};
use jiff::SignedDuration;
use serde_json::json;

use super::Run;

const ACCEPTED: (u16, &str) = (202, r#"{"result":"Request will be processed","requestId":"r-1"}"#);
const PENDING: (u16, &str) = (404, r#"{"message":"Request not found. It might not be processed, yet."}"#);
const DONE: (u16, &str) = (200, r#"{"data":{"success":true,"isSuccess":true,"status":"Created alert"}}"#);
const MISSING: (u16, &str) = (200, r#"{"data":{"success":false,"status":"Alert does not exist"}}"#);

fn opsgenie() -> std::sync::Arc<dyn Channel> {
    channel("opsgenie", "https://vendor.example.com", &json!({}))
}

#[test]
fn opsgenie_is_asked_what_became_of_a_create() {
    let (opsgenie, opened) = (opsgenie(), notification(Event::Opened));
    let mut run = Run::of(&*opsgenie, &opened);
    assert_eq!(run.attempt(&[ACCEPTED, PENDING, PENDING, DONE]), Verdict::Sent);
    let look = "GET /v2/alerts/requests/r-1";
    assert_eq!(run.asked, ["POST /v2/alerts", look, look, look]);
    assert_eq!(run.waits, [1, 2, 4]);
    assert_eq!(run.memory, Memory(json!({ "created_at": now().to_string() })));
}

#[test]
fn a_create_that_stays_pending_is_looked_up_by_the_schedule_and_not_sent_again() {
    let (opsgenie, opened) = (opsgenie(), notification(Event::Opened));
    let mut run = Run::of(&*opsgenie, &opened);
    let verdict = run.attempt(&[ACCEPTED, PENDING, PENDING, PENDING, PENDING]);
    assert!(matches!(verdict, Verdict::Retry { wait: None, .. }));
    assert_eq!(run.attempt(&[(503, ""), DONE]), Verdict::Retry { from: run.progress.clone(), wait: None });
    assert_eq!(run.attempt(&[DONE]), Verdict::Sent);
    assert_eq!(run.asked.iter().filter(|asked| asked.starts_with("POST")).count(), 1);
}

#[test]
fn a_create_that_was_discarded_has_failed_unless_it_says_another_reason() {
    let refused = |status: &str| format!(r#"{{"data":{{"success":false,"status":"{status}"}}}}"#);
    for (status, verdict) in [
        ("Alert will not be processed", Verdict::Failed),
        ("Responder team does not exist", Verdict::Failed),
        ("", Verdict::Failed),
        ("Alert is already open", Verdict::Sent),
        ("Could not process, please try again", Verdict::Retry { from: Progress::default(), wait: None }),
    ] {
        let (opsgenie, opened) = (opsgenie(), notification(Event::Opened));
        let mut run = Run::of(&*opsgenie, &opened);
        assert_eq!(run.attempt(&[ACCEPTED, (200, &refused(status))]), verdict, "{status}");
    }
}

#[test]
fn a_key_that_may_not_look_is_no_reason_to_hold_what_was_accepted() {
    for event in [Event::Opened, Event::Resolved] {
        let (opsgenie, notification) = (opsgenie(), notification(event));
        assert_eq!(Run::of(&*opsgenie, &notification).attempt(&[ACCEPTED, (403, "")]), Verdict::Sent);
    }
}

#[test]
fn a_change_creates_first_and_then_updates() {
    for event in [Event::Escalated, Event::Deescalated] {
        let (opsgenie, changed) = (opsgenie(), notification(event));
        let mut run = Run::of(&*opsgenie, &changed);
        let accepted = [ACCEPTED, DONE, ACCEPTED, ACCEPTED, ACCEPTED];
        assert_eq!(run.attempt(&accepted), Verdict::Sent);
        assert_eq!(
            run.asked,
            [
                "POST /v2/alerts",
                "GET /v2/alerts/requests/r-1",
                "PUT /v2/alerts/ALIAS/priority?identifierType=alias",
                "PUT /v2/alerts/ALIAS/message?identifierType=alias",
                "PUT /v2/alerts/ALIAS/description?identifierType=alias",
            ]
        );
    }
}

#[test]
fn an_update_that_fails_is_resumed_where_it_was() {
    let (opsgenie, changed) = (opsgenie(), notification(Event::Escalated));
    let mut run = Run::of(&*opsgenie, &changed);
    assert!(matches!(run.attempt(&[ACCEPTED, DONE, ACCEPTED, (500, "")]), Verdict::Retry { .. }));
    assert_eq!(run.attempt(&[ACCEPTED, ACCEPTED]), Verdict::Sent);
    assert_eq!(run.asked.iter().filter(|asked| asked.contains("/message")).count(), 2);
}

#[test]
fn a_close_that_overtakes_its_create_is_made_again() {
    let (opsgenie, resolved) = (opsgenie(), notification(Event::Resolved));
    let mut run = Run::of(&*opsgenie, &resolved).remembering(json!({ "created_at": now().to_string() }));
    assert_eq!(run.attempt(&[ACCEPTED, MISSING, ACCEPTED, DONE]), Verdict::Sent);
    let close = "POST /v2/alerts/ALIAS/close?identifierType=alias";
    let look = "GET /v2/alerts/requests/r-1";
    assert_eq!(run.asked, [close, look, close, look]);
    assert_eq!(run.waits, [1, 5, 1]);
    assert_eq!(run.memory, Memory::default());
}

#[test]
fn a_close_is_made_four_times_at_most_and_once_where_the_create_is_long_ago() {
    let (opsgenie, resolved) = (opsgenie(), notification(Event::Resolved));
    let mut run = Run::of(&*opsgenie, &resolved).remembering(json!({ "created_at": now().to_string() }));
    let pair = [ACCEPTED, MISSING];
    assert_eq!(run.attempt(&[pair, pair, pair, pair].concat()), Verdict::Sent);
    let long_ago = now().checked_sub(SignedDuration::from_secs(61)).unwrap();
    let mut run = Run::of(&*opsgenie, &resolved).remembering(json!({ "created_at": long_ago.to_string() }));
    assert_eq!(run.attempt(&pair), Verdict::Sent);
}

#[test]
fn an_update_or_close_of_what_is_not_there_has_failed() {
    let opsgenie = opsgenie();
    for event in [Event::Resolved, Event::Acknowledged, Event::Unacknowledged] {
        let notification = notification(event);
        assert_eq!(Run::of(&*opsgenie, &notification).attempt(&[(404, "")]), Verdict::Failed, "{event:?}");
    }
}

#[test]
fn pagerduty_is_not_notified_of_a_withdrawn_acknowledgement() {
    let pagerduty = channel("pagerduty", "https://vendor.example.com", &json!({}));
    let withdrawn = notification(Event::Unacknowledged);
    assert_eq!(pagerduty.request(&Attempt::first("ops", &withdrawn, now())), None);
}

fn jsm() -> std::sync::Arc<dyn Channel> {
    channel("jsm", "https://vendor.example.com/jsm/ops/integration", &json!({}))
}

#[test]
fn jsm_is_notified_of_a_change_by_a_note_after_a_create() {
    let jsm = jsm();
    let create = "POST /jsm/ops/integration/v2/alerts";
    let look = "GET /jsm/ops/integration/v2/alerts/requests/r-1";
    let note = "POST /jsm/ops/integration/v2/alerts/ALIAS/notes?identifierType=alias";
    for event in [Event::Escalated, Event::Deescalated] {
        let changed = notification(event);
        let mut run = Run::of(&*jsm, &changed);
        assert_eq!(run.attempt(&[ACCEPTED, PENDING, DONE, ACCEPTED]), Verdict::Sent);
        assert_eq!(run.asked, [create, look, look, note]);
        assert!(run.bodies[3]["note"].as_str().unwrap().contains(" → "));
    }
    let opened = notification(Event::Opened);
    let mut run = Run::of(&*jsm, &opened);
    assert_eq!(run.attempt(&[ACCEPTED, DONE]), Verdict::Sent);
    assert_eq!(run.asked, [create, look]);
}

#[test]
fn jsm_need_not_know_how_to_withdraw_an_acknowledgement() {
    let (jsm, withdrawn) = (jsm(), notification(Event::Unacknowledged));
    for (status, verdict) in [
        (202, Verdict::Sent),
        (400, Verdict::Sent),
        (404, Verdict::Sent),
        (405, Verdict::Sent),
        (401, Verdict::Suspended(Probe::Hourly)),
        (403, Verdict::Suspended(Probe::Hourly)),
    ] {
        assert_eq!(Run::of(&*jsm, &withdrawn).attempt(&[(status, "")]), verdict, "{status}");
    }
    let acknowledged = notification(Event::Acknowledged);
    assert_eq!(Run::of(&*jsm, &acknowledged).attempt(&[(404, "")]), Verdict::Failed);
}

#[test]
fn a_discarded_create_of_jsm_has_failed_and_a_close_waits_for_its_create() {
    let (jsm, opened, resolved) = (jsm(), notification(Event::Opened), notification(Event::Resolved));
    assert_eq!(Run::of(&*jsm, &opened).attempt(&[ACCEPTED, MISSING]), Verdict::Failed);
    let mut run = Run::of(&*jsm, &resolved).remembering(json!({ "created_at": now().to_string() }));
    assert_eq!(run.attempt(&[ACCEPTED, MISSING, ACCEPTED, DONE]), Verdict::Sent);
}

#[test]
fn the_words_of_jsm_say_what_became_of_a_request() {
    let (jsm, opened, resolved) = (jsm(), notification(Event::Opened), notification(Event::Resolved));
    let refused = |status: &str| {
        format!(r#"{{"data":{{"success":false,"isSuccess":false,"action":"Create","status":"{status}"}}}}"#)
    };
    for (notification, status, verdict) in [
        (&opened, "Responder team does not exist", Verdict::Failed),
        (&opened, "Alert is already open", Verdict::Sent),
        (&resolved, "There is no open alert", Verdict::Sent),
        (&resolved, "Alert is already closed", Verdict::Sent),
        // Its create was long ago: somebody has deleted it.
        (&resolved, "Alert does not exist", Verdict::Sent),
    ] {
        let mut run = Run::of(&*jsm, notification);
        assert_eq!(run.attempt(&[ACCEPTED, (200, &refused(status))]), verdict, "{status}");
        assert_eq!(run.asked.len(), 2, "{status}");
    }
}
