//! What places an event: the source's time bounded by reception, what it says came before, or reception itself.

use alert::{
    Alert, AlertEvent, Condition, Order, PriorState, Severity, Signal, Transition, expire, fold, heard_again,
    resolve,
};
use jiff::Timestamp;

use crate::{at, event, folded};

const DAY: i64 = 86_400;

fn firing(seconds: i64) -> AlertEvent {
    event(Signal::Firing, seconds)
}

fn resolved(seconds: i64) -> AlertEvent {
    event(Signal::Resolved, seconds)
}

/// The alert after events that reached us at these seconds, each bounded by that.
fn received(events: impl IntoIterator<Item = (AlertEvent, i64)>) -> Alert {
    let known = events.into_iter().fold(None, |alert, (event, seconds)| {
        fold(alert, &event.received(at(seconds)).event, at(seconds)).alert
    });
    known.unwrap()
}

fn restated(signal: Signal, started_at: i64) -> AlertEvent {
    let started_at = at(started_at);
    AlertEvent { started_at: Some(started_at), order: Order::restated(started_at), ..event(signal, 0) }
}

fn ended(started_at: i64, ended_at: i64) -> AlertEvent {
    AlertEvent { ended_at: Some(at(ended_at)), ..restated(Signal::Resolved, started_at) }
}

#[test]
fn a_time_after_its_reception_counts_as_its_reception_and_stays_as_an_annotation() {
    let year_9999: Timestamp = "9999-12-30T22:00:00.999999999Z".parse().unwrap();
    for ahead in [at(69), at(DAY), year_9999] {
        let sent = AlertEvent {
            occurred_at: ahead,
            started_at: Some(ahead),
            ended_at: Some(at(-5)),
            expires_at: Some(ahead),
            ..firing(0)
        };
        let taken = sent.clone().received(at(0));
        let event = taken.event;
        assert_eq!(taken.ahead, Some(ahead.duration_since(at(0))));
        assert_eq!((event.occurred_at, event.started_at, event.ended_at), (at(0), Some(at(0)), Some(at(-5))));
        assert_eq!(event.annotations["original_occurred_at"], ahead.to_string());
        assert_eq!((event.event_id, event.time_as_sent()), (sent.event_id, ahead));
        assert_eq!(event.expires_at, Some(ahead), "what is announced may lie ahead");
    }
}

#[test]
fn a_clock_that_is_right_but_for_a_moment_is_bounded_without_a_remark() {
    let received_at = at(0);
    let a_moment_ahead = received_at + jiff::SignedDuration::from_millis(900);
    let taken = AlertEvent { occurred_at: a_moment_ahead, ..firing(0) }.received(received_at);
    assert_eq!((taken.ahead, taken.event.occurred_at), (None, received_at));
    assert!(taken.event.annotations.is_empty());
    let in_time = firing(-3);
    assert_eq!(in_time.clone().received(received_at).event, in_time);
}

#[test]
fn a_clock_that_was_ahead_makes_no_alert_deaf() {
    for ahead in [69, DAY, 400 * DAY, 7_000 * 365 * DAY] {
        let received_so_far = [(firing(ahead), 0), (resolved(30), 30), (firing(100), 100)];
        for (count, expected) in [(2, Condition::Resolved), (3, Condition::Firing)] {
            assert_eq!(received(received_so_far[..count].iter().cloned()).condition, expected, "{ahead}");
        }
    }
}

#[test]
fn an_alert_by_a_clock_that_is_years_behind_opens_is_listed_and_ends() {
    let behind = -3_650 * DAY;
    let life = [(firing(0), 1), (resolved(60), 61), (firing(behind), 90), (resolved(behind + 40), 130)];
    let after = |count: usize| received(life[..count].iter().cloned());
    assert_eq!((after(3).condition, after(3).condition_since), (Condition::Firing, at(90)));
    assert_eq!((after(4).condition, after(4).ended_at), (Condition::Resolved, Some(at(130))));
    let known = fold(Some(after(2)), &life[2].0, at(90));
    assert!(known.clock_is_behind && known.transition == Some(Transition::Reopened));
}

#[test]
fn what_comes_a_quarter_of_an_hour_after_a_newer_one_is_of_a_clock_that_is_behind() {
    let known = received([(firing(0), 0), (resolved(600), 600)]);
    let refired_at = |seconds| fold(Some(known.clone()), &firing(500), at(seconds));
    assert_eq!(refired_at(600 + 899).transition, Some(Transition::Late));
    assert_eq!(refired_at(600 + 900).transition, Some(Transition::Reopened));
    let logged = AlertEvent { order: Order::logged(), ..firing(500) };
    assert_eq!(fold(Some(known.clone()), &logged, at(9_000)).transition, Some(Transition::Late));
}

#[test]
fn old_requests_in_any_order_are_no_sign_of_a_clock_that_is_behind() {
    let of_last_year = -400 * DAY;
    let events = [resolved(of_last_year + 2 * DAY), firing(of_last_year)];
    let known = received(events.map(|event| (event, 0)));
    assert_eq!(known.condition, Condition::Resolved);
}

