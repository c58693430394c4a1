//! What current status adds to the alert that is stored, and what it leaves alone.

use alert::{Acknowledgement, Alert, AlertEvent, Condition, Handling, Transition, fold};
use jiff::{SignedDuration, Timestamp};
use normalize::site24x7::{StatusRow, current_status, reconcile};
use serde_json::json;

use super::{ACCOUNT, API_ROOT, at, status, webhook};

fn stored(events: &[AlertEvent]) -> Option<Alert> {
    events.iter().fold(None, |alert, event| fold(alert, event, event.occurred_at).alert)
}

/// A row of the shop front with `code`, last checked at `polled`.
fn row(code: i64, polled: &str) -> StatusRow {
    let monitor = json!({
        "monitor_id": "123456000000025013", "name": "Shop front", "status": code,
        "last_polled_time": polled, "outage_id": "1772340327166",
    });
    let body = json!({ "data": { "monitors": [monitor] } });
    current_status(&body, ACCOUNT, API_ROOT, at("2026-03-01T06:00:00Z")).remove(0)
}

fn heard(alert: Option<Alert>, event: &AlertEvent, now: Timestamp) -> (Alert, Transition) {
    let folded = fold(alert, event, now);
    (folded.alert.unwrap(), folded.transition.unwrap())
}

#[test]
fn an_outage_that_the_webhook_missed_is_opened_once() {
    let row = &status("poll/current-status-after-down.json")[0];
    let now = at("2026-03-01T05:05:00Z");
    let event = reconcile(row, None, now).unwrap();
    let (alert, transition) = heard(None, &event, now);
    assert_eq!(transition, Transition::Opened);
    assert_eq!(reconcile(row, Some(&alert), now), None);
}

#[test]
fn a_monitor_that_became_milder_than_the_webhook_said_is_reported_once() {
    let row = &status("poll/current-status-after-down.json")[0];
    let now = at("2026-03-01T05:05:00Z");
    let before = stored(&[webhook("down.json")]);
    let event = reconcile(row, before.as_ref(), now).unwrap();
    let (alert, transition) = heard(before, &event, now);
    assert_eq!(transition, Transition::Deescalated);
    assert_eq!(reconcile(row, Some(&alert), now), None);
}

#[test]
fn a_monitor_that_is_up_again_resolves_only_what_is_open() {
    let now = at("2026-03-01T05:05:00Z");
    let up = row(1, "2026-03-01T05:00:00Z");
    let open = stored(&[webhook("down.json")]);
    let event = reconcile(&up, open.as_ref(), now).unwrap();
    let (resolved, transition) = heard(open.clone(), &event, now);
    assert_eq!(transition, Transition::Resolved);
    assert_eq!(reconcile(&up, Some(&resolved), now), None);
    assert_eq!(reconcile(&up, None, now), None);
    assert_eq!(reconcile(&up, open.map(|alert| alert::expire(alert, now)).as_ref(), now), None);
}

#[test]
fn an_expired_alert_of_a_monitor_that_is_down_fires_again() {
    let now = at("2026-03-01T05:05:00Z");
    let expired = stored(&[webhook("down.json")]).map(|alert| alert::expire(alert, now));
    let event = reconcile(&row(0, "2026-03-01T05:00:00Z"), expired.as_ref(), now).unwrap();
    assert_eq!(heard(expired, &event, now).1, Transition::Reopened);
}

#[test]
fn a_monitor_that_is_not_checked_any_more_is_renewed_by_an_event_of_its_own() {
    let stuck = row(0, "2026-03-01T05:00:00Z");
    let after = |hours: i64| at("2026-03-01T05:00:00Z") + SignedDuration::from_hours(hours);
    let opening = reconcile(&stuck, None, after(0)).unwrap();
    let (open, _) = heard(None, &opening, after(0));

    let renewal = reconcile(&stuck, Some(&open), after(1)).unwrap();
    let (renewed, transition) = heard(Some(open.clone()), &renewal, after(1));
    assert_eq!((transition, renewed.last_received_at), (Transition::Repeated, after(1)));
    let again = reconcile(&stuck, Some(&renewed), after(2)).unwrap();

    let ids = [opening.event_id, renewal.event_id, again.event_id];
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
    let in_the_same_hour = reconcile(&stuck, Some(&open), after(1) + SignedDuration::from_mins(5)).unwrap();
    assert_eq!(in_the_same_hour.event_id, renewal.event_id);
}

