//! The embedded table, which counts what it would be charged for.

use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use campanile::embedded::{AwsAnswer, AwsCall, AwsService, EmbeddedTable};
use serde_json::{Value, json};

/// Request units, of which one reads 4 KiB consistently, and one writes 1 KiB.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Units {
    pub(super) read: f64,
    pub(super) written: f64,
}

/// A table with a meter before it.
#[derive(Clone)]
pub(super) struct Meter {
    table: EmbeddedTable,
    consumed: Arc<Mutex<Units>>,
}

impl Meter {
    pub(super) fn before(table: EmbeddedTable) -> Self {
        Self { table, consumed: Arc::default() }
    }

    /// What was consumed since this was last asked.
    pub(super) fn take(&self) -> Units {
        std::mem::take(&mut *self.consumed.lock().unwrap())
    }
}

/// How many bytes an item may differ from one run to another, because a clock's digits deflate otherwise.
const SPREAD: usize = 12;

impl Meter {
    /// What is charged by the KiB must not depend on what time it is: no item is as large as a whole number of KiB, or nearly.
    pub(super) async fn assert_clear_of_limits(&self) {
        let body = Bytes::from(json!({ "TableName": "campanile" }).to_string());
        let scan = AwsCall { target: "DynamoDB_20120810.Scan".to_owned(), body };
        let output: Value = serde_json::from_slice(&self.table.answer(scan).await.body).unwrap();
        for item in output["Items"].as_array().unwrap() {
            let bytes = size(item);
            let beyond = (bytes + SPREAD) % 1024;
            assert!(
                beyond > 2 * SPREAD,
                "{bytes} bytes of {} {}: give it other texts",
                item["pk"],
                item["sk"]
            );
        }
    }
}

/// Bytes of an item as DynamoDB counts them, whose attributes are texts, numbers and binaries.
fn size(item: &Value) -> usize {
    let members = item.as_object().unwrap().iter();
    members.map(|(name, value)| name.len() + size_of(value)).sum()
}

fn size_of(value: &Value) -> usize {
    let text = |kind: &str| value[kind].as_str();
    match (text("S"), text("N"), text("B")) {
        (Some(text), ..) => text.len(),
        (_, Some(digits), _) => digits.len().div_ceil(2) + 1,
        (.., Some(encoded)) => encoded.trim_end_matches('=').len() * 3 / 4,
        _ if value["BOOL"].is_boolean() => 1,
        _ => panic!("{value} is neither text, number, binary nor yes or no"),
    }
}

impl Units {
    pub(super) const fn of(read: f64, written: f64) -> Self {
        Self { read, written }
    }
}

impl std::ops::Sub for Units {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::of(self.read - other.read, self.written - other.written)
    }
}

impl fmt::Display for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} | {}", self.written, self.read)
    }
}

#[async_trait]
impl AwsService for Meter {
    async fn answer(&self, mut call: AwsCall) -> AwsAnswer {
        let operation = call.operation().to_owned();
        let is_read = matches!(operation.as_str(), "GetItem" | "BatchGetItem" | "Query");
        let is_write = matches!(
            operation.as_str(),
            "PutItem" | "UpdateItem" | "DeleteItem" | "TransactWriteItems" | "BatchWriteItem"
        );
        if !is_read && !is_write {
            assert!(["CreateTable", "UpdateTimeToLive"].contains(&operation.as_str()), "{operation}");
            return self.table.answer(call).await;
        }
        let mut input: Value = serde_json::from_slice(&call.body).unwrap();
        input["ReturnConsumedCapacity"] = json!("TOTAL");
        call.body = Bytes::from(input.to_string());
        let answer = self.table.answer(call).await;
        let output: Value = serde_json::from_slice(&answer.body).unwrap();
        let units = if answer.status.is_success() { consumed(&output) } else { refused(&input, &output) };
        let mut consumed = self.consumed.lock().unwrap();
        *(if is_read { &mut consumed.read } else { &mut consumed.written }) += units;
        answer
    }
}

/// The units of an answer; those of several tables come as a list.
fn consumed(output: &Value) -> f64 {
    let consumed = &output["ConsumedCapacity"];
    let entries = consumed.as_array().cloned().unwrap_or_else(|| vec![consumed.clone()]);
    entries.iter().map(|entry| entry["CapacityUnits"].as_f64().unwrap()).sum()
}

/// What does not meet its condition is charged as if it were written: all of what is below a KiB.
fn refused(input: &Value, output: &Value) -> f64 {
    let items = input["TransactItems"].as_array().map_or(1.0, |items| items.iter().map(|_| 2.0).sum());
    let error = output["__type"].as_str().unwrap_or_default();
    assert!(error.contains("TransactionCanceled") || error.contains("ConditionalCheckFailed"), "{output}");
    items
}
