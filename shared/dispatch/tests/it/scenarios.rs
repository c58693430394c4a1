//! Stories of which each shows one line of what is promised.

use alert::matcher::Matcher;
use alert::{Severity, Silence, SilenceDraft, SilenceId};
use dispatch::Destination;
use jiff::SignedDuration;

use crate::setup::{Act, Bench, after, chat, firing, machine, pager};

fn silence(bench: &Bench, matcher: &str, secs: i64) -> Silence {
    let now = bench.now();
    let draft = SilenceDraft {
        matchers: vec![matcher.parse::<Matcher>().unwrap()],
        starts_at: now,
        ends_at: now + SignedDuration::from_secs(secs),
        recurrence: None,
        time_zone: None,
        created_by: "ada".to_owned(),
        comment: String::new(),
        annotations: alert::Labels::new(),
    };
    let silence = draft.create(SilenceId::from_chance(7), now).unwrap();
    bench.world.silences.put(silence.clone());
    silence
}

#[test]
fn one_alert_is_notified_once_and_notified_over_once() {
    let bench = Bench::new(vec![chat("chat"), pager("pager"), machine("machine")]);
    let mut alert = bench.open("cpu", "n1", Severity::Warning);
    bench.deliver();
    bench.act(&mut alert, Act::Fire(Severity::Critical));
    bench.deliver();
    bench.act(&mut alert, Act::Resolve);
    bench.pass(3);
    let received = bench.take();
    let expected =
        ["opened warning cpu on n1", "escalated critical cpu on n1", "resolved critical cpu on n1"];
    for id in ["chat", "pager", "machine"] {
        assert_eq!(bench.notified(&received, id), expected, "{id}");
    }
    assert!(bench.world.outbox.all_entries().is_empty());
}

#[test]
fn a_storm_of_500_alerts_of_a_node_is_at_most_three_notifications_to_a_chat() {
    let bench = Bench::new(vec![chat("chat")]);
    for batch in 0..10 {
        let severities = [Severity::Warning, Severity::Critical];
        let changes: Vec<_> = (0..50)
            .map(|number| {
                let name = format!("a{batch}-{number}");
                bench.keep(firing(&name, "n1", severities[number % 2], bench.now())).unwrap()
            })
            .collect();
        bench.route(&changes);
        bench.deliver();
        bench.world.clock.advance(5);
    }
    bench.pass(2);
    let received = bench.take();
    let notified = bench.notified(&received, "chat");
    assert!(notified.len() <= 3, "{notified:?}");
    assert!(notified.last().unwrap().contains("500 firing, worst critical"), "{notified:?}");
    let writes = bench.world.outbox.take_writes();
    let all: usize = writes.values().sum();
    assert!(all < 4 * 500, "{writes:?}");
}

#[test]
fn a_blip_with_after_secs_is_one_write_and_nothing_notified() {
    let bench = Bench::new(vec![Destination { after_secs: Some(60), ..chat("chat") }]);
    bench.tick();
    bench.world.outbox.take_writes();
    let mut alert = bench.open("cpu", "n1", Severity::Critical);
    bench.world.clock.advance(5);
    bench.act(&mut alert, Act::Resolve);
    let writes = bench.world.outbox.take_writes();
    assert_eq!(writes.into_iter().collect::<Vec<_>>(), [("routing", 1)]);
    bench.pass(10);
    assert!(bench.take().is_empty());
    assert_eq!(bench.world.outbox.take_writes().get("routing"), None);
}

fn ladder() -> Vec<Destination> {
    let rung = |id, secs| Destination { after_secs: Some(secs), unless_acknowledged: true, ..pager(id) };
    vec![chat("chat"), rung("pager", 300), rung("manager", 1800)]
}

#[test]
fn a_ladder_notifies_each_rung_once() {
    let bench = Bench::new(ladder());
    let mut alert = bench.open("cpu", "n1", Severity::Critical);
    bench.deliver();
    bench.pass(4);
    let received = bench.take();
    assert_eq!(bench.notified(&received, "chat").len(), 1);
    assert!(bench.notified(&received, "pager").is_empty());
    bench.pass(2);
    assert_eq!(bench.notified(&bench.take(), "pager"), ["opened critical cpu on n1"]);
    bench.pass(30);
    let received = bench.take();
    assert_eq!(bench.notified(&received, "manager"), ["opened critical cpu on n1"]);
    assert!(bench.notified(&received, "pager").is_empty());
    bench.act(&mut alert, Act::Resolve);
    bench.pass(2);
    let received = bench.take();
    for id in ["chat", "pager", "manager"] {
        assert_eq!(bench.notified(&received, id), ["resolved critical cpu on n1"], "{id}");
    }
}

