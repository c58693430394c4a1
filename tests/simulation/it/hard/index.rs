//! Global indexes show what was written a while later.
//!
//! An entry that is new, or has another key than before, is left out until then. That an old entry is shown for longer is
//! not simulated: whoever reads an index reads the items afterwards, and finds the same as after a write in between.

use std::collections::BTreeMap;
use std::time::Duration;

use aws::definition::{BY_CONDITION, BY_RECEPTION};
use campanile::embedded::{AwsAnswer, AwsCall, EmbeddedTable};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::call::ItemKey;

/// The keys of one item in both indexes.
pub(super) type Keys = [Option<(String, String)>; 2];

const INDEXES: [aws::definition::Index; 2] = [BY_CONDITION, BY_RECEPTION];

/// What is not to be seen yet.
#[derive(Default)]
pub(super) struct Lagging(BTreeMap<(&'static str, ItemKey), Instant>);

/// The present keys of the item at `key`.
pub(super) fn keys_of(engine: &EmbeddedTable, table: &str, key: &ItemKey) -> Keys {
    let key = json!({ "pk": { "S": key.pk }, "sk": { "S": key.sk } });
    let projection = aws::definition::KEY_ATTRIBUTES[2..].join(", ");
    let input =
        json!({ "TableName": table, "Key": key, "ProjectionExpression": projection, "ConsistentRead": true });
    let call = AwsCall { target: "DynamoDB_20120810.GetItem".to_owned(), body: input.to_string().into() };
    let answer: Value = serde_json::from_slice(&engine.answer_at_once(&call).body).unwrap_or_default();
    let text = |name: &str| answer["Item"][name]["S"].as_str().map(str::to_owned);
    INDEXES.map(|index| text(index.partition_key).zip(text(index.sort_key)))
}

impl Lagging {
    /// Notes that the item at `key` was written.
    pub(super) fn note(&mut self, key: &ItemKey, before: &Keys, after: &Keys, lag: Duration) {
        let now = Instant::now();
        self.0.retain(|_, seen_at| *seen_at > now);
        for ((index, before), after) in INDEXES.iter().zip(before).zip(after) {
            if after.is_some() && before != after {
                self.0.insert((index.name, key.clone()), now + lag);
            }
        }
    }

    /// The answer of a query by `index` without what is not to be seen yet.
    pub(super) fn hide(&self, index: &str, answer: AwsAnswer) -> AwsAnswer {
        let now = Instant::now();
        let hidden: Vec<_> = self.0.iter().filter(|((name, _), at)| *name == index && **at > now).collect();
        if hidden.is_empty() || !answer.status.is_success() {
            return answer;
        }
        let mut output: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let is_hidden = |item: &Value| {
            let is = |name: &str, text: &str| item[name]["S"].as_str() == Some(text);
            hidden.iter().any(|((_, key), _)| is("pk", &key.pk) && is("sk", &key.sk))
        };
        let Some(items) = output["Items"].as_array_mut() else { return answer };
        items.retain(|item| !is_hidden(item));
        let count = items.len();
        output["Count"] = count.into();
        AwsAnswer { body: output.to_string().into(), ..answer }
    }
}
