//! Several who change one alert from the same state of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use alert::{Condition, Fingerprint, Handling};
use async_trait::async_trait;
use aws::Configuration;
use campanile::embedded::{AwsAnswer, AwsCall, AwsService, EmbeddedTable, Location};
use futures::future::{join, join_all};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use super::{World, firing, path_of, resolved, world_over};

/// How many change the alert at once.
const RACERS: usize = 3;
const ROUNDS: usize = 12;

/// A table that, once it is armed, gives the alert's state to nobody before all racers have asked for it.
#[derive(Clone)]
struct StartingLine {
    table: EmbeddedTable,
    still_to_start: Arc<AtomicUsize>,
    line: Arc<Barrier>,
    refused: Arc<AtomicUsize>,
}

#[async_trait]
impl AwsService for StartingLine {
    async fn answer(&self, call: AwsCall) -> AwsAnswer {
        let (is_read, is_write) = (call.operation() == "GetItem", call.operation() == "TransactWriteItems");
        let answer = self.table.answer(call).await;
        if is_read && self.takes_its_place() {
            self.line.wait().await;
        }
        if is_write && !answer.status.is_success() {
            self.refused.fetch_add(1, Ordering::SeqCst);
        }
        answer
    }
}

impl StartingLine {
    fn new() -> Self {
        Self {
            table: EmbeddedTable::open(&Location::InMemory).unwrap(),
            still_to_start: Arc::default(),
            line: Arc::new(Barrier::new(RACERS)),
            refused: Arc::default(),
        }
    }

    fn arm(&self) {
        self.still_to_start.store(RACERS, Ordering::SeqCst);
        self.refused.store(0, Ordering::SeqCst);
    }

    fn takes_its_place(&self) -> bool {
        let left =
            self.still_to_start.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.is_ok()
    }

    /// How many transactions found that somebody had been faster.
    fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }
}

/// Lets each of `people` acknowledge the alert, with their name as the note; their statuses.
async fn acknowledge(world: &World, people: &[&'static str]) -> Vec<StatusCode> {
    let acts = people.iter().map(|by| {
        let (world, body) = (world.clone(), json!({ "by": by, "note": by }));
        tokio::spawn(
            async move { world.act("POST", &format!("{}/acknowledge", path_of("cpu")), body).await.0 },
        )
    });
    join_all(acts).await.into_iter().map(Result::unwrap).collect()
}

/// What each of `people` left behind: their note's action.
async fn remembered(world: &World, people: &[&'static str]) -> Vec<String> {
    let answer = world.get(&format!("{}/notes", path_of("cpu"))).await;
    let notes = answer["notes"].as_array().unwrap();
    assert_eq!(notes.len(), people.len(), "{answer}");
    let note_of = |by: &&str| notes.iter().find(|note| note["by"] == **by && note["text"] == **by);
    let action = |note: &Value| note["action"].as_str().unwrap().to_owned();
    people.iter().map(|by| action(note_of(by).unwrap_or_else(|| panic!("{by}: {answer}")))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_acknowledge_at_once_while_it_resolves_leave_one_outcome_and_all_notes() {
    let mut outcomes = std::collections::BTreeSet::new();
    for _ in 0..ROUNDS {
        let start = StartingLine::new();
        let world = world_over(start.clone(), Configuration::default()).await;
        world.record(&firing("cpu")).await;
        start.arm();
        let over = resolved("cpu");
        let people = ["ada", "bob"];
        let (statuses, ()) = join(acknowledge(&world, &people), world.record(&over)).await;
        // All began from one state, so that only one can have written at its first attempt.
        assert!(start.refused() >= RACERS - 1, "{} lost", start.refused());

        let alert = world.platform.table.alert(Fingerprint::of(["cpu"])).await.unwrap().unwrap();
        assert_eq!((alert.condition, alert.handling), (Condition::Resolved, Handling::Open));
        assert_eq!(alert.acknowledgement, None);
        // Who was notified that the alert is theirs had it for a moment; who was notified that it is over is quoted all the same.
        let expected = statuses.iter().map(|status| match *status {
            StatusCode::OK => "acknowledge",
            StatusCode::CONFLICT => "note",
            other => panic!("{other}"),
        });
        assert_eq!(remembered(&world, &people).await, expected.collect::<Vec<_>>());
        let taken = statuses.iter().filter(|status| **status == StatusCode::OK).count();
        assert_eq!(alert.revision, 2 + u64::try_from(taken).unwrap());
        outcomes.insert(taken);
    }
    println!("how many had it before it was over, of two: {outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_who_acknowledge_at_once_one_has_it_and_all_are_remembered() {
    let start = StartingLine::new();
    let world = world_over(start.clone(), Configuration::default()).await;
    world.record(&firing("cpu")).await;
    start.arm();
    let people = ["ada", "bob", "eve"];
    assert_eq!(acknowledge(&world, &people).await, [StatusCode::OK; 3]);
    assert!(start.refused() >= RACERS - 1, "{} lost", start.refused());
    assert_eq!(remembered(&world, &people).await, ["acknowledge"; 3]);
    let alert = world.get(&path_of("cpu")).await;
    assert!(people.contains(&alert["acknowledgement"]["by"].as_str().unwrap()));
    assert_eq!((&alert["handling"], &alert["revision"]), (&json!("acknowledged"), &json!(4)));
}
