//! What people do with an alert.

use alert::{
    Acknowledgement, Alert, AlertEvent, Condition, Conflict, Handling, Signal, Transition, acknowledge,
    acknowledge_if_free, expire, fold, resolve, unacknowledge,
};

use crate::{at, event, folded};

fn by(name: &str, seconds: i64) -> Acknowledgement {
    Acknowledgement { by: name.into(), note: None, at: at(seconds) }
}

fn firing() -> Alert {
    folded(&[event(Signal::Firing, 1)])
}

#[test]
fn who_acknowledges_later_takes_the_alert_over() {
    let first = acknowledge(firing(), by("ada", 2)).unwrap();
    let second = acknowledge(first, by("bob", 3)).unwrap();
    assert_eq!((second.handling, second.acknowledgement), (Handling::Acknowledged, Some(by("bob", 3))));
    assert_eq!(second.revision, 3);
}

#[test]
fn who_takes_what_is_free_takes_nothing_from_anybody() {
    let first = acknowledge_if_free(firing(), by("ada", 2)).unwrap();
    assert_eq!(first.acknowledgement, Some(by("ada", 2)));
    assert_eq!(acknowledge_if_free(first, by("bob", 3)).unwrap_err(), Conflict::Acknowledged);
}

#[test]
fn an_acknowledgement_can_be_taken_back_once() {
    let taken = acknowledge(firing(), by("ada", 2)).unwrap();
    let open = unacknowledge(taken).unwrap();
    assert_eq!((open.handling, open.acknowledgement.clone()), (Handling::Open, None));
    assert_eq!(unacknowledge(open).unwrap_err(), Conflict::NotAcknowledged);
}

#[test]
fn what_does_not_ring_cannot_be_taken_or_ended() {
    let over = folded(&[event(Signal::Firing, 1), event(Signal::Resolved, 2)]);
    let conflict = acknowledge(over.clone(), by("ada", 3)).unwrap_err();
    assert_eq!(conflict, Conflict::NotFiring(Condition::Resolved));
    assert_eq!(resolve(&over, "ada", at(3)).unwrap_err(), conflict);
    let expired = expire(firing(), at(9));
    assert_eq!(unacknowledge(expired).unwrap_err(), Conflict::NotFiring(Condition::Expired));
}

#[test]
fn an_alert_resolved_by_hand_is_over_even_where_the_source_s_clock_is_ahead() {
    let alert = acknowledge(firing(), by("ada", 2)).unwrap();
    let event = resolve(&alert, "ada", at(0)).unwrap();
    let folded = fold(Some(alert), &event, at(0));
    assert_eq!(folded.transition, Some(Transition::Resolved));
    let alert = folded.alert.unwrap();
    assert_eq!((alert.condition, alert.handling), (Condition::Resolved, Handling::Open));
    assert_eq!(alert.severity_raw, "resolved by ada");
}

#[test]
fn two_who_end_one_revision_say_the_same() {
    let alert = firing();
    let [one, other] = [("ada", 2), ("bob", 3)].map(|(by, time)| resolve(&alert, by, at(time)).unwrap());
    assert_eq!(one.event_id, other.event_id);
    let again = fold(Some(alert), &event(Signal::Firing, 1), at(2)).alert.unwrap();
    assert_ne!(resolve(&again, "ada", at(2)).unwrap().event_id, one.event_id);
}

#[test]
fn an_episode_that_goes_on_after_it_was_resolved_by_hand_reopens() {
    let of_episode = |seconds| AlertEvent { episode: Some("a".into()), ..event(Signal::Firing, seconds) };
    let alert = folded(&[of_episode(1)]);
    let resolved = fold(Some(alert.clone()), &resolve(&alert, "ada", at(5)).unwrap(), at(5)).alert;
    let folded = fold(resolved, &of_episode(9), at(9));
    assert_eq!(folded.transition, Some(Transition::Reopened));
}
