//! A destination that is down hurts nobody but itself, and misses nothing.

use std::collections::BTreeMap;

use alert::{AlertEvent, Clock as _, Severity, Signal};
use channels::testing::destinations::StandIn;
use serde_json::json;

use super::world::World;
use crate::api::firing;

/// How many alerts pass.
const ALERTS: usize = 300;
/// How many of them the stream brings at a time.
const AT_A_TIME: usize = 10;
/// How many pass between two ticks of the schedule, which are so many seconds apart: ten minutes in all.
const BETWEEN_TICKS: usize = 30;
const STEP_SECS: i64 = 60;
/// How many ticks the destination that was down may take to catch up.
const CATCHING_UP: usize = 40;

fn event(world: &World, number: usize, signal: Signal, after_secs: i64) -> AlertEvent {
    let occurred_at = world.clock.now().checked_add(jiff::SignedDuration::from_secs(after_secs)).unwrap();
    let name = format!("alert-{number:04}");
    AlertEvent { signal, occurred_at, severity: Severity::Critical, ..firing(&name) }
}

/// A webhook of its own, which gets every change.
fn webhook(stand_in: &StandIn, id: &str) -> serde_json::Value {
    let mut webhook = stand_in.destination("webhook", &json!({ "id": id }));
    webhook["settings"]["url"] = json!(format!("{}/{id}", stand_in.base));
    webhook
}

/// What `destination` was notified of each alert, in order: whether it was its end.
fn courses(stand_in: &StandIn, destination: &str) -> BTreeMap<usize, Vec<bool>> {
    let names: BTreeMap<String, usize> = (0..ALERTS)
        .map(|number| (alert::Fingerprint::of([format!("alert-{number:04}")]).to_string(), number))
        .collect();
    let mut courses: BTreeMap<usize, Vec<bool>> = BTreeMap::new();
    for notified in stand_in.notified(destination) {
        let text = notified.text();
        let by_title = text.find("alert-").and_then(|at| text[at + 6..].get(..4)?.parse().ok());
        let by_key = || names.iter().find(|(key, _)| text.contains(*key)).map(|(_, number)| *number);
        // The others are also notified that one destination fails, which is no alert of these.
        let Some(number) = by_title.or_else(by_key) else { continue };
        courses.entry(number).or_default().push(notified.is_end());
    }
    courses
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_destination_down_for_ten_minutes_while_hundreds_of_alerts_pass_delays_its_own_messages_only() {
    const ALL: [&str; 4] = ["webhook", "another", "down", "last"];
    const DOWN: &str = "down";
    let stand_in = StandIn::start().await;
    let destinations: Vec<_> = ALL.iter().map(|id| webhook(&stand_in, id)).collect();
    let world = World::with(json!({ "destinations": destinations })).await;
    stand_in.fail(DOWN, 502);
    for number in 0..ALERTS {
        world.hear(&event(&world, number, Signal::Firing, 0)).await;
        // Of every tenth the end comes while the destination is down, too.
        if number % 10 == 0 {
            world.hear(&event(&world, number, Signal::Resolved, 1)).await;
        }
        if (number + 1) % AT_A_TIME == 0 {
            world.hand_on().await;
        }
        if (number + 1) % BETWEEN_TICKS == 0 {
            world.tick_after(STEP_SECS).await;
        }
    }
    let expected: BTreeMap<usize, Vec<bool>> = (0..ALERTS)
        .map(|number| (number, if number % 10 == 0 { vec![false, true] } else { vec![false] }))
        .collect();
    for destination in ALL.into_iter().filter(|destination| *destination != DOWN) {
        assert_eq!(courses(&stand_in, destination), expected, "{destination}");
    }
    assert_eq!(stand_in.notified(DOWN).len(), 0);

    stand_in.recover(DOWN);
    let owed = ALERTS + ALERTS / 10;
    for _ in 0..CATCHING_UP {
        world.tick_after(STEP_SECS).await;
        if stand_in.notified(DOWN).len() >= owed {
            break;
        }
    }
    // What was notified is not notified again.
    world.tick_after(3_600).await;
    assert_eq!(courses(&stand_in, DOWN), expected);
    let count = |destination| courses(&stand_in, destination).values().map(Vec::len).sum::<usize>();
    let sent: usize = ALL.into_iter().map(count).sum();
    println!("{sent} messages were sent, each once");
    assert_eq!(sent, ALL.len() * owed);
}
