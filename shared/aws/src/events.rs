//! A handler of plain JSON events, such as a schedule's, run as a Lambda function.

use std::error::Error as StdError;
use std::sync::Arc;

use futures::FutureExt;
use intake::{Deadline, chain};
use jiff::Timestamp;
use lambda_http::lambda_runtime::{self, LambdaEvent};
use lambda_http::{Error, service_fn};
use serde_json::Value;

use crate::Ended;
use crate::deadline::{deadline, reply_deadline};
use crate::qualifier::invoked_as;

/// Serves `handle` until Lambda ends the process; it gets each event and the moment at which Lambda loses patience.
///
/// A failure is the function's error, with all of its causes, so that Lambda counts it.
pub async fn serve_events<H, F, T, E>(handle: H) -> Result<(), Ended>
where
    H: Fn(Value, Timestamp) -> F + Send + Sync + 'static,
    F: Future<Output = Result<T, E>> + Send + 'static,
    E: StdError + 'static,
{
    let handle = Arc::new(handle);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let handle = Arc::clone(&handle);
        // Boxed, because the compiler gives up on the depth of the future's type otherwise.
        async move {
            let deadline = deadline(&event.context);
            match handle(event.payload, deadline).await {
                Ok(_) => Ok(()),
                Err(error) => Err(Error::from(chain(&error))),
            }
        }
        .boxed()
    }))
    .await
    .map_err(Ended::from)
}

/// The same for events whose answer Lambda reads, such as a stream's batch; `handle` gets the time that is left.
///
/// An error makes Lambda call again with the same batch.
pub async fn serve_batches<H, F>(handle: H) -> Result<(), Ended>
where
    H: Fn(Value, Deadline) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Value, Error>> + Send + 'static,
{
    let handle = Arc::new(handle);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| {
        let handle = Arc::clone(&handle);
        invoked_as(&event.context.invoked_function_arn);
        async move { handle(event.payload, reply_deadline(&event.context)).await }.boxed()
    }))
    .await
    .map_err(Ended::from)
}
