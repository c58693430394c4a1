//! The keeper of sources as a Lambda function that EventBridge Scheduler calls.

use std::sync::Arc;

use aws::{Ended, SystemClock, connect, serve_events, start};
use poll::keeper::Keeper;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Ended> {
    let keeper = Keeper::new(connect(start()).await, Arc::new(SystemClock));
    serve_events(move |event, deadline| keeper.clone().run(event, deadline)).await
}
