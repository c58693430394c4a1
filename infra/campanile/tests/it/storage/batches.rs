//! One notification of many alerts, and what the table refuses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use alert::{AlertEvent, Condition};
use campanile::embedded::AwsAnswer;
use http::StatusCode;
use intake::{Entry, Recorded, Store, StoreError};
use jiff::Timestamp;

use super::again;
use super::meddling::Meddling;
use crate::api::{World, ago, inbound, now, path_of};

/// Alerts of one notification.
const ALERTS: usize = 900;

/// The events of one notification, as they come each time it is sent.
fn notification() -> Vec<AlertEvent> {
    (0..ALERTS)
        .map(|number| AlertEvent { occurred_at: ago(60), ..again(&format!("alert {number}")) })
        .collect()
}

async fn send(world: &World, events: &[AlertEvent]) -> Vec<Result<Recorded, StoreError>> {
    let inbound = inbound("{}", now());
    let entries: Vec<_> = events.iter().map(|event| Entry { event, inbound: &inbound }).collect();
    world.platform.table.record_all(&entries).await
}

/// An internal failure of DynamoDB that no repetition within this attempt cures.
fn denied() -> AwsAnswer {
    AwsAnswer::error(StatusCode::BAD_REQUEST, "AccessDeniedException", "a test denies it")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_notification_that_comes_again_goes_on_where_it_stopped() {
    let (meddling, world) = Meddling::world().await;
    let events = notification();
    let written = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&written);
    meddling.answer_by(move |operation, _| {
        let is_late = operation == "TransactWriteItems" && count.fetch_add(1, Ordering::SeqCst) >= 500;
        is_late.then(denied)
    });
    let first = send(&world, &events).await;
    assert_eq!(first.iter().filter(|outcome| outcome.is_ok()).count(), 500);

    meddling.answer_by(|_, _| None);
    meddling.forget_calls();
    let second = send(&world, &events).await;
    let is_new = |outcome: &&Result<Recorded, StoreError>| matches!(outcome, Ok(Recorded::New(_)));
    let new = second.iter().filter(is_new).count();
    assert_eq!((new, second.iter().filter(|outcome| outcome.is_err()).count()), (400, 0));
    assert_eq!((meddling.calls("TransactWriteItems"), meddling.refused()), (400, 0));
    for (index, outcome) in first.iter().enumerate() {
        assert_eq!(outcome.is_ok(), second[index].as_ref().is_ok_and(|known| *known == Recorded::Duplicate));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_repeats_itself_costs_no_refused_write_and_puts_expiry_off() {
    let (meddling, world) = Meddling::world().await;
    let events = &notification()[..50];
    assert!(send(&world, events).await.iter().all(Result::is_ok));
    let before = heard(&world, "alert 7").await;
    meddling.forget_calls();
    assert!(send(&world, events).await.iter().all(|outcome| matches!(outcome, Ok(Recorded::Duplicate))));
    assert_eq!((meddling.calls("TransactWriteItems"), meddling.refused()), (0, 0));
    assert!(heard(&world, "alert 7").await > before);
}

async fn heard(world: &World, name: &str) -> Timestamp {
    world.get(&path_of(name)).await["last_received_at"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn one_event_that_fits_no_item_is_refused_for_good_and_the_others_of_its_batch_are_recorded() {
    let (_, world) = Meddling::world().await;
    let huge: alert::Labels = (0..4_000).map(|n| (format!("{n}"), noise(200))).collect();
    let events = [again("a"), AlertEvent { labels: huge, ..again("b") }, again("c")];
    let outcomes = send(&world, &events).await;
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok(), "{outcomes:?}");
    let error = outcomes[1].as_ref().unwrap_err();
    assert!(matches!(error, StoreError::Rejected { .. }) && error.is_final(), "{error:?}");
}

#[tokio::test]
async fn a_body_that_fits_no_item_is_cut_and_its_event_recorded() {
    let (_, world) = Meddling::world().await;
    let (event, inbound) = (again("large"), inbound(&noise(1_500_000), now()));
    world.platform.table.record(Entry { event: &event, inbound: &inbound }).await.unwrap();
    let history = world.get(&format!("{}/events?raw=true", path_of("large"))).await;
    let request = &history["events"][0]["request"];
    assert_eq!(request["headers"]["campanile-body-cut-from-bytes"], "1500000");
    assert!(inbound.body.starts_with(history["events"][0]["raw"].as_str().unwrap().as_bytes()));
}

#[tokio::test]
async fn annotations_are_cut_in_the_alert_and_whole_in_its_history() {
    let (_, world) = Meddling::world().await;
    let annotations =
        [("description".to_owned(), "x".repeat(60_000)), ("runbook".to_owned(), "r".to_owned())];
    world.record(&AlertEvent { annotations: annotations.into(), ..again("wordy") }).await;
    let alert = world.get(&path_of("wordy")).await;
    let described = alert["annotations"]["description"].as_str().unwrap();
    assert!(described.len() < 16_384 && described.ends_with('…'), "{}", described.len());
    assert_eq!(alert["annotations"]["runbook"], "r");
    let history = world.get(&format!("{}/events", path_of("wordy"))).await;
    assert_eq!(history["events"][0]["annotations"]["description"].as_str().unwrap().len(), 60_000);
}

/// Text that cannot be deflated much.
fn noise(chars: usize) -> String {
    (0..chars).map(|_| fastrand::alphanumeric()).collect()
}

#[tokio::test]
async fn an_event_that_names_no_time_is_known_whenever_it_comes_again() {
    let (_, world) = Meddling::world().await;
    let event = again("timeless");
    for received_at in [ago(120), ago(60)] {
        let event = AlertEvent { occurred_at: received_at, ..event.clone() };
        world.record_at(&event, received_at).await;
    }
    let history = world.get(&format!("{}/events", path_of("timeless"))).await;
    assert_eq!(history["events"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_event_of_the_future_is_known_when_it_comes_again_after_its_time() {
    let (_, world) = Meddling::world().await;
    let (event, sent) = (again("ahead"), ago(30));
    let bounded = AlertEvent {
        occurred_at: ago(90),
        order: alert::Order { sent_at: Some(sent), ..event.order },
        ..event.clone()
    };
    world.record_at(&bounded, bounded.occurred_at).await;
    world.record_at(&AlertEvent { occurred_at: sent, ..event }, now()).await;
    let history = world.get(&format!("{}/events", path_of("ahead"))).await;
    assert_eq!(history["events"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_repeat_of_what_has_expired_makes_it_fire_again_and_counts_as_heard_again() {
    let (_, world) = Meddling::world().await;
    let event =
        AlertEvent { auto_resolve: alert::AutoResolve::Quiet, occurred_at: ago(20_000), ..again("quiet") };
    world.record_at(&event, ago(20_000)).await;
    assert_eq!(world.platform.table.sweep(now()).await.unwrap().expired, 1);
    assert_eq!(world.get(&path_of("quiet")).await["condition"], "expired");
    world.record(&event).await;
    let alert = world.get(&path_of("quiet")).await;
    assert_eq!(
        (&alert["condition"], &alert["flaps"], &alert["occurrences"]),
        (&"firing".into(), &1.into(), &2.into())
    );
    assert_eq!(world.platform.table.sweep(now()).await.unwrap().expired, 0);
    let history = world.get(&format!("{}/events", path_of("quiet"))).await;
    assert_eq!(history["events"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_only_read_again_from_the_table_reopens_nothing() {
    let (_, world) = Meddling::world().await;
    let event =
        AlertEvent { auto_resolve: alert::AutoResolve::Quiet, occurred_at: ago(20_000), ..again("quiet") };
    world.record_at(&event, ago(20_000)).await;
    world.platform.table.sweep(now()).await.unwrap();
    world.record_at(&event, ago(20_000)).await;
    let alerts = world.platform.table.alerts_of([event.fingerprint]).await.unwrap();
    assert_eq!(alerts[&event.fingerprint].condition, Condition::Expired);
}

/// Between the sweep's read and its write the source repeats itself.
#[tokio::test]
async fn a_sweep_does_not_expire_what_was_heard_of_meanwhile() {
    let (meddling, world) = Meddling::world().await;
    let event =
        AlertEvent { auto_resolve: alert::AutoResolve::Quiet, occurred_at: ago(20_000), ..again("quiet") };
    world.record_at(&event, ago(20_000)).await;
    let (table, heard) = (world.platform.table.clone(), event.clone());
    let (begin, may_begin) = tokio::sync::oneshot::channel();
    let mut begin = Some(begin);
    meddling.answer_by(move |operation, input| {
        let writes = input["TransactItems"].as_array();
        let is_expiry = writes.is_some_and(|writes| writes[0].to_string().contains("expire"));
        let begin = begin.take_if(|_| operation == "TransactWriteItems" && is_expiry)?;
        begin.send(()).unwrap();
        Some(AwsAnswer::error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", "again"))
    });
    let sweeping = {
        let table = table.clone();
        tokio::spawn(async move { table.sweep(now()).await })
    };
    may_begin.await.unwrap();
    let inbound = inbound("{}", now());
    table.record(Entry { event: &heard, inbound: &inbound }).await.unwrap();
    let swept = sweeping.await.unwrap();
    assert!(swept.is_ok_and(|swept| swept.expired == 0));
    assert_eq!(world.get(&path_of("quiet")).await["condition"], "firing");
}
