//! Transitions, counters and texts, one situation a test.

use alert::{
    Acknowledgement, Alert, AlertEvent, Condition, Handling, Order, Severity, Signal, Transition, expire,
    fold,
};

use crate::{at, event, folded};

fn transitions(events: &[AlertEvent]) -> Vec<Transition> {
    let mut alert = None;
    let changes = events.iter().filter_map(|event| {
        let folded = fold(alert.take(), event, at(0));
        alert = folded.alert;
        folded.transition
    });
    changes.collect()
}

fn firing(seconds: i64) -> AlertEvent {
    event(Signal::Firing, seconds)
}

fn resolved(seconds: i64) -> AlertEvent {
    event(Signal::Resolved, seconds)
}

fn critical(seconds: i64) -> AlertEvent {
    AlertEvent { severity: Severity::Critical, ..firing(seconds) }
}

fn of_episode(episode: &str, event: AlertEvent) -> AlertEvent {
    AlertEvent { episode: Some(episode.into()), ..event }
}

fn acknowledged(alert: Alert) -> Alert {
    let acknowledgement = Acknowledgement { by: "ada".into(), note: None, at: at(5) };
    Alert { handling: Handling::Acknowledged, acknowledgement: Some(acknowledgement), ..alert }
}

#[test]
fn each_step_of_a_life_has_its_transition() {
    use Transition::{Deescalated, Escalated, Opened, Reopened, Repeated, Resolved};
    let life = [firing(1), firing(2), critical(3), firing(4), resolved(5), resolved(6), firing(7)];
    assert_eq!(transitions(&life), [Opened, Repeated, Escalated, Deescalated, Resolved, Repeated, Reopened]);
    let alert = folded(&life);
    assert_eq!((alert.occurrences, alert.flaps, alert.revision), (5, 1, 7));
    assert_eq!((alert.first_seen, alert.last_seen), (at(1), at(7)));
}

#[test]
fn the_condition_begins_with_its_first_event_and_not_with_the_last() {
    let alert = folded(&[firing(1), critical(3)]);
    assert_eq!(
        (alert.condition, alert.condition_since, alert.started_at),
        (Condition::Firing, at(1), Some(at(1)))
    );

    let alert = folded(&[firing(1), critical(3), resolved(5), resolved(8)]);
    assert_eq!((alert.condition, alert.condition_since), (Condition::Resolved, at(5)));
    assert_eq!((alert.started_at, alert.ended_at), (Some(at(1)), Some(at(5))));
    assert_eq!(alert.severity, Severity::Critical, "a recovery says nothing about severity");
}

#[test]
fn a_recovery_that_arrives_late_still_parts_two_runs() {
    let alert = folded(&[firing(1), firing(3), resolved(2)]);
    assert_eq!((alert.condition, alert.condition_since), (Condition::Firing, at(3)));
    assert_eq!(transitions(&[firing(1), firing(3), resolved(2)])[2], Transition::Late);
}

#[test]
fn a_recovery_without_a_firing_is_kept_as_resolved_and_outlives_an_older_firing() {
    assert_eq!(transitions(&[resolved(5), firing(3)]), [Transition::Resolved, Transition::Late]);
    let alert = folded(&[resolved(5), firing(3)]);
    assert_eq!((alert.condition, alert.ended_at, alert.occurrences), (Condition::Resolved, Some(at(5)), 1));
}

#[test]
fn the_first_firing_after_such_a_recovery_opens_and_does_not_reopen() {
    assert_eq!(transitions(&[resolved(1), firing(3)]), [Transition::Resolved, Transition::Opened]);
}

#[test]
fn at_equal_times_a_recovery_wins_in_either_order() {
    for events in [[firing(1), resolved(1)], [resolved(1), firing(1)]] {
        assert_eq!(folded(&events).condition, Condition::Resolved);
    }
    for events in [
        [of_episode("a", firing(1)), of_episode("a", resolved(1))],
        [of_episode("a", resolved(1)), of_episode("a", firing(1))],
    ] {
        assert_eq!(folded(&events).condition, Condition::Resolved);
    }
}

#[test]
fn at_equal_times_a_new_episode_wins_over_the_end_of_the_old_one() {
    let events = [of_episode("a", firing(1)), of_episode("a", resolved(5)), of_episode("b", firing(5))];
    assert_eq!(transitions(&events)[2], Transition::Reopened);
    assert_eq!(folded(&events).condition_since, at(5));
}

