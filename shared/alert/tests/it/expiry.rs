//! When nothing is heard any more: of an alert, and of a source.

use std::time::Duration;

use alert::{
    Alert, AlertEvent, AutoResolve, Condition, ExpiryRules, Heartbeat, Patience, Signal, Source, Transition,
    fold,
};

use crate::{at, event, folded};

fn rules() -> ExpiryRules {
    let patience = |recovery, quiet| Patience {
        recovery: Duration::from_secs(recovery),
        quiet: Duration::from_secs(quiet),
    };
    ExpiryRules { otherwise: patience(100, 10), by_source: [(Source::Kazoo, patience(50, 5))].into() }
}

/// A firing alert that was last heard of at 0.
fn firing(auto_resolve: AutoResolve) -> Alert {
    folded(&[AlertEvent { auto_resolve, ..event(Signal::Firing, 1) }])
}

#[test]
fn the_deadline_follows_from_how_it_may_end_and_from_its_source() {
    let deadline = |ends| rules().deadline(&firing(ends));
    assert_eq!(deadline(AutoResolve::Recovery), Some(at(100)));
    assert_eq!(deadline(AutoResolve::Quiet), Some(at(10)));
    assert_eq!(deadline(AutoResolve::Person), None);
    let kazoo = Alert { source: Source::Kazoo, ..firing(AutoResolve::Quiet) };
    assert_eq!(rules().deadline(&kazoo), Some(at(5)));
    let own = Alert { source: Source::Campanile, ..firing(AutoResolve::Recovery) };
    assert_eq!(rules().deadline(&own), None);
}

#[test]
fn an_alert_past_its_deadline_has_expired_at_it() {
    let before = rules().applied(firing(AutoResolve::Quiet), at(9));
    assert_eq!(before, firing(AutoResolve::Quiet));
    let after = rules().applied(firing(AutoResolve::Quiet), at(99));
    assert_eq!((after.condition, after.condition_since), (Condition::Expired, at(10)));
    assert_eq!(rules().applied(after.clone(), at(999)), after);
}

#[test]
fn a_deadline_that_the_source_sets_wins_and_the_latest_of_a_run_counts() {
    let until =
        |seconds, expires| AlertEvent { expires_at: Some(at(expires)), ..event(Signal::Firing, seconds) };
    let alert = folded(&[until(1, 40), until(1, 30)]);
    assert_eq!(rules().deadline(&alert), Some(at(40)));
    let reopened = folded(&[until(1, 40), event(Signal::Resolved, 2), until(3, 30)]);
    assert_eq!(reopened.expires_at, Some(at(30)));
}

fn heartbeat(seconds: i64) -> Heartbeat {
    Heartbeat { source: Source::Netdata, account: "space".into(), last_event_at: at(seconds) }
}

#[test]
fn a_source_is_silent_a_minute_after_it_should_have_spoken() {
    let silent = |now| heartbeat(0).is_silent(Duration::from_mins(5), at(now));
    assert_eq!([299, 300, 359, 360].map(silent), [false, false, false, true]);
    assert!(!heartbeat(0).is_silent(Duration::MAX, at(1)));
}

#[test]
fn silence_opens_one_alert_and_speech_resolves_it() {
    let silent = heartbeat(0).fell_silent(Duration::from_mins(5));
    assert_eq!(silent.event_id, heartbeat(0).fell_silent(Duration::from_mins(5)).event_id);
    let alert = fold(None, &silent, at(360)).alert.unwrap();
    assert_eq!((alert.source, alert.condition_since), (Source::Campanile, at(300)));
    assert_eq!(alert.fingerprint, heartbeat(9).fingerprint());

    let over = fold(Some(alert.clone()), &heartbeat(400).spoke_again(&alert), at(400));
    assert_eq!(over.transition, Some(Transition::Resolved));
    let again = fold(over.alert, &heartbeat(400).fell_silent(Duration::from_mins(5)), at(760));
    assert_eq!(again.transition, Some(Transition::Reopened));
}

#[test]
fn the_accounts_of_a_source_are_apart() {
    let other = Heartbeat { account: "other".into(), ..heartbeat(0) };
    assert_ne!(other.fingerprint(), heartbeat(0).fingerprint());
}
