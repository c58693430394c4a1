//! What holds for every course of events.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;

/// One step of a course of events: an alert's state as it becomes, whether a silence covers it, and how much later it is.
#[derive(Debug, Clone)]
struct Step {
    firing: Option<Severity>,
    hearing: Hearing,
    seconds: i64,
}

fn step() -> impl Strategy<Value = Step> {
    let severity = prop::sample::select(Severity::ALL.to_vec());
    (prop::option::weighted(0.6, severity), prop::bool::weighted(0.2), 0_i64..400).prop_map(
        |(firing, is_silenced, seconds)| Step {
            firing,
            hearing: if is_silenced { Hearing::Silenced } else { Hearing::Audible },
            seconds,
        },
    )
}

/// What a destination hears when the alert takes `steps`: each change with what was decided.
fn play(destination: &Destination, steps: &[Step]) -> Vec<(News, Hearing, Severity, Decision)> {
    let (mut standing, mut old, mut now) = (fresh(), None, 0);
    let mut heard = Vec::new();
    for step in steps {
        now += step.seconds;
        let new = match (step.firing, &old) {
            (Some(severity), _) => firing(severity),
            (None, Some(old)) => Alert { condition: Condition::Resolved, ..Alert::clone(old) },
            (None, None) => continue,
        };
        if let Some(news) = News::between(old.as_ref(), &new) {
            let change = Change { hearing: step.hearing, at: at(now), ..change(&new, news.clone()) };
            let (decision, next) = route(destination, &standing, &change);
            standing = next;
            heard.push((news, step.hearing, new.severity, decision));
        }
        old = Some(new);
    }
    heard
}

proptest! {
    #[test]
    fn a_recovery_follows_exactly_whoever_was_told_of_the_firing(
        steps in prop::collection::vec(step(), 1..24),
        level in prop::sample::select(vec!["All Alerts and unreachable", "All Alerts", "Critical only"]),
        damping in prop::sample::select(vec!["", ",\"damping_secs\":300"]),
    ) {
        let destination = destination(&format!(",\"notify\":\"{level}\"{damping}"));
        let mut is_told = false;
        for (news, _, _, decision) in play(&destination, &steps) {
            match kind_of(&decision) {
                Some(kind) if kind.is_firing() => is_told = true,
                Some(_) => { prop_assert!(is_told); is_told = false; }
                None if news == News::Transition(Transition::Resolved) => prop_assert!(!is_told),
                None => {}
            }
        }
    }

    #[test]
    fn no_firing_is_told_under_a_silence(steps in prop::collection::vec(step(), 1..24)) {
        for (_, hearing, _, decision) in play(&destination(""), &steps) {
            let is_firing = kind_of(&decision).is_some_and(Kind::is_firing);
            prop_assert!(!(is_firing && hearing == Hearing::Silenced));
        }
    }

    #[test]
    fn without_damping_and_silences_everything_is_told_at_once(steps in prop::collection::vec(step(), 1..24)) {
        let steps: Vec<_> = steps.into_iter().map(|step| Step { hearing: Hearing::Audible, ..step }).collect();
        for (news, _, _, decision) in play(&destination(""), &steps) {
            let News::Transition(transition) = news else { continue };
            prop_assert_eq!(kind_of(&decision), Kind::of(transition));
        }
    }

    #[test]
    fn critical_only_is_never_told_of_a_run_that_was_never_critical(steps in prop::collection::vec(step(), 1..24)) {
        let steps: Vec<_> = steps.into_iter()
            .map(|step| Step { firing: step.firing.map(|severity| severity.min(Severity::High)), ..step })
            .collect();
        for (_, _, _, decision) in play(&destination(",\"notify\":\"Critical only\""), &steps) {
            prop_assert_eq!(decision, Decision::Quiet);
        }
    }

    #[test]
    fn damping_lets_two_openings_through_within_a_span_only_if_the_second_is_worse(
        steps in prop::collection::vec(step(), 1..24),
    ) {
        let mut last: Option<(Timestamp, Severity)> = None;
        for (_, _, severity, decision) in play(&destination(",\"damping_secs\":300"), &steps) {
            let Decision::Tell(message) = decision else { continue };
            if !message.is_first || !message.kind.is_firing() { continue }
            if let Some((told_at, told)) = last {
                let span = message.at.duration_since(told_at);
                prop_assert!(span >= SignedDuration::from_secs(300) || severity > told);
            }
            last = Some((message.at, severity));
        }
    }
}
