//! What Lambda keeps between the stream of the table and the notifier.

use campanile::embedded::EmbeddedTable;
use serde_json::{Value, json};
use tests::Function;
use tests::function::Outcome;

use crate::template::stream::{admits, patterns};

const TABLE: &str = "campanile";
/// Records that are read at a time, and of which the notifier gets those that the mapping admits.
const AT_A_TIME: usize = 400;

/// The mapping of the template: hands on what its filter admits, and again what was not handled.
pub(crate) struct Mapping {
    table: EmbeddedTable,
    patterns: Vec<Value>,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handed {
    /// There was none.
    Nothing,
    /// It was handled, or the beginning of it.
    Over,
    /// The notifier died with it.
    Lost,
}

impl Mapping {
    pub(crate) fn of(table: EmbeddedTable) -> Self {
        Self { table, patterns: patterns() }
    }

    /// Hands the oldest records to `notifier`. They come again from the first that it wants again, or all if it dies.
    pub(crate) async fn hand_on(&self, notifier: &Function) -> Handed {
        let records = self.table.oldest_records(TABLE, AT_A_TIME).await.unwrap();
        let Some(last) = records.last() else { return Handed::Nothing };
        let events: Vec<_> = records.iter().map(|record| &record.event).collect();
        let admitted: Vec<_> = events.into_iter().filter(|event| admits(&self.patterns, event)).collect();
        let mut failed = None;
        if !admitted.is_empty() {
            match notifier.run(&json!({ "Records": admitted })).await {
                Outcome::Answered(answer) => failed = first_failure(&answer),
                Outcome::Failed(error) => panic!("{error}\n{}", notifier.log()),
                Outcome::Lost => return Handed::Lost,
            }
        }
        let is_handled = |number: &str| failed.as_deref().is_none_or(|failed| number < failed);
        let handled = records.iter().rfind(|record| is_handled(&record.sequence_number));
        if let Some(handled) = handled {
            self.table.forget_records(TABLE, &handled.sequence_number).await.unwrap();
        }
        assert!(failed.is_none() || handled != Some(last));
        Handed::Over
    }
}

/// The sequence number of the first record that was not handled.
fn first_failure(answer: &Value) -> Option<String> {
    answer["batchItemFailures"][0]["itemIdentifier"].as_str().map(str::to_owned)
}