#[test]
fn an_acknowledged_alert_stops_the_ladder_until_it_becomes_worse_or_nobody_has_it() {
    let bench = Bench::new(ladder());
    let mut alert = bench.open("cpu", "n1", Severity::Warning);
    bench.pass(4);
    bench.act(&mut alert, Act::Acknowledge);
    bench.pass(10);
    assert!(bench.notified(&bench.take(), "pager").is_empty());
    bench.act(&mut alert, Act::Unacknowledge);
    bench.deliver();
    assert_eq!(bench.notified(&bench.take(), "pager"), ["opened warning cpu on n1"]);

    let mut other = bench.open("disk", "n2", Severity::Warning);
    bench.act(&mut other, Act::Acknowledge);
    bench.pass(10);
    bench.act(&mut other, Act::Fire(Severity::Critical));
    bench.pass(4);
    assert!(bench.notified(&bench.take(), "pager").is_empty());
    bench.pass(2);
    assert_eq!(bench.notified(&bench.take(), "pager"), ["opened critical disk on n2"]);
}

#[test]
fn an_unreachable_node_is_notified_and_its_alerts_only_if_they_fire_when_it_returns() {
    let bench = Bench::new(vec![chat("chat"), pager("pager")]);
    let mut changes = vec![];
    let mut alerts: Vec<_> =
        (0..25).map(|number| firing(&format!("a{number}"), "n1", Severity::Warning, bench.now())).collect();
    changes.extend(alerts.iter().map(|alert| bench.keep(alert.clone()).unwrap()));
    let mut node = firing("node_unreachable", "n1", Severity::Critical, bench.now());
    changes.push(bench.keep(node.clone()).unwrap());
    bench.route(&changes);
    bench.deliver();
    bench.pass(30);
    let received = bench.take();
    assert_eq!(bench.notified(&received, "chat"), ["opened critical node_unreachable on n1"]);
    assert_eq!(bench.notified(&received, "pager"), ["opened critical node_unreachable on n1"]);
    for alert in &mut alerts[3..] {
        bench.act(alert, Act::Resolve);
    }
    bench.act(&mut node, Act::Resolve);
    bench.deliver();
    let received = bench.take();
    assert_eq!(bench.notified(&received, "pager"), ["resolved critical node_unreachable on n1"]);
    bench.pass(4);
    let received = bench.take();
    assert_eq!(bench.notified(&received, "pager").len(), 3);
    assert!(bench.notified(&received, "chat").iter().any(|notified| notified.contains("3 firing")));
}

#[test]
fn worse_during_a_silence_is_notified_as_worse_afterwards() {
    let bench = Bench::new(vec![pager("pager"), machine("machine")]);
    let mut alert = bench.open("cpu", "n1", Severity::Warning);
    bench.deliver();
    silence(&bench, "alertname=cpu", 600);
    bench.act(&mut alert, Act::Fire(Severity::Critical));
    bench.pass(9);
    let received = bench.take();
    assert_eq!(bench.notified(&received, "pager"), ["opened warning cpu on n1"]);
    bench.pass(3);
    let received = bench.take();
    for id in ["pager", "machine"] {
        assert_eq!(bench.notified(&received, id), ["escalated critical cpu on n1"], "{id}");
    }
}

#[test]
fn a_silence_withholds_beginnings_and_never_ends_and_what_still_fires_is_notified_when_it_is_lifted() {
    let bench = Bench::new(vec![chat("chat")]);
    let mut notified = bench.open("cpu", "n1", Severity::Warning);
    bench.deliver();
    let silence = silence(&bench, "source=netdata", 36_000);
    bench.act(&mut notified, Act::Resolve);
    bench.open("disk", "n2", Severity::Warning);
    bench.pass(5);
    let received = bench.take();
    assert_eq!(bench.notified(&received, "chat"), ["opened warning cpu on n1", "resolved warning cpu on n1"]);
    bench.world.silences.put(silence.ended(bench.now()));
    bench.pass(1);
    assert_eq!(bench.notified(&bench.take(), "chat"), ["opened warning disk on n2"]);
}

#[test]
fn a_reminder_comes_while_it_fires_and_nothing_mutes_it() {
    let bench = Bench::new(vec![Destination {
        repeat_secs: Some(1800),
        unless_acknowledged: true,
        after_secs: Some(1),
        ..pager("pager")
    }]);
    let mut alert = bench.open("a", "n1", Severity::Warning);
    bench.pass(70);
    let notified = bench.notified(&bench.take(), "pager");
    assert_eq!(notified, ["opened warning a on n1", "reminder warning a on n1", "reminder warning a on n1"]);
    bench.act(&mut alert, Act::Acknowledge);
    bench.pass(70);
    assert_eq!(bench.notified(&bench.take(), "pager"), ["acknowledged warning a on n1"]);
}

#[test]
fn what_happened_while_settings_were_missing_is_notified_when_they_are_back() {
    let bench = Bench::new(vec![]);
    let notified = bench.open("a", "n1", Severity::Warning);
    bench.pass(3);
    let present = crate::setup::settings(vec![pager("pager")]);
    bench
        .world
        .settings
        .set(dispatch::NotificationConfiguration { digest: "two".to_owned(), ..present.clone() });
    bench.pass(1);
    assert_eq!(bench.notified(&bench.take(), "pager"), ["opened warning a on n1"]);
    bench.world.settings.set(dispatch::NotificationConfiguration::default());
    let ended = after(&notified, Act::Resolve, bench.now()).unwrap();
    bench.route(&[bench.keep(ended).unwrap()]);
    bench.pass(2);
    bench.world.settings.set(dispatch::NotificationConfiguration { digest: "two".to_owned(), ..present });
    bench.pass(2);
    assert_eq!(bench.notified(&bench.take(), "pager"), ["resolved warning a on n1"]);
}

