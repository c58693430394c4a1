//! A flapping alert at a damped destination.

use super::*;

#[test]
fn damping_withholds_reopenings_and_then_tells_how_many() {
    let damped = destination(",\"damping_secs\":600");
    let firing = firing(Severity::Warning);
    let over = resolved(Severity::Warning);
    let step = |standing: &Standing, alert, news, seconds| {
        route(&damped, standing, &Change { at: at(seconds), ..change(alert, news) })
    };
    let (decision, standing) = step(&fresh(), &firing, News::Transition(Transition::Opened), 0);
    assert_eq!(kind_of(&decision), Some(Kind::Opened));
    let (decision, standing) = step(&standing, &over, News::Transition(Transition::Resolved), 60);
    assert_eq!(kind_of(&decision), Some(Kind::Resolved));
    let (decision, standing) = step(&standing, &firing, News::Transition(Transition::Reopened), 120);
    assert_eq!(decision, Decision::Later(at(600)));
    let (decision, standing) = step(&standing, &over, News::Transition(Transition::Resolved), 180);
    assert_eq!(decision, Decision::Quiet);
    let (decision, standing) = step(&standing, &firing, News::Transition(Transition::Reopened), 240);
    assert_eq!(decision, Decision::Later(at(600)));
    let (decision, standing) = step(&standing, &firing, News::DampingEnded, 600);
    let Decision::Tell(message) = decision else { panic!("the span is over") };
    assert_eq!((message.kind, message.flapped, message.is_first), (Kind::Reopened, 2, true));
    let (decision, _) = step(&standing, &over, News::Transition(Transition::Resolved), 660);
    assert_eq!(kind_of(&decision), Some(Kind::Resolved));
}

#[test]
fn what_is_over_when_damping_ends_is_not_opened() {
    let damped = destination(",\"damping_secs\":600");
    let over = resolved(Severity::Warning);
    assert_eq!(route(&damped, &fresh(), &change(&over, News::DampingEnded)).0, Decision::Quiet);
}

#[test]
fn damping_does_not_withhold_what_became_worse() {
    let damped = destination(",\"damping_secs\":600");
    let (warning, critical) = (firing(Severity::Warning), firing(Severity::Critical));
    let (_, standing) = route(&damped, &fresh(), &change(&warning, News::Transition(Transition::Opened)));
    let (_, standing) = route(
        &damped,
        &standing,
        &change(&resolved(Severity::Warning), News::Transition(Transition::Resolved)),
    );
    assert_eq!(told(&damped, &standing, &critical, Transition::Reopened), Some(Kind::Reopened));
}
