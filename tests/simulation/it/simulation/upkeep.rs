//! What calls the notifier: the table's stream, the schedule, and the notifier itself.

use std::sync::Arc;
use std::time::Duration;

use intake::Deadline;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::sleep;

use super::process::{Function, Process};
use super::world::World;

const TABLE: &str = "campanile";
/// How many records are handed on at a time (`infra/template.yaml`).
const BATCH: usize = 100;

impl World {
    /// One event for the notifier; nothing where its process dies or it fails.
    pub(super) async fn notify(&self, event: Value) -> Option<Value> {
        let handled = self.invoke(Function::Notifier, |process| async move {
            let Process::Notifier(notifier) = process else { unreachable!("that is what was asked for") };
            notifier.handle(event, Deadline(Duration::from_mins(2))).await
        });
        let handled = handled.await?;
        handled
            .inspect_err(|error| self.note(format!("the notifier fails: {}", intake::chain(error.as_ref()))))
            .ok()
    }

    /// Hands on what changes, each record at least once and in order, until the world ends.
    pub(super) async fn stream(self: Arc<Self>) {
        let mut read_to = None;
        loop {
            sleep(Duration::from_millis(self.chance(100..400))).await;
            let written = self.hard.seen().writes;
            if read_to == Some(written) {
                continue;
            }
            match self.hand_on().await {
                Some(0) => read_to = Some(written),
                Some(_) => {}
                None => sleep(Duration::from_secs(1)).await,
            }
        }
    }

    /// Hands one batch on; how many records were handled, nothing where they have to come again.
    async fn hand_on(&self) -> Option<usize> {
        let records = self.hard.engine().oldest_records_at_once(TABLE, BATCH).unwrap();
        if records.is_empty() {
            return Some(0);
        }
        let events: Vec<_> = records.iter().map(|record| record.event.clone()).collect();
        let answer = self.notify(json!({ "Records": events })).await?;
        let failed = answer["batchItemFailures"][0]["itemIdentifier"].as_str();
        let first =
            failed.and_then(|number| records.iter().position(|record| record.sequence_number == number));
        let handled = &records[..first.unwrap_or(records.len())];
        // "Lambda … at least once": a batch that was handled may come again.
        if self.is_faulty && self.chance(0..20) == 0 {
            self.note("the stream repeats a batch");
            return None;
        }
        if let Some(last) = handled.last() {
            self.hard.engine().forget_records_at_once(TABLE, &last.sequence_number).unwrap();
        }
        first.is_none().then_some(handled.len())
    }

    /// Serves whoever is woken, each by an invocation of its own.
    pub(super) async fn wakes(self: Arc<Self>, mut woken: UnboundedReceiver<String>) {
        while let Some(destination) = woken.recv().await {
            let world = Arc::clone(&self);
            let begins = Duration::from_millis(self.chance(10..150));
            self.spawn(async move {
                sleep(begins).await;
                world.notify(json!({ "deliver": destination })).await;
            });
        }
    }

    /// The schedule: each minute, in calm each ten minutes, lest a history takes long to play.
    pub(super) async fn schedule(self: Arc<Self>) {
        loop {
            let period = if self.state().is_calm { 600 } else { 60 };
            sleep(Duration::from_secs(period)).await;
            let world = Arc::clone(&self);
            self.spawn(async move {
                world.notify(json!({ "tick": "retry" })).await;
            });
        }
    }
}
