//! What a call is about: which items, how, and by which index.

use campanile::embedded::{AwsAnswer, AwsCall};
use serde_json::{Value, json};

use super::rules::{PARTITIONS, hash};

/// How a call uses the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
    Transaction,
    /// About the table as a whole: let through as it is.
    Other,
}

/// The key of an item; of a query only the partition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ItemKey {
    pub(super) pk: String,
    pub(super) sk: String,
}

/// A call, read.
pub(super) struct Call {
    pub(super) operation: String,
    pub(super) kind: Access,
    pub(super) table: String,
    pub(super) keys_touched: Vec<ItemKey>,
    pub(super) index: Option<String>,
    pub(super) token: Option<String>,
    target: String,
    input: Value,
}

impl ItemKey {
    pub(super) fn partition(&self) -> usize {
        let hash = hash(0, &self.pk);
        usize::try_from((hash >> 32) % PARTITIONS as u64).unwrap_or_default()
    }

    fn of(key: &Value) -> Self {
        let text = |name: &str| key[name]["S"].as_str().unwrap_or_default().to_owned();
        Self { pk: text("pk"), sk: text("sk") }
    }
}

impl Call {
    pub(super) fn read(call: &AwsCall) -> Self {
        let input: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        let operation = call.operation().to_owned();
        let (kind, keys_touched) = match operation.as_str() {
            "GetItem" => (Access::Read, vec![ItemKey::of(&input["Key"])]),
            "BatchGetItem" => (Access::Read, keys(&input).iter().map(ItemKey::of).collect()),
            "Query" => (Access::Read, vec![queried(&input)]),
            "PutItem" => (Access::Write, vec![ItemKey::of(&input["Item"])]),
            "UpdateItem" | "DeleteItem" => (Access::Write, vec![ItemKey::of(&input["Key"])]),
            "TransactWriteItems" => (Access::Transaction, written(&input)),
            _ => (Access::Other, Vec::new()),
        };
        let text = |name: &str| input[name].as_str().map(str::to_owned);
        let table = text("TableName").or_else(|| table_of(&input)).unwrap_or_default();
        let (index, token) = (text("IndexName"), text("ClientRequestToken"));
        Self { operation, kind, table, keys_touched, index, token, target: call.target.clone(), input }
    }

    /// The call as it came.
    pub(super) fn as_asked(&self) -> AwsCall {
        AwsCall { target: self.target.clone(), body: self.input.to_string().into() }
    }

    /// The call, asking what it consumes.
    pub(super) fn metered(&self) -> AwsCall {
        let mut input = self.input.clone();
        input["ReturnConsumedCapacity"] = json!("TOTAL");
        AwsCall { target: self.target.clone(), body: input.to_string().into() }
    }

    /// What a write takes at least that says nothing of it, such as one that was refused by its condition: a unit an item,
    /// and two in a transaction (*Amazon DynamoDB Transactions: How it works*, "Capacity management for transactions").
    #[expect(clippy::cast_precision_loss, reason = "a hundred at most")]
    pub(super) fn least_units(&self) -> f64 {
        let each = if self.kind == Access::Transaction { 2.0 } else { 1.0 };
        each * self.keys_touched.len() as f64
    }

    /// Whether it writes an attribute by which an index sorts.
    pub(super) fn touches_index(&self) -> bool {
        let text = self.input.to_string();
        self.operation == "DeleteItem"
            || aws::definition::KEY_ATTRIBUTES[2..].iter().any(|name| text.contains(name))
    }

    pub(super) fn is_batch_get(&self) -> bool {
        self.operation == "BatchGetItem"
    }

    /// Leaves those keys that are admitted; yields the others.
    pub(super) fn take_keys(&mut self, admitted: &[bool]) -> Vec<Value> {
        let all = keys(&self.input);
        let (taken, left): (Vec<_>, Vec<_>) =
            all.into_iter().zip(admitted).partition(|(_, is_admitted)| **is_admitted);
        let keys = |pairs: Vec<(Value, &bool)>| pairs.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        self.input["RequestItems"][self.table.as_str()]["Keys"] = Value::Array(keys(taken));
        keys(left)
    }

    /// The answer, with the keys that were not looked for (*BatchGetItem*, "UnprocessedKeys").
    pub(super) fn with_unprocessed(&self, mut answer: AwsAnswer, keys: Vec<Value>) -> AwsAnswer {
        let mut output: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let mut asked = self.input["RequestItems"][self.table.as_str()].clone();
        asked["Keys"] = Value::Array(keys);
        output["UnprocessedKeys"] = json!({ self.table.as_str(): asked });
        answer.body = output.to_string().into();
        answer
    }
}

fn table_of(input: &Value) -> Option<String> {
    let first = &input["TransactItems"][0];
    let action = first.as_object().and_then(|action| action.values().next());
    let of_batch = || input["RequestItems"].as_object()?.keys().next().cloned();
    action.and_then(|action| action["TableName"].as_str()).map(str::to_owned).or_else(of_batch)
}

fn keys(input: &Value) -> Vec<Value> {
    let tables = input["RequestItems"].as_object();
    let keys = tables.into_iter().flat_map(|tables| tables.values());
    keys.filter_map(|asked| asked["Keys"].as_array()).flatten().cloned().collect()
}

fn written(input: &Value) -> Vec<ItemKey> {
    let actions = input["TransactItems"].as_array().into_iter().flatten();
    let actions = actions.filter_map(|action| action.as_object()?.iter().next());
    actions
        .map(|(kind, action)| ItemKey::of(if kind == "Put" { &action["Item"] } else { &action["Key"] }))
        .collect()
}

/// The partition of a query, of an index under the index's name: an index has partitions of its own.
fn queried(input: &Value) -> ItemKey {
    let condition = input["KeyConditionExpression"].as_str().unwrap_or_default();
    let name = condition.split_whitespace().find(|word| word.starts_with(':')).unwrap_or_default();
    let value = input["ExpressionAttributeValues"][name.trim_end_matches([',', ')'])]["S"]
        .as_str()
        .unwrap_or_default();
    let index = input["IndexName"].as_str().map_or(String::new(), |index| format!("{index}/"));
    ItemKey { pk: format!("{index}{value}"), sk: String::new() }
}
