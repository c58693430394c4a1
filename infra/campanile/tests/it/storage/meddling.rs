//! An embedded table whose calls a test counts, and answers in DynamoDB's place where it likes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use aws::Configuration;
use campanile::embedded::{AwsAnswer, AwsCall, AwsService, EmbeddedTable, Location};
use http::StatusCode;
use serde_json::{Value, json};

use crate::api::{World, world_over};

type Answers = Box<dyn FnMut(&str, &Value) -> Option<AwsAnswer> + Send>;

/// The table, and what stands before it.
#[derive(Clone)]
pub(super) struct Meddling {
    table: EmbeddedTable,
    answers: Arc<Mutex<Answers>>,
    calls: Arc<Mutex<BTreeMap<String, usize>>>,
    refused: Arc<Mutex<usize>>,
}

impl Meddling {
    pub(super) async fn world() -> (Self, World) {
        let table = EmbeddedTable::open(&Location::InMemory).unwrap();
        let answers: Answers = Box::new(|_, _| None);
        let meddling = Self {
            table,
            answers: Arc::new(Mutex::new(answers)),
            calls: Arc::default(),
            refused: Arc::default(),
        };
        let world = world_over(meddling.clone(), Configuration::default()).await;
        (meddling, world)
    }

    /// From now on `answers` answers where it likes, by operation and input.
    pub(super) fn answer_by(&self, answers: impl FnMut(&str, &Value) -> Option<AwsAnswer> + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answers);
    }

    /// Counts anew.
    pub(super) fn forget_calls(&self) {
        self.calls.lock().unwrap().clear();
        *self.refused.lock().unwrap() = 0;
    }

    /// How many calls of `operation` there were.
    pub(super) fn calls(&self, operation: &str) -> usize {
        self.calls.lock().unwrap().get(operation).copied().unwrap_or_default()
    }

    /// How many calls were refused.
    pub(super) fn refused(&self) -> usize {
        *self.refused.lock().unwrap()
    }
}

/// A transaction cancelled for these reasons, one an item.
pub(super) fn cancelled(codes: &[&str]) -> AwsAnswer {
    let reasons: Vec<_> = codes.iter().map(|code| json!({ "Code": code })).collect();
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "a test cancelled it",
        "CancellationReasons": reasons,
    });
    AwsAnswer { status: StatusCode::BAD_REQUEST, body: body.to_string().into() }
}

#[async_trait]
impl AwsService for Meddling {
    async fn answer(&self, call: AwsCall) -> AwsAnswer {
        let operation = call.operation().to_owned();
        *self.calls.lock().unwrap().entry(operation.clone()).or_default() += 1;
        let input = serde_json::from_slice(&call.body).unwrap_or_default();
        let answer = (self.answers.lock().unwrap())(&operation, &input);
        let answer = match answer {
            Some(answer) => answer,
            None => self.table.answer(call).await,
        };
        if !answer.status.is_success() {
            *self.refused.lock().unwrap() += 1;
        }
        answer
    }
}
