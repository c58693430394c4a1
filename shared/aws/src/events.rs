//! A handler of events that are no requests, run as a Lambda function: a table's stream, a schedule.

use std::sync::Arc;

use futures::FutureExt;
use intake::TimeLeft;
use lambda_http::lambda_runtime::{self, LambdaEvent};
use lambda_http::{Error, service_fn};
use serde_json::Value;

use crate::gateway::time_left;

/// Serves `handle` until Lambda ends the process. An error makes Lambda call again with the same event.
pub async fn serve_events<H, F>(handle: H) -> Result<(), Error>
where
    H: Fn(Value, TimeLeft) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Value, Error>> + Send + 'static,
{
    let handle = Arc::new(handle);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let handle = Arc::clone(&handle);
        async move { handle(event.payload, time_left(&event.context)).await }.boxed()
    }))
    .await
}