#[test]
fn a_comparison_overtakes_no_change_that_is_on_its_way_to_whom_is_notified_of_each() {
    let bench = Bench::new(vec![machine("machine")]);
    let mut alert = bench.open("a", "n1", Severity::Warning);
    bench.deliver();
    // Both are in the table and not yet in the stream when new settings have everything compared.
    let changes = [Act::Fire(Severity::Critical), Act::Resolve].map(|act| {
        alert = after(&alert, act, bench.now()).unwrap();
        bench.keep(alert.clone()).unwrap()
    });
    let present = bench.world.settings.get();
    bench
        .world
        .settings
        .set(dispatch::NotificationConfiguration { digest: "two".to_owned(), ..(*present).clone() });
    bench.tick();
    bench.route(&changes);
    bench.deliver();
    let each = ["opened warning a on n1", "escalated critical a on n1", "resolved critical a on n1"];
    assert_eq!(bench.notified(&bench.take(), "machine"), each);
}

#[test]
fn a_change_that_never_comes_is_found_by_the_next_comparison() {
    let bench = Bench::new(vec![machine("machine")]);
    let alert = bench.open("a", "n1", Severity::Warning);
    bench.deliver();
    bench.keep(after(&alert, Act::Resolve, bench.now()).unwrap()).unwrap();
    let present = bench.world.settings.get();
    bench
        .world
        .settings
        .set(dispatch::NotificationConfiguration { digest: "two".to_owned(), ..(*present).clone() });
    bench.tick();
    bench.pass(1);
    assert_eq!(
        bench.notified(&bench.take(), "machine"),
        ["opened warning a on n1", "resolved warning a on n1"]
    );
}

#[test]
fn opened_and_ended_between_two_notifications_is_only_counted() {
    let bench = Bench::new(vec![chat("chat")]);
    bench.open("a", "n1", Severity::High);
    bench.deliver();
    for number in 0..3 {
        let mut blip = bench.open(&format!("b{number}"), "n1", Severity::Low);
        bench.act(&mut blip, Act::Resolve);
    }
    bench.open("c", "n1", Severity::Low);
    bench.pass(2);
    let received = bench.take();
    assert_eq!(
        bench.notified(&received, "chat"),
        ["opened high a on n1", "updated 2 firing, worst high, 1 opened, 0 resolved, 3 came and went"]
    );
}

#[test]
fn outside_its_hours_a_destination_is_notified_ends_only_and_what_still_fires_when_they_begin() {
    let mut destination = pager("pager");
    let interval = alert::time_interval::TimeInterval {
        times: vec![alert::time_interval::TimeRange::parse("12:00", "13:00").unwrap()],
        ..alert::time_interval::TimeInterval::default()
    };
    destination.hours.active = Some(vec![interval]);
    let bench = Bench::new(vec![destination]);
    let mut gone = bench.open("a", "n1", Severity::High);
    bench.open("b", "n1", Severity::High);
    bench.pass(10);
    bench.act(&mut gone, Act::Resolve);
    bench.pass(109);
    assert!(bench.take().is_empty());
    bench.pass(2);
    assert_eq!(bench.notified(&bench.take(), "pager"), ["opened high b on n1"]);
}

#[test]
fn what_is_unannounced_is_notified_to_nobody_whatever_is_compared_and_its_end_to_whoever_knows_of_it() {
    let bench = Bench::new(vec![chat("chat"), pager("pager"), machine("machine")]);
    let unannounced = |alert: &mut alert::Alert| {
        alert.annotations.insert(alert::UNANNOUNCED.to_owned(), "yes".to_owned());
        let change = bench.keep(alert.clone());
        bench.route(&change.into_iter().collect::<Vec<_>>());
    };
    let mut quiet = firing("swap", "n1", Severity::Critical, bench.now());
    unannounced(&mut quiet);
    // The hourly comparison is among it.
    bench.pass(130);
    assert!(bench.take().is_empty());

    let mut known = bench.open("cpu", "n2", Severity::Warning);
    bench.pass(3);
    assert_eq!(bench.take().len(), 3);
    known.severity = Severity::Critical;
    known.revision += 1;
    unannounced(&mut known);
    bench.pass(70);
    assert!(bench.take().is_empty());

    // A webhook after all.
    quiet.annotations.clear();
    quiet.revision += 1;
    let change = bench.keep(quiet.clone()).unwrap();
    bench.route(&[change]);
    bench.pass(3);
    let received = bench.take();
    assert_eq!(bench.notified(&received, "pager"), ["opened critical swap on n1"]);
    for alert in [&mut quiet, &mut known] {
        bench.act(alert, Act::Resolve);
    }
    bench.pass(3);
    let received = bench.take();
    for id in ["chat", "pager", "machine"] {
        assert_eq!(bench.notified(&received, id).len(), 2, "{id}");
    }
}