#[test]
fn a_firing_of_an_ended_episode_is_late_whatever_its_time() {
    let events = [of_episode("a", firing(1)), of_episode("a", resolved(5)), of_episode("a", firing(9))];
    assert_eq!(transitions(&events)[2], Transition::Late);
    assert_eq!(folded(&events).condition, Condition::Resolved);
}

#[test]
fn an_acknowledgement_ends_with_the_alert_or_when_it_becomes_worse() {
    let taken = || acknowledged(folded(&[firing(1)]));
    let after = |event: AlertEvent| fold(Some(taken()), &event, at(9)).alert.unwrap();
    assert_eq!(after(firing(2)).handling, Handling::Acknowledged);
    assert_eq!(after(critical(2)).handling, Handling::Open);
    assert_eq!(after(resolved(2)).acknowledgement, None);
    assert_eq!(expire(taken(), at(9)).handling, Handling::Open);
}

#[test]
fn an_expired_alert_reopens_with_any_firing_that_is_heard_after_it_expired() {
    let expired = || expire(folded(&[of_episode("a", firing(5))]), at(100));
    assert_eq!((expired().condition, expired().ended_at), (Condition::Expired, Some(at(100))));
    assert_eq!(expired().last_transition, Some(Transition::Expired));

    for seconds in [3, 5, 9] {
        let heard = fold(Some(expired()), &of_episode("a", firing(seconds)), at(101));
        assert_eq!(heard.transition, Some(Transition::Reopened), "{seconds}");
        assert_eq!(heard.alert.unwrap().last_transition, Some(Transition::Reopened));
    }
    let over = fold(Some(expired()), &of_episode("a", resolved(7)), at(101));
    assert_eq!(over.transition, Some(Transition::Resolved));
}

#[test]
fn an_expired_alert_stays_so_where_an_old_firing_was_received_before_or_is_read_from_a_log() {
    let expired = || expire(folded(&[firing(5)]), at(100));
    let logged = AlertEvent { order: Order::logged(), ..firing(3) };
    for (event, received_at) in [(firing(3), at(99)), (logged, at(101))] {
        let old = fold(Some(expired()), &event, received_at);
        assert_eq!(old.transition, Some(Transition::Late));
        let old = old.alert.unwrap();
        assert_eq!((old.condition, old.condition_since), (Condition::Expired, at(100)));
    }
    let of_ended = [of_episode("a", firing(1)), of_episode("a", resolved(2)), of_episode("b", firing(5))];
    let old = fold(Some(expire(folded(&of_ended), at(100))), &of_episode("a", firing(1)), at(101));
    assert_eq!(old.transition, Some(Transition::Late), "its episode is over by the word of its source");
}

#[test]
fn a_notice_makes_no_alert_and_changes_none() {
    let notice = event(Signal::Notice, 9);
    assert_eq!(fold(None, &notice, at(9)).alert, None);
    let alert = folded(&[firing(1)]);
    let after = fold(Some(alert.clone()), &notice, at(9));
    assert_eq!((after.alert, after.transition), (Some(alert), None));
}

#[test]
fn a_late_event_does_not_change_what_people_read() {
    let alert = folded(&[firing(5), critical(3)]);
    assert_eq!((alert.title.as_str(), alert.severity), ("event at 5", Severity::Warning));
}

#[test]
fn long_texts_are_cut_at_characters_and_marked() {
    let long = AlertEvent { title: "ü".repeat(600), ..firing(1) }.bounded();
    assert_eq!(long.title.chars().count(), 512);
    assert!(long.title.ends_with("ü…"));
    let short = firing(1);
    assert_eq!(short.clone().bounded(), short);
}

#[test]
fn what_has_no_name_is_left_out() {
    let named = [("a".to_owned(), "b".to_owned())];
    let unnamed = (String::new(), "c".to_owned());
    let both: alert::Labels = named.clone().into_iter().chain([unnamed]).collect();
    let event = AlertEvent { labels: both.clone(), annotations: both, ..firing(1) }.bounded();
    assert_eq!((event.labels, event.annotations), (named.clone().into(), named.into()));
}
