//! Stories of destinations that fail: what waits for them, how it is seen, and what they are notified of afterwards.

use alert::Severity;
use dispatch::testing::{Weather, run};
use dispatch::{Fares, NotificationState};

use crate::setup::{Act, Bench, chat, machine, pager};

#[test]
fn after_an_outage_of_an_hour_each_group_costs_one_notification_and_changes_get_all_in_order() {
    let bench = Bench::new(vec![chat("chat"), machine("machine")]);
    bench.world.transport.set("chat", Weather::Unreachable);
    bench.world.transport.set("machine", Weather::Status(503));
    let mut alerts: Vec<_> = (0..20)
        .map(|number| bench.open(&format!("a{number}"), ["n1", "n2"][number % 2], Severity::Warning))
        .collect();
    let mut changes = 20;
    for round in 0..49 {
        for alert in &mut alerts {
            let act = if round % 2 == 0 { Act::Resolve } else { Act::Fire(Severity::Warning) };
            bench.act(alert, act);
            changes += 1;
        }
        bench.pass(1);
    }
    bench.pass(10);
    assert_eq!(changes, 1000);
    assert!(bench.take().is_empty());
    for id in ["chat", "machine"] {
        bench.world.transport.set(id, Weather::Fair);
    }
    for alert in &mut alerts[..3] {
        bench.act(alert, Act::Fire(Severity::Warning));
    }
    bench.pass(60);
    let received = bench.take();
    let notified = bench.notified(&received, "chat");
    assert_eq!(notified.len(), 2, "{notified:?}");
    assert!(notified.iter().any(|notified| notified.starts_with("opened 2 firing")), "{notified:?}");
    let revisions: Vec<_> = received
        .iter()
        .filter(|received| received.destination == "machine")
        .map(|received| received.notification.id.clone())
        .collect();
    assert_eq!(revisions.len(), 1003);
    for alert in &alerts {
        let of_alert = revisions.iter().filter(|id| id.starts_with(&alert.fingerprint.to_string()));
        let expected: Vec<_> =
            (1..=alert.revision).map(|revision| format!("{}-{revision}", alert.fingerprint)).collect();
        assert_eq!(of_alert.cloned().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn a_suspended_destination_is_probed_hourly_or_when_resumed_and_then_notified_the_present_state() {
    let bench = Bench::new(vec![chat("chat")]);
    bench.world.transport.set("chat", Weather::Status(401));
    let mut first = bench.open("a", "n1", Severity::Warning);
    bench.deliver();
    bench.act(&mut first, Act::Resolve);
    bench.open("b", "n1", Severity::High);
    bench.pass(30);
    bench.world.transport.set("chat", Weather::Fair);
    bench.pass(20);
    assert!(bench.take().is_empty());
    bench.pass(15);
    assert_eq!(bench.notified(&bench.take(), "chat"), ["opened high b on n1"]);
}

#[test]
fn a_destination_that_fails_for_ten_minutes_opens_an_alert_and_ends_it_when_it_works() {
    let bench = Bench::new(vec![chat("chat"), chat("other")]);
    bench.world.transport.set("chat", Weather::Status(503));
    bench.open("a", "n1", Severity::Warning);
    bench.deliver();
    bench.pass(9);
    assert!(bench.world.own_alerts.take().is_empty());
    bench.pass(3);
    let events = bench.world.own_alerts.take();
    assert_eq!(events.len(), 1);
    let own = alert::fold(None, &events[0], bench.now()).alert.unwrap();
    bench.take();
    bench.route(&[bench.keep(own).unwrap()]);
    bench.deliver();
    assert_eq!(bench.notified(&bench.take(), "other"), ["opened high Destination chat fails"]);
    bench.world.transport.set("chat", Weather::Fair);
    bench.pass(40);
    let events = bench.world.own_alerts.take();
    assert_eq!(events.iter().map(|event| event.signal.as_str()).collect::<Vec<_>>(), ["resolved"]);
    assert_eq!(bench.notified(&bench.take(), "chat"), ["opened warning a on n1"]);
}

#[test]
fn the_alert_about_a_destination_that_fails_ends_when_nothing_waits_for_it_any_more() {
    let bench = Bench::new(vec![chat("chat")]);
    bench.world.transport.set("chat", Weather::Status(503));
    let mut alert = bench.open("a", "n1", Severity::Warning);
    bench.deliver();
    bench.pass(12);
    let signals = || {
        let events = bench.world.own_alerts.take();
        events.into_iter().map(|event| (event.signal.as_str(), event.title)).collect::<Vec<_>>()
    };
    assert_eq!(signals(), [("firing", "Destination chat fails".to_owned())]);
    bench.act(&mut alert, Act::Resolve);
    bench.pass(40);
    let title = "Destination chat is not tried any more: nothing waits for it".to_owned();
    assert_eq!(signals(), [("resolved", title)]);
    bench.open("b", "n1", Severity::Warning);
    bench.deliver();
    bench.pass(12);
    assert_eq!(signals(), [("firing", "Destination chat fails".to_owned())]);
}

#[test]
fn a_notification_that_fails_for_a_day_is_dead_lettered_and_the_present_state_is_notified_later() {
    let bench = Bench::new(vec![pager("pager")]);
    bench.world.transport.set("pager", Weather::Status(500));
    bench.open("a", "n1", Severity::Warning);
    bench.deliver();
    bench.pass(24 * 60 + 2);
    let records = bench.world.outbox.notifications();
    assert_eq!(records.iter().map(|record| record.state).collect::<Vec<_>>(), [NotificationState::Dead]);
    bench.world.transport.set("pager", Weather::Fair);
    bench.pass(62);
    assert_eq!(bench.notified(&bench.take(), "pager"), ["opened warning a on n1"]);
}

#[test]
fn a_destination_that_fails_is_seen_within_two_minutes_with_the_reason_and_what_waits() {
    let bench = Bench::new(vec![chat("chat"), pager("pager")]);
    bench.world.transport.set("chat", Weather::Status(503));
    bench.open("cpu", "n1", Severity::Warning);
    bench.deliver();
    bench.pass(2);
    let dispatcher = bench.world.dispatcher();
    let chat = run(&bench.world.faults, dispatcher.status_of_one("chat")).unwrap().unwrap().unwrap();
    assert_eq!((chat.state, chat.waiting), (Fares::Failing, 1));
    assert!(chat.reason.is_some_and(|reason| reason.contains("503")));
    // The alarm `notifications-failed` of the template goes off at the third within five minutes.
    assert!(chat.failed_last_hour >= 3, "{} failed in two minutes", chat.failed_last_hour);
}

#[test]
fn the_status_of_a_destination_counts_the_groups_that_wait_for_it() {
    let bench = Bench::new(vec![chat("chat"), pager("pager")]);
    bench.world.transport.set("chat", Weather::Unreachable);
    bench.open("cpu", "n1", Severity::Warning);
    bench.open("cpu", "n2", Severity::Warning);
    bench.pass(3);
    let dispatcher = bench.world.dispatcher();
    let one = |id| run(&bench.world.faults, dispatcher.status_of_one(id)).unwrap().unwrap();
    let chat = one("chat").unwrap();
    assert_eq!((chat.state, chat.waiting), (Fares::Failing, 2));
    let pager = one("pager").unwrap();
    assert_eq!((pager.state, pager.waiting, pager.oldest_pending_at), (Fares::Healthy, 0, None));
    assert_eq!(one("nobody"), None);
    let all = run(&bench.world.faults, dispatcher.status()).unwrap().unwrap();
    assert_eq!(all, [chat, pager]);
}
