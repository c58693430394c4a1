//! Promise 2: what is known in the end does not depend on the order of arrival.

use alert::{Alert, AlertEvent, Severity, Signal, expire, fold};
use proptest::prelude::*;

use crate::{at, event, folded};

/// Few times, severities and episodes, so that ties and overlaps are frequent.
fn any_event() -> impl Strategy<Value = AlertEvent> {
    let signal = prop_oneof![3 => Just(Signal::Firing), 2 => Just(Signal::Resolved)];
    let severity = prop::sample::select(Severity::ALL);
    let episode = prop::option::of(prop::sample::select(vec!["a", "b", "c"]));
    (signal, severity, episode, 0..8i64, prop::option::of(0..8i64)).prop_map(
        |(signal, severity, episode, seconds, earlier)| AlertEvent {
            severity,
            episode: episode.map(str::to_owned),
            started_at: earlier.map(|earlier| at(seconds - earlier)),
            ..event(signal, seconds)
        },
    )
}

fn some_events() -> impl Strategy<Value = Vec<AlertEvent>> {
    prop::collection::vec(any_event(), 1..=14)
}

fn events_and_shuffle() -> impl Strategy<Value = (Vec<AlertEvent>, Vec<AlertEvent>)> {
    some_events().prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle()))
}

fn essence(alert: &Alert) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        (alert.condition, alert.severity, alert.episode.clone()),
        (alert.condition_since, alert.started_at, alert.ended_at),
        (alert.first_seen, alert.last_seen, alert.occurrences),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn condition_severity_and_times_do_not_depend_on_order((events, shuffled) in events_and_shuffle()) {
        prop_assert_eq!(essence(&folded(&events)), essence(&folded(&shuffled)));
    }

    #[test]
    fn the_newest_event_decides_among_events_without_episodes(events in some_events()) {
        let plain: Vec<_> =
            events.into_iter().map(|event| AlertEvent { episode: None, ..event }).collect();
        let newest = plain.iter().max_by_key(|e| (e.occurred_at, e.signal == Signal::Resolved)).unwrap();
        let fires = newest.signal == Signal::Firing;
        prop_assert_eq!(folded(&plain).condition == alert::Condition::Firing, fires);
    }

    #[test]
    fn counters_never_go_down_and_the_revision_always_grows(events in some_events(), expires_at in 0..20usize) {
        let mut alert: Option<Alert> = None;
        for (index, event) in events.iter().enumerate() {
            if index == expires_at {
                alert = alert.map(|alert| expire(alert, at(50)));
            }
            let before = alert.clone();
            let after = fold(alert, event, at(0)).alert.unwrap();
            if let Some(before) = before {
                prop_assert!(after.occurrences >= before.occurrences && after.flaps >= before.flaps);
                prop_assert!(after.duplicates >= before.duplicates && after.revision > before.revision);
                prop_assert!(after.first_seen <= before.first_seen && after.last_seen >= before.last_seen);
            }
            alert = Some(after);
        }
    }

    #[test]
    fn a_hundred_events_stay_small(seconds in prop::collection::vec(0..1_000i64, 100)) {
        let events: Vec<_> = seconds.iter().map(|s| event(Signal::Firing, *s)).collect();
        let alert = folded(&events);
        let first = at(*seconds.iter().min().unwrap());
        prop_assert_eq!((alert.condition_since, alert.occurrences), (first, 100));
        prop_assert!(serde_json::to_string(&alert.timeline).unwrap().len() < 3_000);
    }
}