#[test]
fn an_alert_that_expired_reopens_though_its_monitor_was_not_checked_since() {
    let stuck = row(0, "2026-03-01T05:00:00Z");
    let now = at("2026-03-01T05:00:00Z");
    let opening = reconcile(&stuck, None, now).unwrap();
    let expired = alert::expire(heard(None, &opening, now).0, now);
    let event = reconcile(&stuck, Some(&expired), now).unwrap();
    assert_ne!(event.event_id, opening.event_id);
    assert_eq!(heard(Some(expired), &event, now).1, Transition::Reopened);
}

#[test]
fn what_stays_open_is_renewed_once_an_hour() {
    let down = webhook("down.json");
    let open = stored(std::slice::from_ref(&down));
    let after = |minutes: i64| down.occurred_at + SignedDuration::from_mins(minutes);
    assert_eq!(reconcile(&row(0, "2026-03-01T05:44:00Z"), open.as_ref(), after(59)), None);

    let event = reconcile(&row(0, "2026-03-01T05:45:00Z"), open.as_ref(), after(60)).unwrap();
    let (renewed, transition) = heard(open, &event, after(60));
    assert_eq!(transition, Transition::Repeated);
    assert_eq!(reconcile(&row(0, "2026-03-01T05:50:00Z"), Some(&renewed), after(65)), None);
}

#[test]
fn other_states_change_nothing() {
    let open = stored(&[webhook("down.json")]);
    for code in [5, 7, 9, 10, 42] {
        let row = row(code, "2026-03-01T09:00:00Z");
        assert_eq!(reconcile(&row, open.as_ref(), at("2026-03-01T09:05:00Z")), None, "{code}");
        assert_eq!(reconcile(&row, None, at("2026-03-01T09:05:00Z")), None, "{code}");
    }
}

#[test]
fn an_acknowledgement_is_left_alone() {
    let now = at("2026-03-01T06:05:00Z");
    let by = Acknowledgement { by: "ann".into(), note: None, at: now };
    let open = stored(&[webhook("down.json")]);
    let taken =
        open.map(|alert| Alert { handling: Handling::Acknowledged, acknowledgement: Some(by), ..alert });
    let event = reconcile(&row(0, "2026-03-01T06:00:00Z"), taken.as_ref(), now).unwrap();
    assert_eq!(heard(taken, &event, now).0.handling, Handling::Acknowledged);
}

#[test]
fn a_monitor_that_is_down_after_its_outage_ended_is_down_now() {
    let now = at("2026-03-01T05:05:00Z");
    let ended = stored(&[webhook("down.json"), webhook("up-with-resolved-reason.json")]);

    let later = reconcile(&row(0, "2026-03-01T05:00:00Z"), ended.as_ref(), now).unwrap();
    assert_eq!(later.episode, None);
    let (open, transition) = heard(ended.clone(), &later, now);
    assert_eq!((open.condition, transition), (Condition::Firing, Transition::Reopened));

    let worse = reconcile(&row(3, "2026-03-01T05:01:00Z"), Some(&open), now).unwrap();
    assert_eq!(heard(Some(open), &worse, now).1, Transition::Repeated);
}

#[test]
fn a_check_from_before_the_end_of_its_outage_does_not_reopen_it() {
    let now = at("2026-03-01T05:05:00Z");
    let ended = stored(&[webhook("down.json"), webhook("up-with-resolved-reason.json")]);
    let before = reconcile(&row(0, "2026-03-01T04:48:00Z"), ended.as_ref(), now).unwrap();
    assert_eq!(before.episode.as_deref(), Some("1772340327166"));
    let (alert, transition) = heard(ended, &before, now);
    assert_eq!((alert.condition, transition), (Condition::Resolved, Transition::Late));
}