#[test]
fn within_one_second_what_the_source_says_came_before_decides() {
    let after = |event: AlertEvent, prior| AlertEvent { order: Order::after(Some(prior)), ..event };
    let critical = |seconds| AlertEvent { severity: Severity::Critical, ..firing(seconds) };
    let was_critical = PriorState::Firing(Severity::Critical);
    let clear = after(resolved(5), was_critical);
    let raised = after(critical(5), PriorState::Resolved);
    for pair in [[clear.clone(), raised.clone()], [raised.clone(), clear.clone()]] {
        let fired_before = [critical(1)].into_iter().chain(pair.clone());
        assert_eq!(folded(&fired_before.collect::<Vec<_>>()).condition, Condition::Firing);
        let was_clear = [resolved(1)].into_iter().chain(pair);
        assert_eq!(folded(&was_clear.collect::<Vec<_>>()).condition, Condition::Resolved);
    }
    let eased = after(firing(5), was_critical);
    for pair in [[raised.clone(), eased.clone()], [eased, raised]] {
        assert_eq!(folded(&pair).severity, Severity::Warning, "the milder one came after");
    }
}

#[test]
fn within_one_second_reception_decides_where_nothing_else_does() {
    assert_eq!(received([(resolved(5), 6), (firing(5), 7)]).condition, Condition::Firing);
    assert_eq!(received([(firing(5), 6), (resolved(5), 7)]).condition, Condition::Resolved);
}

#[test]
fn what_is_restated_holds_from_its_reception_with_the_earliest_start_and_the_latest_end() {
    let (one, other) = (restated(Signal::Firing, -360), restated(Signal::Firing, -345));
    let over = ended(-360, -2);
    let pair = [(one.clone(), 0), (other.clone(), 1), (over.clone(), 2)];
    let known = received(pair.clone());
    assert_eq!((known.condition, known.started_at), (Condition::Resolved, Some(at(-360))));
    let known = received(pair.into_iter().chain([(other, 3)]));
    assert_eq!((known.condition, known.started_at), (Condition::Firing, Some(at(-360))));
    let both_over = received([(one, 0), (ended(-360, 5), 6), (ended(-345, 3), 7)]);
    assert_eq!(both_over.ended_at, Some(at(5)));
    let later_run = received([(over, 0), (restated(Signal::Firing, 10), 20)]);
    assert_eq!(later_run.started_at, Some(at(10)), "runs that do not overlap are two");
}

#[test]
fn a_known_request_is_news_where_it_no_longer_is_what_holds() {
    let fires = restated(Signal::Firing, -60);
    let over = ended(-60, 5);
    let firing_now = received([(fires.clone(), 0)]);
    assert_eq!(heard_again(&firing_now, &fires, at(1)), None, "a retry");
    let over_now = received([(fires.clone(), 0), (over.clone(), 6)]);
    let again = heard_again(&over_now, &fires, at(7)).unwrap();
    assert_ne!(again.event_id, fires.event_id);
    assert_eq!(heard_again(&over_now, &fires, at(7)).unwrap().event_id, again.event_id, "parallel copies");
    assert_eq!(heard_again(&over_now, &fires, at(5)), None, "received before the end");
    assert_eq!(heard_again(&over_now, &over, at(7)), None);

    let reopened = received([(fires.clone(), 0), (over.clone(), 6), (fires.clone(), 7)]);
    assert!(heard_again(&reopened, &over, at(8)).is_some(), "the run that fires again has that end again");
    let twin = received([(fires, 0), (over.clone(), 6), (restated(Signal::Firing, -40), 7)]);
    assert_eq!(heard_again(&twin, &over, at(8)), None, "its twin still fires");
}

#[test]
fn any_known_firing_that_is_heard_after_an_expiry_reopens() {
    for fires in [firing(0), restated(Signal::Firing, 0)] {
        let expired = expire(received([(fires.clone(), 1)]), at(100));
        assert_eq!(heard_again(&expired, &fires, at(99)), None, "heard before");
        let again = heard_again(&expired, &fires, at(101)).unwrap();
        let known = fold(Some(expired), &again, at(101));
        assert_eq!(known.transition, Some(Transition::Reopened));
        let known = known.alert.unwrap();
        let over = AlertEvent { order: fires.order, ..resolved(102) };
        assert_eq!(fold(Some(known), &over, at(102)).transition, Some(Transition::Resolved));
    }
}

#[test]
fn a_person_ends_what_is_known_and_nothing_newer() {
    let known = received([(firing(10), 11)]);
    let end = resolve(&known, "ada", at(20)).unwrap();
    let over = fold(Some(known), &end, at(20)).alert.unwrap();
    assert_eq!((over.condition, over.ended_at), (Condition::Resolved, Some(at(20))));
    let on_its_way = fold(Some(over.clone()), &firing(15), at(21));
    assert_eq!(on_its_way.transition, Some(Transition::Reopened), "it happened after what the person saw");
    assert_eq!(fold(Some(over), &firing(5), at(21)).transition, Some(Transition::Late));
}

#[test]
fn a_firing_that_nobody_was_to_be_notified_of_is_news_once_somebody_is() {
    let unannounced = |event: AlertEvent| AlertEvent {
        annotations: [(alert::UNANNOUNCED.to_owned(), "yes".to_owned())].into(),
        ..event
    };
    let quiet = received([(unannounced(firing(0)), 900)]);
    assert!(quiet.is_unannounced());
    assert_eq!(heard_again(&quiet, &unannounced(firing(0)), at(901)), None, "read once more");
    let again = heard_again(&quiet, &firing(0), at(902)).unwrap();
    let announced = fold(Some(quiet.clone()), &again, at(902));
    assert!(!announced.alert.unwrap().is_unannounced());
    assert_eq!(announced.transition, Some(Transition::Repeated));
    assert_eq!(heard_again(&quiet, &firing(-60), at(903)), None, "it is not what the alert goes by");
}
