//! One alert of which many speak at once.

use std::time::{Duration, Instant};

use alert::{AlertEvent, Severity, Signal};
use futures::future::join_all;
use intake::{Entry, Recorded, Store, StoreError};

use super::meddling::{Meddling, cancelled};
use super::{again, world_and_client};
use crate::api::{World, inbound, now, path_of};

/// Events that are recorded in one run.
const EVENTS: usize = 320;

/// Records `EVENTS` events of the alert `name` from so many senders; how long that took, and what failed.
async fn storm(world: &World, name: &str, senders: usize) -> (Duration, Vec<StoreError>) {
    let begun = Instant::now();
    let send = |_| async move {
        let mut failures = Vec::new();
        for _ in 0..EVENTS / senders {
            let (event, inbound) = (again(name), inbound("{}", now()));
            failures
                .extend(world.platform.table.record(Entry { event: &event, inbound: &inbound }).await.err());
        }
        failures
    };
    let failures = join_all((0..senders).map(send)).await;
    (begun.elapsed(), failures.into_iter().flatten().collect())
}

/// What a person sees of the counts.
async fn counts(world: &World, name: &str) -> (u64, u64, usize) {
    let alert = world.get(&path_of(name)).await;
    let history = world.get(&format!("{}/events?limit=1000", path_of(name))).await;
    let number = |name: &str| alert[name].as_u64().unwrap();
    (number("occurrences"), number("revision"), history["events"].as_array().unwrap().len())
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_two_senders_of_one_alert_are_no_slower_than_one_and_lose_nothing() {
    let (world, _) = world_and_client().await;
    storm(&world, "warm", 1).await;
    let (one, failures) = storm(&world, "alone", 1).await;
    assert!(failures.is_empty(), "{failures:?}");
    let (many, failures) = storm(&world, "hot", 32).await;
    assert!(failures.is_empty(), "{failures:?}");
    println!("{EVENTS} events of one alert: one sender {one:?}, 32 senders {many:?}");
    assert_eq!(counts(&world, "hot").await, (320, 320, 320));
    // A machine that others use, too, is granted a quarter.
    assert!(many < one + one / 4, "one sender {one:?}, 32 senders {many:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_one_alert_that_wait_for_each_other_read_its_state_once() {
    let (meddling, world) = Meddling::world().await;
    world.record(&again("hot")).await;
    meddling.forget_calls();
    let (_, failures) = storm(&world, "hot", 32).await;
    assert!(failures.is_empty() && meddling.refused() == 0, "{failures:?}");
    assert!(meddling.calls("GetItem") < EVENTS / 4, "{} reads", meddling.calls("GetItem"));
}

/// DynamoDB as it answers while other transactions are at the state: every further one is cancelled.
#[tokio::test]
async fn a_repeat_that_no_transaction_has_room_for_is_recorded_apart_and_counted() {
    let (meddling, world) = Meddling::world().await;
    world.record(&again("hot")).await;
    meddling.answer_by(|operation, _| {
        (operation == "TransactWriteItems").then(|| cancelled(&["None", "TransactionConflict"]))
    });
    for _ in 0..5 {
        world.record(&again("hot")).await;
    }
    assert_eq!(meddling.calls("TransactWriteItems"), 1 + 5);
    meddling.answer_by(|_, _| None);
    assert_eq!(counts(&world, "hot").await, (6, 6, 6));

    // What changes the alert is notified as before, and knows of the repeats.
    let worse = AlertEvent { severity: Severity::Critical, ..again("hot") };
    let sent = inbound("{}", now());
    let recorded = world.platform.table.record(Entry { event: &worse, inbound: &sent }).await.unwrap();
    assert_eq!(recorded, Recorded::New(Some(alert::Transition::Escalated)));
    assert_eq!(counts(&world, "hot").await, (7, 7, 7));
}

#[tokio::test]
async fn a_repeat_that_came_apart_and_comes_again_is_a_duplicate() {
    let (meddling, world) = Meddling::world().await;
    world.record(&again("hot")).await;
    let repeat = again("hot");
    meddling.answer_by(|operation, _| {
        (operation == "TransactWriteItems").then(|| cancelled(&["None", "TransactionConflict"]))
    });
    world.record(&repeat).await;
    meddling.answer_by(|_, _| None);
    world.record(&repeat).await;
    assert_eq!(counts(&world, "hot").await, (2, 2, 2));
}

#[tokio::test]
async fn a_repeat_of_a_named_episode_takes_no_revision_from_anybody() {
    let (world, client) = world_and_client().await;
    let of_episode = || AlertEvent { episode: Some("e".into()), ..again("hot") };
    let first = of_episode();
    world.record(&first).await;
    let (started_at, later) = (first.started_at, AlertEvent { title: "said anew".into(), ..of_episode() });
    world.record(&AlertEvent { started_at, ..later }).await;
    let state =
        client.get_item().table_name(super::TABLE).key("pk", text(&path_pk("hot"))).key("sk", text("STATE"));
    let state = state.send().await.unwrap().item.unwrap();
    assert_eq!(
        (state["revision"].as_n().unwrap().as_str(), state["repeats"].as_n().unwrap().as_str()),
        ("1", "1")
    );
    let alert = world.get(&path_of("hot")).await;
    assert_eq!(
        (&alert["title"], &alert["occurrences"], &alert["revision"]),
        (&"said anew".into(), &2.into(), &2.into())
    );

    let over = AlertEvent { signal: Signal::Resolved, ..of_episode() };
    world.record(&over).await;
    assert_eq!(world.get(&path_of("hot")).await["condition"], "resolved");
    assert_eq!(counts(&world, "hot").await, (2, 3, 3));
}

fn text(text: &str) -> aws_sdk_dynamodb::types::AttributeValue {
    aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned())
}

fn path_pk(name: &str) -> String {
    format!("ALERT#{}", alert::Fingerprint::of([name]))
}
